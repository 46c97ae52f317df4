// `npm run release:dry-run`: everything of a release but the release. Stages the packages, checks that they belong to one
// version, that the changelog tells of it and what is in them, and lets npm go through its publishing of each.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, stagePackages } from './stage-packages.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What is no business of who installs a package. */
const OF_DEVELOPMENT =
  /(^|\/)(test|bench\/(?!torch_steps)|conformance|\.tsbuildinfo|node_modules)(\/|$)|\.map$|tsconfig/;

const target = mkdtempSync(join(tmpdir(), 'oneshot-release-'));
const problems = [];
try {
  const folders = stagePackages(target);
  const manifests = folders.map((folder) => readJson(join(folder, 'package.json')));
  problems.push(...findProblems(manifests));
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
    problems.push(...findStrayFiles(relative(target, folder), files));
    const { name, version, size, unpackedSize, entryCount } = publishDry(folder);
    process.stdout.write(
      `${name} ${version}: ${entryCount} files, ${(size / 1e6).toFixed(1)} MB packed, ${(unpackedSize / 1e6).toFixed(1)} MB unpacked\n`,
    );
  }
} finally {
  rmSync(target, { recursive: true, force: true });
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Versions that do not agree, and what a package must have. */
function findProblems(manifests) {
  const versions = new Map(manifests.map(({ name, version }) => [name, version]));
  const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
  const version = manifests.at(-1).version;
  const head = new RegExp(`^## ${version.replaceAll('.', '\\.')}(,| |$)`, 'm');
  return [
    ...(head.test(changelog) ? [] : [`CHANGELOG.md has no section "## ${version}"`]),
    ...manifests.flatMap(({ name, license, description, engines, dependencies = {} }) => [
      ...Object.entries({ license, description, engines })
        .filter(([, value]) => value === undefined)
        .map(([key]) => `${name} has no ${key}`),
      ...Object.entries(dependencies)
        .filter(([other, wanted]) => versions.has(other) && versions.get(other) !== wanted)
        .map(([other, wanted]) => `${name} wants ${other} ${wanted}, and that is ${versions.get(other)}`),
    ]),
  ];
}

function findStrayFiles(name, files) {
  const missing = ['package.json', 'README.md', 'LICENSE'].filter((file) => !files.includes(file));
  return [
    ...missing.map((file) => `${name} has no ${file}`),
    ...files.filter((file) => OF_DEVELOPMENT.test(file)).map((file) => `${name} would publish ${file}`),
  ];
}

/** What npm says of the package that it would publish. */
function publishDry(folder) {
  const told = JSON.parse(npm(['publish', '--dry-run', '--json', '--access', 'public', '--tag', 'latest'], folder));
  return told.name === undefined ? Object.values(told)[0] : told;
}
