#!/usr/bin/env node
// The command `oneshot`: arguments, exit codes. Each command's code is loaded only when it is called, so that
// `oneshot validate` starts without TensorFlow.js.
import * as nodeModule from 'node:module';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { readOwnVersion } from '../base/own-files.js';
import { describeSystemError } from '../base/system-error.js';
import { BENCH_CASES } from '../bench/bench-cases.js';
import { ENGINE_NAMES, INSTALLABLE_ENGINES } from '../engine/registry.js';
import { compiledCodeFolder } from '../launch/compiled-code.js';
import type { Shell } from './completion-script.js';
import { renderExamples } from './help-examples.js';
import type { ExitCode } from './report-error.js';
import { forgiveClosedPipes, printNote } from './terminal.js';

// Before a command's code is loaded. Node 20 has no such function.
const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => void };
enableCompileCache?.(compiledCodeFolder(process.env));

forgiveClosedPipes();

const program = new Command('oneshot')
  .description('Declarative few-shot experiments: YAML files become seeded, resumable runs.')
  .version(readOwnVersion())
  .option('--debug', 'print stack traces')
  .showHelpAfterError('(run with --help for the options)')
  .configureHelp({ helpWidth: process.stdout.columns ?? 100 })
  .configureOutput({ writeErr: (text) => printNote(text.trimEnd()) })
  .exitOverride();

program.addHelpText(
  'after',
  `
Examples (outside of a clone, \`oneshot init --examples\` brings the files):
  $ oneshot run experiments/quickstart.yaml              train, evaluate, report: half a minute
  $ oneshot plan experiments/paper-repro.yaml            what a file would run, and what that costs
  $ oneshot run my.yaml --set training.maxEpochs=5       with another value than the file's

Exit codes: 0 done, 1 a trial failed or a comparison differs, 2 the input is wrong, 130 interrupted.
Tracking: set MLFLOW_TRACKING_URI, and metrics, parameters and artifacts go to that MLflow server as well.`,
);

const collect = (value: string, previous: string[]) => [...previous, value];
const setOption = () =>
  new Option('--set <key.path=value>', "a value instead of the file's; may be repeated")
    .default([], 'none')
    .argParser(collect);
const runsOption = () =>
  new Option('--runs <dir>', 'the folder that runs are kept in').env('ONESHOT_RUNS').default('runs');
const engineOption = () => new Option('--engine <name>', 'compute engine').choices(['auto', ...ENGINE_NAMES]);
const BENCH_ENTRANTS = [...ENGINE_NAMES, 'torch'];
const threadsOption = () => new Option('--threads <n>', 'threads of the engine').argParser(parseCount);
const inkOption = () =>
  new Option('--ink <tone>', 'which tone is ink; as in the training data when left out').choices([
    'auto',
    'dark',
    'light',
  ]);
const jsonOption = () => new Option('--json', 'machine-readable output');

let exitCode: ExitCode = 0;
let sets: readonly string[] = [];
/** Runs a command's code and keeps its exit code. */
const run =
  (load: () => Promise<(...parameters: never[]) => Promise<ExitCode>>) =>
  async (...parameters: unknown[]) => {
    // Traces name the files of src/ instead of places in a bundle; switched on before there is something to trace.
    if (program.opts().debug === true) process.setSourceMapsEnabled(true);
    const command = await load();
    sets = (parameters.at(-2) as { set?: string[] }).set ?? [];
    exitCode = await (command as (...all: unknown[]) => Promise<ExitCode>)(...parameters.slice(0, -1));
  };

program
  .command('validate')
  .description('check experiment files; print every problem with its line and column')
  .argument('<file...>', 'experiment files')
  .addOption(
    new Option('--format <format>', 'how problems are printed').choices(['text', 'json', 'github']).default('text'),
  )
  .option('--deep', 'read all pictures as well, and look for copies among them')
  .addOption(setOption())
  .action(run(async () => (await import('./commands/validate.js')).validateCommand));

program
  .command('plan')
  .description('list the trials of a file, and what they cost; start nothing')
  .argument('<file>', 'an experiment file')
  .addOption(setOption())
  .addOption(runsOption())
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/plan.js')).planCommand));

program
  .command('run')
  .description('run the trials of a file: skips finished ones, resumes interrupted ones')
  .argument('<file>', 'an experiment file')
  .addOption(setOption())
  .addOption(runsOption())
  .addOption(new Option('--parallel <n>', 'trials at the same time').argParser(parseCount))
  .addOption(engineOption())
  .addOption(new Option('--threads <n>', 'threads of each trial').argParser(parseCount))
  .addOption(new Option('--retries <n>', 'how often a failed trial is started again').argParser(parseCountOrZero))
  .addOption(new Option('--fail-fast', 'stop everything at the first failed trial'))
  .addOption(
    new Option('--launcher <name>', 'where trials run: on this machine, or as jobs of a Slurm cluster')
      .choices(['local', 'slurm'])
      .default('local'),
  )
  .addOption(new Option('--wait', 'with --launcher slurm: follow the jobs to their end; they go on without it'))
  .addOption(new Option('--allow-drift', 'resume although engine, threads or versions changed; recorded with the run'))
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/run.js')).runCommand));

program
  .command('status')
  .description('show where sweeps and trials stand, and why some failed')
  .argument('[path]', "a runs folder, an experiment's folder in it, or a run", 'runs')
  .addOption(new Option('--watch', 'look again every second until nothing runs any more'))
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/status.js')).statusCommand));

program
  .command('sync')
  .description('ship what is not yet there to the MLflow server of MLFLOW_TRACKING_URI')
  .argument('[path]', "a runs folder, an experiment's folder in it, or a run", 'runs')
  .addOption(new Option('--tracking-uri <uri>', 'address of the server').env('MLFLOW_TRACKING_URI'))
  .addOption(new Option('--dry-run', 'say what would be sent; send nothing'))
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/sync.js')).syncCommand));

program
  .command('ui')
  .description('look at runs in MLflow: starts a local server, ships the runs, prints its address')
  .argument('[path]', "a runs folder, an experiment's folder in it, or a run", 'runs')
  .addOption(
    new Option('--store <dir>', "the server's database and artifacts; in the user's data folder when left out"),
  )
  .addOption(new Option('--port <n>', 'port on the loopback address; a free one when left out').argParser(parseCount))
  .addOption(new Option('--yes', 'fetch or install MLflow without asking where there is none'))
  .addOption(new Option('--no-open', 'open no browser'))
  .action(run(async () => (await import('./commands/ui.js')).uiCommand));

program
  .command('compare')
  .description('put runs side by side, with intervals and paired tests on the same episodes')
  .argument('<run...>', 'two or more run folders')
  .addOption(new Option('--ensemble', 'also let all runs answer together: the sum of their standardised scores'))
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/compare.js')).compareCommand));

program
  .command('report')
  .description('write an HTML and a Markdown report of runs')
  .argument('<path...>', 'run folders, or folders that hold them; with --format markdown also a .json of before')
  .addOption(
    new Option('--format <name>', 'a page with plots, or the figures alone as one Markdown file and its JSON')
      .choices(['page', 'markdown'])
      .default('page'),
  )
  .addOption(new Option('--out <path>', 'the folder of the page, or the Markdown file; beside the runs when left out'))
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/report.js')).reportCommand));

program
  .command('classify')
  .description('name pictures with a trained network, after one or more pictures of each class; or say "unknown"')
  .argument('<run>', 'a finished run, or an exported .safetensors file')
  .argument('[pictures...]', 'further runs first, for an ensemble; then pictures, or folders of them')
  .addOption(new Option('--support <dir>', 'a folder for each class, or a picture for each'))
  .addOption(
    new Option(
      '--scorer <name>',
      'a baseline that the run measured, with its settings there, instead of its network',
    ).conflicts(['threshold', 'sheet']),
  )
  .addOption(new Option('--top <k>', 'classes that are shown of each answer').argParser(parseCount).default(2))
  .addOption(
    new Option(
      '--threshold <score>',
      'call a picture unknown below this score, or `none`; calibrated when left out',
    ).argParser(parseThreshold),
  )
  .addOption(inkOption())
  .addOption(
    new Option('--sheet <file>', 'a page that shows each picture as the network sees it beside its nearest ones'),
  )
  .addOption(new Option('--csv', 'as CSV'))
  .addOption(jsonOption())
  .addOption(engineOption())
  .addOption(threadsOption())
  .action(run(async () => (await import('./commands/classify.js')).classifyCommand));

program
  .command('embed')
  .description('embeddings of pictures by a trained network, as JSON lines, CSV or .npy')
  .argument('<run>', 'a finished run, or an exported .safetensors file')
  .argument('<pictures...>', 'pictures, or folders of them')
  .addOption(
    new Option('--format <format>', "the file's ending, or jsonl, when left out").choices(['npy', 'csv', 'jsonl']),
  )
  .addOption(new Option('--out <file>', 'the file that is written; standard output when left out'))
  .addOption(inkOption())
  .addOption(engineOption())
  .addOption(threadsOption())
  .action(run(async () => (await import('./commands/embed.js')).embedCommand));

program
  .command('export')
  .description('write a trained network for other programs')
  .argument('<run>', 'a finished run, or an exported .safetensors file')
  .addOption(
    new Option('--format <format>', 'an ONNX file, a folder for TensorFlow.js, or weights with their architecture')
      .choices(['onnx', 'tfjs', 'safetensors'])
      .default('onnx'),
  )
  .addOption(new Option('--support <dir>', 'bring along a support set: the network then names pictures by itself'))
  .addOption(new Option('--out <file>', 'where it is written; EXPERIMENT-TRIAL.FORMAT here when left out'))
  .addOption(inkOption())
  .addOption(jsonOption())
  .addOption(engineOption())
  .addOption(threadsOption())
  .action(run(async () => (await import('./commands/export.js')).exportCommand));

program
  .command('demo')
  .description('a page to draw on, with the network in it: served for this machine, or written to be put online')
  .argument('<run>', 'a finished run, or an exported .safetensors file')
  .addOption(new Option('--out <dir>', 'write the page as files there, and serve nothing'))
  .addOption(new Option('--support <dir>', "what is known at the start, instead of classes of the run's data"))
  .addOption(new Option('--no-starters', "put no pictures of the run's data into the page"))
  .addOption(new Option('--port <n>', 'port on the loopback address; a free one when left out').argParser(parseCount))
  .addOption(new Option('--no-open', 'open no browser'))
  .addOption(inkOption())
  .addOption(engineOption())
  .addOption(threadsOption())
  .action(run(async () => (await import('./commands/demo.js')).demoCommand));

program
  .command('evaluate')
  .description('measure a trained network on other data or by other protocols, as a run of its own')
  .argument('<run>', 'a finished run, or an exported .safetensors file')
  .argument('[file]', 'an experiment file: its data, evaluation and baselines; those of the run when left out')
  .addOption(setOption())
  .addOption(runsOption())
  .addOption(engineOption())
  .addOption(threadsOption())
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/evaluate.js')).evaluateCommand));

program
  .command('reproduce')
  .description('run a finished run again from its own folder, and compare metrics, weights and results')
  .argument('<run>', 'the folder of a finished run')
  .addOption(
    new Option('--set <data.path=folder>', 'where its pictures lie now; the last one counts')
      .default([], 'where they lay')
      .argParser(collect),
  )
  .addOption(new Option('--out <dir>', 'a runs folder for the new run; a temporary one when left out'))
  .addOption(engineOption())
  .addOption(new Option('--threads <n>', "threads; the first run's when left out").argParser(parseCount))
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/reproduce.js')).reproduceCommand));

program
  .command('prune')
  .description('free the disk of what is not needed any more; shows it and asks first')
  .argument('[path]', "a runs folder, an experiment's folder in it, or a run; runs when left out")
  .addOption(new Option('--dry-run', 'show what would go; remove nothing'))
  .addOption(new Option('--yes', 'do not ask'))
  .addOption(
    new Option('--unused-days <n>', 'days after which decoded pictures that nobody read go')
      .default(30)
      .argParser(parseCountOrZero),
  )
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/prune.js')).pruneCommand));

program
  .command('cancel')
  .description('end the jobs that a cluster has of a sweep or run; a later run goes on from its checkpoints')
  .argument('<path>', "an experiment's folder in runs/, a run, or a runs folder")
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/cancel.js')).cancelCommand));

program
  .command('doctor')
  .description('say what works on this machine, what does not, why, and what to do')
  .addOption(runsOption())
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/doctor.js')).doctorCommand));

program
  .command('bench')
  .description('measure engines on training steps, in turns with PyTorch where Python has it; print ratios')
  .addOption(choiceList('--cases <names>', 'which steps', BENCH_CASES))
  .addOption(
    choiceList('--engines <names>', 'who takes part; everything that works but cpu when left out', BENCH_ENTRANTS),
  )
  .addOption(
    new Option('--seconds <n>', 'seconds of training steps for each engine and case').argParser(parseCount).default(10),
  )
  .addOption(
    new Option('--threads <n>', 'threads of everybody; the physical cores when left out').argParser(parseCount),
  )
  .addOption(new Option('--python <path>', 'the Python that has torch').default('python3'))
  .addOption(new Option('--results <dir>', 'the folder that results are kept in').default('bench/results'))
  .addOption(new Option('--no-keep', 'keep no results'))
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/bench.js')).benchCommand));

const engine = program.command('engine').description('list, install and remove compute engines');
const installableArgument = () => new Argument('<engine>', 'the engine').choices(INSTALLABLE_ENGINES);

engine
  .command('list', { isDefault: true })
  .description('the compute engines, and whether each works here')
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/engine.js')).engineCommand));

engine
  .command('install')
  .description('build an engine in a folder of its own: ONESHOT_ENGINES, or the user cache folder when left out')
  .addArgument(installableArgument())
  .addOption(new Option('--gpu', 'tensorflow with the libraries for NVIDIA GPUs'))
  .addOption(new Option('--yes', 'download hundreds of megabytes without asking'))
  .addOption(new Option('--from <place>', 'a folder or an address that holds the wheels, instead of PyPI'))
  .action(run(async () => (await import('./commands/engine.js')).installEngineCommand));

engine
  .command('uninstall')
  .description('remove an installed engine')
  .addArgument(installableArgument())
  .action(run(async () => (await import('./commands/engine.js')).uninstallEngineCommand));

program
  .command('init')
  .description('write a starter experiment file, with comments; or one that fits a folder of your own pictures')
  .argument('[dir]', 'where; made if it is missing', '.')
  .option('--examples', 'the experiments that ship with the program instead, in experiments/')
  .option('--pictures <folder>', 'look at the classes, sizes and colours in this folder, and write what fits them')
  .option('--labels <file...>', 'tables or JSON files in that folder that say what its pictures show')
  .action(run(async () => (await import('./commands/init.js')).initCommand));

program
  .command('explain')
  .description('say what a key means: allowed values, unit, default, what it affects')
  .argument('<key.path>', 'training.optimizer.momentum, model.encoder[0].filters, model.encoder.conv.filters')
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/explain.js')).explainCommand));

program
  .command('explain-picture')
  .description('draw what the scorer of strokes sees in a picture: skeleton, strokes in order, the five best parses')
  .argument('<picture>', 'a picture of a character')
  .addOption(new Option('--with <picture>', 'another one: the strokes of each are fitted to the other'))
  .addOption(new Option('--out <file>', 'the drawing, .svg or .png').default('strokes.svg'))
  .addOption(inkOption())
  .action(run(async () => (await import('./commands/explain-picture.js')).explainPictureCommand));

program
  .command('schema')
  .description('print the JSON Schema of experiment files')
  .addOption(new Option('--editor', 'the one for editors: files that extend others are parts of an experiment'))
  .addOption(new Option('--page', 'the reference page of all keys, as Markdown').conflicts('editor'))
  .action(run(async () => (await import('./commands/schema.js')).schemaCommand));

const data = program
  .command('data')
  .description('list data sets: where they lie, what they take on the disk, whether they are whole')
  .addOption(new Option('--folder <dir>', 'where they lie; ONESHOT_DATA, or a folder of your own, when left out'))
  .addOption(new Option('--check', 'compare every file with the published content'))
  .addOption(jsonOption())
  .action(run(async () => (await import('./commands/data.js')).dataCommand));

data
  .command('fetch')
  .description('download a data set; goes on where it was interrupted')
  .argument('<dataset>', 'omniglot or mnist')
  .addOption(new Option('--from <place>', 'a folder or an address that holds the files, instead of the published one'))
  .configureHelp({ showGlobalOptions: true }) // --folder belongs to `data`
  .action((dataset: string, _options: unknown, command: Command) =>
    run(async () => (await import('./commands/data.js')).fetchDataCommand)(dataset, command.optsWithGlobals(), command),
  );

data
  .command('strokes')
  .description("what the pens of Omniglot's drawers did, and what is read from their pictures")
  .addOption(new Option('--every <n>', 'read every so many of the pictures').default(8).argParser(parseCount))
  .configureHelp({ showGlobalOptions: true })
  .action((_options: unknown, command: Command) =>
    run(async () => (await import('./commands/data-strokes.js')).dataStrokesCommand)(
      command.optsWithGlobals(),
      command,
    ),
  );

program
  .command('completion')
  .description('print a script that completes commands, options and key paths in a shell')
  .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
  .action(
    run(async () => {
      const { completionCommand } = await import('./commands/completion.js');
      return (shell: Shell) => completionCommand(program, shell);
    }),
  );

for (const command of program.commands) command.addHelpText('after', () => renderExamples(command.name()));

/** An option that takes names from a list, with commas between them. */
function choiceList(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, `${description}: ${choices.join(', ')}`).default([], 'all').argParser((text: string) => {
    const names = text.split(',').filter((name) => name !== '');
    const unknown = names.find((name) => !choices.includes(name));
    if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is none of ${choices.join(', ')}.`);
    return names;
  });
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number, at least 1, is allowed.');
  return value;
}

function parseThreshold(text: string): number | 'none' {
  const value = Number(text);
  if (text === 'none') return text;
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number or `none` is allowed.');
  return value;
}

function parseCountOrZero(text: string): number {
  return text === '0' ? 0 : parseCount(text);
}

try {
  // Without a command there is nothing wrong: help is what was wanted.
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const words = await import('./report-error.js').catch(() => undefined);
    if (words !== undefined) exitCode = words.reportError(error, program.opts().debug === true, sets);
    else {
      // With too few file handles not even the words can be loaded.
      printNote(`error: ${describeSystemError(error)?.message ?? String(error)}`);
      exitCode = 1;
    }
  }
}
// What the streams have found wrong stays.
process.exitCode ||= exitCode;
