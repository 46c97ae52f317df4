// A tenth of the random shapes of the soak, at a tenth of their size.
import { SHAPES } from '../support/fault-counts.js';
import { testHostileShapes } from '../support/measure-shapes.js';

testHostileShapes({ bytes: SHAPES.bytes / 10, random: SHAPES.random / 10 });
