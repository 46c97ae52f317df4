// Every hostile shape in full size, and random ones, each in a process of its own with a clock on its processor time.
import { SHAPES } from '../support/fault-counts.js';
import { testHostileShapes } from '../support/measure-shapes.js';

testHostileShapes(SHAPES);
