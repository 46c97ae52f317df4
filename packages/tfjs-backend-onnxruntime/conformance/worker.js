/* Runs TensorFlow.js's own specs in this process and prints one line of JSON for each: what it is called and what failed. */
import './boot.js';
import './register.js';
import 'specs';

const { part, filter } = JSON.parse(process.argv[2]);
const env = globalThis.jasmine.getEnv();
/** Numbers of the specs in their order. */
const numbers = new Map();
env.configure({
  random: false,
  specFilter: (spec) => {
    if (!numbers.has(spec.id)) numbers.set(spec.id, numbers.size);
    return numbers.get(spec.id) % part.of === part.first && spec.getFullName().includes(filter);
  },
});
const write = (value) => process.stdout.write(`\u001e${JSON.stringify(value)}\n`);
env.addReporter({
  specDone: ({ fullName, status, failedExpectations }) => {
    if (status === 'excluded') return;
    write({ name: fullName, status, messages: failedExpectations.map(({ message }) => message) });
  },
});
await env.execute();
write({ done: true });
process.exit(0);
