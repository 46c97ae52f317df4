import { expect, test } from 'vitest';
import { hideCredentials, hideWrittenCredentials, stripCredentials } from '../../src/base/hide-credentials.js';

test.each([
  ['http://me:hunter22@host:5000/x', 'http://***********@host:5000/x'],
  ['see http://a:b@h and https://token@h.', 'see http://***@h and https://*****@h.'],
  ['http://me:hunt@er22@host', 'http://************@host'],
  ['http://me:hunt/er22@host', 'http://************@host'],
  ['{"uri":"postgresql://me:pw@db/x"}', '{"uri":"postgresql://*****@db/x"}'],
])('%s is shown as %s', (text, shown) => {
  expect(hideCredentials(text)).toBe(shown);
});

test.each([
  'http://127.0.0.1:5000/#/experiments/1',
  'https://registry.example/package/@scope/name',
  'http://host:5000/a@b',
  'git@host:team/project',
  'a plain @ and :// apart',
])('%s has no credentials and stays', (text) => {
  expect(hideCredentials(text)).toBe(text);
});

test('in a line that somebody wrote, all before the last @ is hidden', () => {
  const line = 'trackingUri: "http://me:pa ss/"wo#rd@host:5000"';
  expect(hideWrittenCredentials(line)).toBe(`trackingUri: "http://${'*'.repeat(15)}@host:5000"`);
  expect(hideWrittenCredentials(line)).toHaveLength(line.length);
});

test('an address that is stored has none', () => {
  expect(stripCredentials('https://me:to/k@en@example.org/a.git')).toBe('https://example.org/a.git');
  expect(stripCredentials('git@example.org:a.git')).toBe('git@example.org:a.git');
});
