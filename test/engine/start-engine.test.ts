import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../src/engine/engine.js';
import { startEngine } from '../../src/engine/start-engine.js';

describe('an engine', () => {
  it('that works here is started for auto', async () => {
    const engine = await startEngine('auto', { threads: 1 });
    expect(engine.tf.tensor1d([1, 2]).square().dataSync()).toEqual(Float32Array.of(1, 4));
    engine.dispose();
  });

  it('that is started again after its end works again', async () => {
    for (const name of ['auto', 'cpu', 'auto'] as const) {
      const engine = await startEngine(name, { threads: 1 });
      expect(engine.tf.getBackend()).toBe(engine.name);
      engine.dispose();
    }
  });

  it('that does not start is an engine error with the reason', async () => {
    await expect(startEngine('webgl' as EngineName)).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('no compute engine starts here (webgl: '),
    });
  });
});
