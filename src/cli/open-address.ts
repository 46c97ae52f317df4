// Opens an address in the user's browser, where there is a desktop to do so.
import { spawn } from 'node:child_process';
import { openingCommand } from '../base/system-rules.js';

/** True when somebody sits at this machine: a terminal, a desktop, no remote login. */
export function hasDesktop(env: NodeJS.ProcessEnv): boolean {
  if (process.stdout.isTTY !== true || env.SSH_CONNECTION !== undefined || env.CI !== undefined) return false;
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Asks the desktop to show the address; nothing happens where it cannot. */
export function openAddress(address: string): void {
  const [program, ...args] = openingCommand(address);
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.once('error', () => undefined);
  child.unref();
}
