// Faults between journals and a real MLflow server: the full count.
import { testShipFaults } from '../integration/support/ship-faults.js';
import { SOAK_SHIP } from '../support/fault-counts.js';

testShipFaults(SOAK_SHIP);
