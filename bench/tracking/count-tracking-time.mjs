// Loaded into a trial's process before anything else (`node --import`): counts the time that its own thread spends on
// tracking, and writes it to ONESHOT_BENCH_OUTPUT when the process ends. Other processes are left as they are.
import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const output = process.env.ONESHOT_BENCH_OUTPUT;

if (output !== undefined && (process.argv[1] ?? '').includes('trial-process')) {
  const counted = {};
  let depth = 0;
  const count = (owner, name) => {
    const original = owner[name];
    const entry = { calls: 0, ms: 0, longestMs: 0 };
    counted[name] = entry;
    owner[name] = function (...args) {
      // `flush` calls `write`: counted once, for the outer one.
      if (depth > 0) return original.apply(this, args);
      depth += 1;
      const startedAt = performance.now();
      try {
        return original.apply(this, args);
      } finally {
        const ms = performance.now() - startedAt;
        depth -= 1;
        entry.calls += 1;
        entry.ms += ms;
        entry.longestMs = Math.max(entry.longestMs, ms);
      }
    };
  };
  // What the sampling of the machine's load asks for.
  for (const name of ['cpus', 'freemem', 'totalmem']) count(os, name);
  syncBuiltinESMExports();
  const { Journal } = await import('../../dist/tracking/journal.js');
  for (const name of ['append', 'write', 'flush', 'close']) count(Journal.prototype, name);
  process.on('exit', () => writeFileSync(output, JSON.stringify(counted)));
  // The bundled program has a journal of its own that nothing here can reach: the same program from its modules takes its
  // place, and ends the process.
  await import('../../dist/run/trial-process.js');
}
