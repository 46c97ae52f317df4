// The rules of systems that these tests do not run on.
import { expect, test } from 'vitest';
import {
  environmentPython,
  isInside,
  openingCommand,
  programEndings,
  type SystemName,
} from '../../src/base/system-rules.js';

test.each<[SystemName, string, string, boolean]>([
  ['linux', '/runs/a/status.json', '/runs/a', true],
  ['linux', '/runs/a', '/runs/a', true],
  ['linux', '/runs/ab', '/runs/a', false],
  ['linux', '/runs/A/x', '/runs/a', false],
  ['linux', '/runs/a/..x', '/runs/a', true],
  ['linux', '/etc/passwd', '/', true],
  ['darwin', '/Users/Me/runs/A/x', '/users/me/runs/a', true],
  ['darwin', '/runs/cafe\u0301/x', '/runs/caf\u00e9', true],
  ['darwin', '/runs/b', '/runs/a', false],
  ['win32', 'C:\\Runs\\A\\status.json', 'c:\\runs\\a', true],
  ['win32', 'C:/runs/a/status.json', 'C:\\runs\\a', true],
  ['win32', 'D:\\runs\\a', 'C:\\runs\\a', false],
  ['win32', '\\\\server\\share\\x', 'C:\\runs', false],
  ['win32', 'C:\\runs\\ab', 'C:\\runs\\a', false],
])('on %s, whether %s is inside of %s: %s', (system, path, folder, expected) => {
  expect(isInside(path, folder, system)).toBe(expected);
});

test('programs and addresses are started as each system has it', () => {
  expect(programEndings('win32')).toContain('.cmd');
  expect(programEndings('darwin')).toEqual(['']);
  expect(environmentPython('C:\\cache\\mlflow', 'win32')).toBe('C:\\cache\\mlflow\\Scripts\\python.exe');
  expect(environmentPython('/cache/mlflow', 'darwin')).toBe('/cache/mlflow/bin/python');
  expect(openingCommand('http://127.0.0.1:5000/#/a?b=1&c=2', 'win32')).toEqual([
    'cmd',
    '/c',
    'start',
    '',
    'http://127.0.0.1:5000/#/a?b=1^&c=2',
  ]);
  expect(openingCommand('http://127.0.0.1:5000', 'darwin')[0]).toBe('open');
});
