import { describe, expect, test } from 'vitest';
import { createCaseSteps } from '../../src/bench/case-networks.js';
import { startEngine } from '../../src/engine/start-engine.js';

describe('the measured steps', () => {
  test.each(['small-128', 'all-pairs-320'] as const)('of %s learn and leave no tensor behind', async (name) => {
    const engine = await startEngine('onnxruntime', { threads: 2 });
    const { train, forward } = createCaseSteps(engine, name);
    const first = await train();
    const { numTensors } = engine.tf.memory();
    const mean = await forward();
    expect(await train()).toBeLessThan(first);
    expect(mean).toBeGreaterThan(0);
    expect(engine.tf.memory().numTensors).toBe(numTensors);
    engine.dispose();
  });
});
