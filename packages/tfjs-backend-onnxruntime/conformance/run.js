/**
 * Runs TensorFlow.js's own specs, those that its package on npm brings along, on this backend and on `cpu`, and prints a table.
 * Usage: npm run conformance [-- --part 1/10] [--filter TEXT] [--failures] [--backends onnxruntime,cpu] [--json]
 *        [--suite layers|data --checkout FOLDER]
 * The packages of layers and data sets bring no specs along: FOLDER is a checkout of tensorflow/tfjs that has them.
 * Exit code 1 when a spec fails here that passes on `cpu`.
 */

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runSpecs, SUITES } from './run-specs.js';

const { values } = parseArgs({
  options: {
    backends: { type: 'string', default: 'onnxruntime,cpu' },
    part: { type: 'string', default: '1/1' },
    filter: { type: 'string', default: '' },
    suite: { type: 'string', default: 'core' },
    checkout: { type: 'string', default: '' },
    failures: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const [first, of] = values.part.split('/').map(Number);
if (!(values.suite in SUITES))
  throw new Error(`--suite ${values.suite}: allowed are ${Object.keys(SUITES).join(', ')}`);
if (values.suite !== 'core' && values.checkout === '')
  throw new Error(`--suite ${values.suite} needs --checkout FOLDER`);
const results = await runSpecs(values.backends.split(','), {
  suite: values.suite,
  checkout: values.checkout && resolve(values.checkout),
  part: { first: first - 1, of },
  filter: values.filter,
});

if (values.json) console.log(JSON.stringify(results, null, 2));
else {
  console.log('backend        specs  passed  failed  pending');
  for (const { backend, specs, crash } of results) {
    const count = (status) => String(specs.filter((spec) => spec.status === status).length).padStart(8);
    const line = `${backend.padEnd(12)}${String(specs.length).padStart(8)}`;
    console.log(`${line}${count('passed')}${count('failed')}${count('pending')}${crash ? `  ${crash}` : ''}`);
  }
  if (values.failures) {
    for (const { backend, specs } of results)
      for (const { name, status, messages } of specs)
        if (status === 'failed') console.log(`\n${backend}: ${name}\n  ${messages.join('\n  ')}`);
  }
}
const [own, reference] = results;
const passing = new Set(reference?.specs.filter(({ status }) => status === 'passed').map(({ key }) => key));
const isWorse = own.specs.some(({ status, key }) => status === 'failed' && (!reference || passing.has(key)));
process.exitCode = own.crash || isWorse ? 1 : 0;
