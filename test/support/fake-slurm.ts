// Slurm's programs as shell scripts around a file: what was submitted is in the queue until it is taken out.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from './run-command.js';

export interface FakeSlurm {
  /** The folder of its programs, for PATH. */
  readonly bin: string;
  /** Jobs in the order of their submission: the text of their scripts. */
  scripts(): string[];
  /** Lines of squeue: `12_0|RUNNING|node1|None|NAME`. */
  setQueue(lines: readonly string[]): void;
  /** What scancel was asked for, in order. */
  cancelled(): string[];
  /** How sbatch behaves from its next call on. `lost`: it submits, and its answer does not arrive. */
  answer(how: 'accept' | 'refuse' | 'lost'): void;
}

export function makeFakeSlurm({ maxArraySize = 1001 } = {}): FakeSlurm {
  const folder = newFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\ncd "${folder}"\n${text}`);
    chmodSync(join(bin, name), 0o755);
  };
  writeFileSync(join(folder, 'queue'), '');
  writeFileSync(join(folder, 'answer'), 'accept');
  writeFileSync(join(folder, 'count'), '0');
  program('scontrol', `echo 'ClusterName = fake'; echo 'MaxArraySize = ${maxArraySize}'`);
  program('squeue', 'cat queue');
  writeFileSync(join(folder, 'cancelled'), '');
  program('scancel', 'shift; for id in "$@"; do echo "$id" >>cancelled; done');
  program(
    'sbatch',
    `if [ "$(cat answer)" = refuse ]; then echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1; fi
count=$(($(cat count) + 1))
cp "$2" "script-$count"
name=$(sed -n 's/^#SBATCH --job-name=//p' "$2")
last=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$2")
if [ -z "$last" ]; then echo "10$count|PENDING||Priority|$name" >>queue
else for task in $(seq 0 $last); do echo "10\${count}_$task|PENDING||Priority|$name" >>queue; done; fi
echo $count >count
if [ "$(cat answer)" = lost ]; then echo 'sbatch: error: Socket timed out on send/recv operation' >&2; exit 1; fi
echo "10$count"
`,
  );
  return {
    bin,
    scripts: () =>
      Array.from({ length: Number(readFileSync(join(folder, 'count'), 'utf8')) }, (_, at) =>
        readFileSync(join(folder, `script-${at + 1}`), 'utf8'),
      ),
    cancelled: () => readFileSync(join(folder, 'cancelled'), 'utf8').split('\n').filter(Boolean),
    setQueue: (lines) => writeFileSync(join(folder, 'queue'), lines.map((line) => `${line}\n`).join('')),
    answer: (how) => writeFileSync(join(folder, 'answer'), how),
  };
}
