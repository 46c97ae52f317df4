// Faults between journals and a real MLflow server, many points and many runs: the full count.
import { testManyPoints } from '../integration/support/many-points.js';
import { testShipFaults } from '../integration/support/ship-faults.js';
import { SOAK_SHIP } from '../support/fault-counts.js';

testShipFaults(SOAK_SHIP);
testManyPoints(SOAK_SHIP);
