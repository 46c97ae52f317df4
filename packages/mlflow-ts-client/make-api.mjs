// Writes API.md: every public method of the client and every exported function, with its docstring, from src/. The
// signatures are the source's own. `--check` only says whether the file is current.
import { readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('./', import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');

/** Heading of each part, and the class that it is. */
const PARTS = [
  ['client', 'MlflowClient', 'src/client.ts'],
  ['client.experiments', 'Experiments', 'src/experiments.ts'],
  ['client.runs', 'Runs', 'src/runs.ts'],
  ['client.log', 'RunLog', 'src/run-log.ts'],
  ['client.artifacts', 'Artifacts', 'src/artifacts.ts'],
  ['client.models', 'Models', 'src/models.ts'],
  ['client.registry', 'Registry', 'src/registry.ts'],
  ['client.server', 'Server', 'src/server.ts'],
];

/** Files whose exported types callers meet. */
const TYPES = [
  ...['types', 'client-options', 'experiments', 'runs', 'batch', 'run-log', 'limits', 'artifacts', 'artifact-store'],
  ...['link-outputs', 'models', 'registry', 'server', 'retry', 'errors', 'non-finite', 'tracking-uri'],
].map((name) => `src/${name}.ts`);

const exported = new Set(
  [...read('src/index.ts').matchAll(/export (?:type )?\{([^}]*)\} from/g)].flatMap(([, names]) =>
    names.split(',').map((name) => name.trim().replace(/^type /, '')),
  ),
);
// `export type *` of one file.
for (const [, name] of read('src/types.ts').matchAll(/^export (?:interface|type) (\w+)/gm)) exported.add(name);

const docstring = String.raw`(?:^[ ]*\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?`;

function describeClass(name, path) {
  const source = read(path);
  const start = source.indexOf(`export class ${name} `);
  const body = source.slice(start, source.indexOf('\n}\n', start));
  const methods = body.matchAll(
    new RegExp(
      String.raw`(${docstring})^  ((?:static )?(?:async )?\*?(?!if|for|return)[a-z]\w*\((?:.|\n)*?\)(?:: (?:.|\n)*?)?) \{\n`,
      'gm',
    ),
  );
  return [...methods]
    .filter(([, , signature]) => name === 'MlflowClient' || !signature.startsWith('constructor'))
    .map(([, comment, signature]) =>
      describe(signature.replace(/^(async |\*)+/, '').replace(/^constructor/, `new ${name}`), comment),
    );
}

function describeExports(paths, pattern) {
  return paths.flatMap((path) =>
    [...read(path).matchAll(pattern)]
      .filter(([, , , name]) => exported.has(name))
      .map(([, comment, declaration]) => describe(declaration.replace(/^export /, '').replace(/ \{\n?$/, ''), comment)),
  );
}

function describe(code, comment) {
  const text = comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
  const shown = code
    .split('\n')
    .map((line) => line.replace(/^ {2}/, ''))
    .join('\n');
  return `\`\`\`ts\n${shown.trim()}\n\`\`\`\n${text === '' ? '' : `\n${text}\n`}`;
}

const functions = new RegExp(String.raw`(${docstring})^(export (?:async )?function (\w+)(?:.|\n)*?) \{\n`, 'gm');
const types = new RegExp(
  String.raw`(${docstring})^(export (?:interface (\w+)[^{]*\{\n(?:.|\n)*?^\}|type (\w+)[^;]*;))`,
  'gm',
);
const typeTexts = TYPES.flatMap((path) =>
  [...read(path).matchAll(types)]
    .filter(([, , , interfaceName, typeName]) => exported.has(interfaceName ?? typeName))
    .map(([, comment, declaration]) => describe(declaration.replace(/^export /, ''), comment)),
);
const functionPaths = ['errors', 'paging', 'search-filter', 'limits', 'artifact-path', 'non-finite', 'tracking-uri'];

const page = [
  '# API of mlflow-ts-client',
  '',
  'Made from the source by `npm run docs`. The README shows how the parts are used together. Every method takes an `AbortSignal` and throws `MlflowError`; the codes that a method is known for are named.',
  '',
  ...PARTS.flatMap(([heading, name, path]) => [`## \`${heading}\``, '', ...describeClass(name, path)]),
  '## Functions',
  '',
  ...describeExports(
    functionPaths.map((name) => `src/${name}.ts`),
    functions,
  ),
  '## Types',
  '',
  ...typeTexts,
].join('\n');

if (process.argv.includes('--check')) {
  if (read('API.md') !== page) {
    console.error('API.md is not current: npm run docs');
    process.exitCode = 1;
  }
} else {
  writeFileSync(new URL('API.md', folder), page);
}
