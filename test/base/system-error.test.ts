import { openSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { describeSystemError } from '../../src/base/system-error.js';

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test.each([
  ['a name that is too long', () => openSync(`/tmp/${'x'.repeat(300)}`, 'w'), 'disk', 'too long'],
  ['a file where a folder should be', () => readdirSync(import.meta.filename), 'disk', 'a file stands where'],
  ['a folder where a file should be', () => writeFileSync(import.meta.dirname, ''), 'disk', 'a folder stands where'],
])('words %s, with its path', (_, act, code, words) => {
  const error = errorOf(act);
  expect(describeSystemError(error)).toMatchObject({ code, message: expect.stringContaining(words) });
  expect(describeSystemError(error)!.message).toContain((error as { path: string }).path);
});

test('knows a code that is the whole message, as threads give it', () => {
  expect(describeSystemError(new Error('EAGAIN'))).toMatchObject({
    message: expect.stringContaining('no process or thread'),
  });
});

test('leaves bugs and errors of sockets to others', async () => {
  expect(describeSystemError(new TypeError('x is not a function'))).toBeUndefined();
  expect(describeSystemError(Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBeUndefined();
  const refused = await new Promise((done) => connect({ port: 1, host: '127.0.0.1' }).on('error', done));
  expect(describeSystemError(refused)).toBeUndefined();
});
