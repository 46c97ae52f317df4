// A Vulkan driver where there is no GPU: Mesa's lavapipe, which computes on processors. The one of Debian 12 itself does
// not work with WebGPU, so there it comes from the backports.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const BY_HAND =
  'install a Vulkan driver (mesa-vulkan-drivers, on Debian 12 from bookworm-backports), or leave "webgpu-engine" out of the tests that run';
const SOURCES = '/etc/apt/sources.list';
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Installs it by apt-get. Throws with what to do where that is not possible. */
export function installLavapipe(): void {
  if (userInfo().uid !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`there is no Vulkan driver, and only root can install one by apt-get: ${BY_HAND}`);
  }
  try {
    const [options, target] = isBookworm() ? [backportsFor('bookworm'), ['-t', 'bookworm-backports']] : [[], []];
    aptGet(...options, 'update', '-qq');
    aptGet(
      ...options,
      'install',
      '-y',
      '-qq',
      '--no-install-recommends',
      ...target,
      'mesa-vulkan-drivers',
      'libvulkan1',
    );
  } catch (error) {
    throw new Error(`there is no Vulkan driver, and apt-get could not install one: ${BY_HAND}`, { cause: error });
  }
}

function isBookworm(): boolean {
  return readFileSync('/etc/os-release', 'utf8').includes('VERSION_CODENAME=bookworm');
}

/** Options that add the backports to a call of apt-get, from the mirror that is in use; the machine's list stays as it is. */
function backportsFor(codename: string): string[] {
  const targets = ['Created-By: Packages', `Codename: ${codename}`, 'Component: main'];
  const [mirror] = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...targets], {
    encoding: 'utf8',
  }).split('\n');
  const own = existsSync(SOURCES) ? readFileSync(SOURCES, 'utf8') : '';
  const list = join(mkdtempSync(join(tmpdir(), 'oneshot-apt-')), 'sources.list');
  writeFileSync(list, `${own}\ndeb [signed-by=${KEYS}] ${mirror} ${codename}-backports main\n`);
  return ['-o', `Dir::Etc::SourceList=${list}`];
}

function aptGet(...args: string[]): void {
  execFileSync('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'pipe' });
}
