/* A fixed tenth of TensorFlow.js's own specs; `npm run conformance` runs all. */
import { expect, it } from 'vitest';

interface Result {
  readonly crash: string | null;
  readonly specs: readonly { readonly name: string; readonly status: string; readonly messages: readonly string[] }[];
}

it("every tenth of TensorFlow.js's own specs passes", async () => {
  const { runSpecs } = (await import(new URL('../../conformance/run-specs.js', import.meta.url).href)) as {
    runSpecs(backends: readonly string[], options: object): Promise<Result[]>;
  };
  const [result] = await runSpecs(['onnxruntime'], { part: { first: 3, of: 10 } });
  expect(result!.crash).toBeNull();
  expect(result!.specs.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(result!.specs.filter(({ status }) => status === 'passed').length).toBeGreaterThan(400);
});
