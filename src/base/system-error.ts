// What the operating system refuses, in words: full and read-only disks, permissions, names, limits. These happen every
// day and are nobody's bug.
import type { FailureCode } from './problem.js';

export interface SystemFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
}

interface Words {
  /** What is the matter; the path stands before it. */
  readonly what: string;
  readonly hint: string;
  readonly code?: FailureCode;
}

const NEEDS_SPACE =
  'free some space and run again: finished work is kept, and a trial resumes from its last checkpoint';
const NEEDS_WRITING = 'make it writable, or name another place (--runs DIR for runs, XDG_CACHE_HOME for caches)';

const WORDS: Readonly<Record<string, Words>> = {
  ENOSPC: { what: 'the disk is full', hint: NEEDS_SPACE },
  EDQUOT: { what: 'the disk quota is used up', hint: NEEDS_SPACE },
  EFBIG: { what: 'the file is larger than the file system or a limit allows', hint: 'see `ulimit -f`' },
  EROFS: { what: 'the file system is read-only', hint: NEEDS_WRITING },
  EACCES: { what: 'no permission', hint: NEEDS_WRITING },
  EPERM: { what: 'no permission', hint: NEEDS_WRITING },
  ENOENT: { what: 'there is no such file or folder', hint: 'was it moved or removed meanwhile?' },
  ENOTDIR: { what: 'a file stands where a folder should be', hint: 'move that file away, or name another folder' },
  EISDIR: { what: 'a folder stands where a file should be', hint: 'move that folder away, or name another place' },
  EEXIST: { what: 'something of that name is there already', hint: 'move it away, or name another place' },
  ENOTEMPTY: { what: 'the folder is not empty', hint: 'move what is in it away' },
  ENAMETOOLONG: {
    what: 'the name is too long for the file system',
    hint: 'shorter names of the experiment and of its folder, or --runs with a shorter path, help',
  },
  ELOOP: { what: 'links lead round in a circle', hint: 'remove the link' },
  EMFILE: { what: 'too many files are open in this process', hint: 'raise the limit with `ulimit -n 4096`' },
  ENFILE: { what: 'too many files are open on this machine', hint: 'end other programs, or raise fs.file-max' },
  EAGAIN: { what: 'the system has no process or thread left', hint: 'raise `ulimit -u`, or use a smaller --parallel' },
  ENOMEM: {
    code: 'out-of-memory',
    what: 'the system gives no more memory',
    hint: 'fewer trials at a time (--parallel) or a smaller training.microBatchSize need less; see `ulimit -v`',
  },
  ERR_WORKER_INIT_FAILED: { what: 'a thread could not be started', hint: 'raise `ulimit -u` and `ulimit -v`' },
  ERR_WORKER_OUT_OF_MEMORY: {
    code: 'out-of-memory',
    what: 'a thread was given no more memory',
    hint: 'a smaller training.microBatchSize needs less; see `ulimit -v`',
  },
  EIO: { what: 'the disk reports an error', hint: 'look at the log of the system: the disk may be failing' },
  ESTALE: { what: 'the network file system has lost the file', hint: 'is it mounted? run again' },
  ENXIO: { what: 'it is a pipe, a socket or a device', hint: 'name a regular file or a folder' },
  EBUSY: { what: 'another program uses it', hint: 'end that program, and run again' },
  ETXTBSY: { what: 'another program is just writing it', hint: 'run again' },
};

const describeThrown = (error: unknown) => {
  const { code, path, dest, message } = (error ?? {}) as Partial<NodeJS.ErrnoException> & { dest?: string };
  return { code, path, dest, message };
};

/** The failure that an error of the operating system stands for, with the path it is about; undefined for any other value. */
export function describeSystemError(error: unknown): SystemFailure | undefined {
  const { path, dest, message = '', ...given } = describeThrown(error);
  // Threads that cannot be started give the code as their whole message.
  const code = given.code ?? message;
  // Errors of sockets have the same codes, and say more in their own words.
  if (!(error instanceof Error) || !Object.hasOwn(WORDS, code) || 'address' in error) return undefined;
  const { what, hint, code: failure = 'disk' } = WORDS[code]!;
  const place = dest ?? path;
  return { code: failure, message: place === undefined ? `${what} (${message})` : `${place}: ${what} (${code})`, hint };
}
