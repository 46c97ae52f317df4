import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';

const folder = import.meta.dirname;

it("prints what the README's example says", async () => {
  const readme = readFileSync(join(folder, '..', 'README.md'), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)![1]!;
  const place = mkdtempSync(join(folder, 'readme-example-'));
  const printed: unknown[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((value) => printed.push(value));
  try {
    writeFileSync(join(place, 'example.mjs'), example);
    await import(/* @vite-ignore */ join(place, 'example.mjs'));
  } finally {
    log.mockRestore();
    rmSync(place, { recursive: true });
  }
  const [answers, description] = printed.slice(-2);
  expect(answers).toEqual(Float32Array.from([0, 1, 1, 0]));
  expect(description).toMatchObject({ version: '1.30.0', threads: 2 });
});
