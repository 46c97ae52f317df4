// Faults between journals and a real MLflow server, a tenth of what the soak injects.
import { TENTH_SHIP } from '../support/fault-counts.js';
import { testShipFaults } from './support/ship-faults.js';

testShipFaults(TENTH_SHIP);
