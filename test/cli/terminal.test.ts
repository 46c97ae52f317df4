import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pico from 'picocolors';
import { expect, test } from 'vitest';
import { showText } from '../../src/cli/terminal.js';
import { MAIN, newFolder, runCommand } from '../support/run-command.js';

test('lets our own colours through and nothing else that steers', () => {
  const colors = pico.createColors(true);
  expect(showText(`${colors.red('x')} \u001b[8mhidden\u001b]0;title\u0007`, colors)).toBe(
    `${colors.red('x')} ␛[8mhidden␛]0;title␇`,
  );
  expect(showText('\u001b[31mred', pico.createColors(false))).toBe('␛[31mred');
});

test.each(['schema', 'data', 'completion bash'])('ends quietly when nobody reads on: %s', (command) => {
  const piped = spawnSync('bash', ['-c', `node "$0" ${command} | true; echo "\${PIPESTATUS[0]}"`, MAIN], {
    encoding: 'utf8',
  });
  expect([piped.stdout, piped.stderr]).toEqual(['0\n', '']);
});

test.skipIf(process.platform !== 'linux')('says that standard output cannot be written', () => {
  const full = spawnSync('bash', ['-c', 'node "$0" schema > /dev/full', MAIN], { encoding: 'utf8' });
  expect(full.status).toBe(1);
  expect(full.stderr).toContain('standard output cannot be written: ENOSPC');
});

test('sends no control sequence of a name', async () => {
  const folder = newFolder();
  const file = join(folder, 'a\u001b[2Jb.yaml');
  writeFileSync(file, 'name: con\n"\u001b[31mkey": 1\n');
  for (const args of [['validate', file], ['status', file], ['\u001b[2J']]) {
    const { code, stdout, stderr } = await runCommand(args, { cwd: folder });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout + stderr).toContain('␛[');
  }
});
