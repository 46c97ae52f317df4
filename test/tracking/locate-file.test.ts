import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateFile } from '../../src/tracking/locate-file.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-test-'));
writeFileSync(join(folder, 'results.json'), '{}');
mkdirSync(join(folder, 'pictures'));
symlinkSync('results.json', join(folder, 'inside.json'));
symlinkSync('/etc/hostname', join(folder, 'secret.json'));
symlinkSync('/etc', join(folder, 'linked'));

test.each(['results.json', 'inside.json', './pictures'])('%s is of the run', (path) => {
  expect(locateFile(folder, path)).toBe(join(folder, path));
});

test.each([
  ['secret.json', 'leads out of its folder'],
  ['linked/hostname', 'leads out of its folder'],
  ['../elsewhere', 'lies outside the run folder'],
  ['/etc/hostname', 'lies outside the run folder'],
  ['gone.json', 'is no longer in the run folder'],
])('%s is not sent: it %s', (path, words) => {
  expect(() => locateFile(folder, path)).toThrow(
    expect.objectContaining({ code: 'data', message: expect.stringContaining(words) }),
  );
});
