// Examples and notes that stand below the options in each command's --help.

/** By the command's name; each line a command with what it does. */
const HELP_EXAMPLES: Readonly<Record<string, readonly (readonly [command: string, effect: string])[]>> = {
  init: [
    ['oneshot init letters', 'letters/experiment.yaml, ready to run'],
    ['oneshot init', 'experiment.yaml in this folder'],
    ['oneshot init --examples', 'experiments/, which the examples of other commands speak of'],
    ['oneshot init leaves --pictures ~/Pictures/leaves', 'an experiment for these photographs'],
  ],
  validate: [
    ['oneshot validate experiments/*.yaml', 'all problems of all files'],
    ['oneshot validate my.yaml --deep', 'and every picture that it names'],
    ['oneshot validate my.yaml --format github', 'as annotations in a GitHub workflow'],
    ['oneshot validate my.yaml --set training.maxEpochs=5', "with another value than the file's"],
  ],
  explain: [
    ['oneshot explain training.optimizer.momentum', 'one key'],
    ['oneshot explain model.encoder.conv', 'all keys of a kind of layer'],
    ['oneshot explain data', 'the kinds of data sets'],
  ],
  schema: [
    ['oneshot schema > experiment.schema.json', 'for programs'],
    ['oneshot schema --editor > editor.schema.json', 'for editors, named in the first line of a file'],
    ['oneshot schema --page', 'every key with default, range and unit'],
  ],
  plan: [
    ['oneshot plan experiments/paper-repro.yaml', 'what would run, and what that costs'],
    ['oneshot plan my.yaml --set "seeds=[1, 2, 3]"', 'with three seeds'],
  ],
  run: [
    ['oneshot run experiments/quickstart.yaml', 'again after Ctrl-C to go on where it stopped'],
    ['oneshot run my.yaml --set training.optimizer.learningRate=0.01', "with another value than the file's"],
    ['oneshot run my.yaml --parallel 2 --retries 1', 'two trials at a time; a failed one once more'],
    ['oneshot run my.yaml --launcher slurm', 'as jobs of a cluster; `oneshot status` follows them'],
  ],
  status: [
    ['oneshot status', 'all runs in runs/'],
    ['oneshot status runs/quickstart --json', 'one experiment, for programs'],
  ],
  cancel: [
    ['oneshot cancel runs/my', 'all jobs of a sweep, its search first'],
    ['oneshot cancel runs/my/seed=1-1b2c3d4e', 'the job of one run'],
  ],
  compare: [['oneshot compare runs/my/a-1b2c3d4e runs/my/b-5f6a7b8c', 'two runs, query by query']],
  report: [
    ['oneshot report runs/quickstart', 'a page beside the runs'],
    ['oneshot report runs/a runs/b --out reports', 'several experiments on one page'],
  ],
  sync: [
    ['oneshot sync --tracking-uri http://127.0.0.1:5000', 'all journals in runs/'],
    ['oneshot sync runs/quickstart --dry-run', 'what would be sent'],
  ],
  ui: [
    ['oneshot ui', 'MLflow with all runs in runs/, until Ctrl-C'],
    ['oneshot ui --no-open --port 5000', 'on a machine without a desktop'],
  ],
  'explain-picture': [
    ['oneshot explain-picture letter.png', 'strokes.svg: skeleton, strokes and parses'],
    ['oneshot explain-picture a.png --with b.png --out both.png', 'and the strokes of each fitted to the other'],
  ],
  classify: [
    ['oneshot classify runs/quickstart --support known new', 'names for all pictures in new/'],
    ['oneshot classify RUN --support known new --sheet sheet.html', 'and a page to check them on'],
    ['oneshot classify RUN a.png b.png', 'whether two pictures show the same'],
    ['oneshot classify RUN1 RUN2 RUN3 --support known new --csv', 'three networks together'],
  ],
  embed: [
    ['oneshot embed runs/quickstart pictures --out embeddings.npy', 'for NumPy; the names of the rows are printed'],
    ['oneshot embed RUN a.png', 'as a line of JSON'],
  ],
  export: [
    ['oneshot export runs/quickstart', 'an ONNX file of embeddings'],
    ['oneshot export RUN --support known --out birds.onnx', 'an ONNX file that names pictures'],
    ['oneshot export RUN --format tfjs --support known', 'a folder for pages: `tf.loadGraphModel` reads it'],
    ['oneshot export RUN --format safetensors', 'weights with their architecture; `oneshot classify` takes it as well'],
  ],
  demo: [
    ['oneshot demo runs/quickstart', 'draw in a browser, until Ctrl-C'],
    ['oneshot demo RUN --out site', 'a page for any web server, or to be opened from the disk'],
    ['oneshot demo RUN --support known', 'with your own pictures as what is known'],
  ],
  evaluate: [
    ['oneshot evaluate runs/quickstart experiments/mnist-transfer.yaml', 'its network on the data of another file'],
    ['oneshot evaluate RUN --set "evaluation=[{protocol: within-alphabet, nWay: 20}]"', 'by another protocol'],
  ],
  reproduce: [
    ['oneshot reproduce runs/quickstart/seed=1-1b2c3d4e', 'the same again, or what differs (exit code 1)'],
    ['oneshot reproduce RUN --out again', 'keeps the new run in again/'],
  ],
  prune: [
    ['oneshot prune --dry-run', 'what would go, and how much that is'],
    ['oneshot prune runs/my --yes', 'without asking'],
  ],
  data: [
    ['oneshot data', 'which data sets are there, and where'],
    ['oneshot data --check', 'compares their contents with the published ones'],
  ],
  doctor: [
    ['oneshot doctor', 'what works here, and what to do about the rest'],
    ['oneshot doctor --json', 'for a bug report'],
  ],
  bench: [
    ['oneshot bench', 'all engines that work, and PyTorch if python3 has it'],
    ['oneshot bench --cases small-128 --python venv/bin/python', "one step, with a virtual environment's PyTorch"],
    ['oneshot bench --engines onnxruntime --seconds 3', 'a quick look at one engine'],
  ],
  engine: [
    ['oneshot engine', 'which engines there are, and which one is taken'],
    ['oneshot engine install tensorflow', "TensorFlow's own library, for processors; --gpu for NVIDIA GPUs"],
    ['oneshot engine install cuda', 'ONNX Runtime on NVIDIA GPUs'],
    ['oneshot engine install webgpu', 'GPUs of any maker'],
    ['oneshot engine uninstall tensorflow', 'frees its disk'],
  ],
  completion: [
    ['source <(oneshot completion bash)', 'in ~/.bashrc'],
    ['source <(oneshot completion zsh)', 'in ~/.zshrc, behind compinit'],
    ['oneshot completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
};

/** The text below a command's options; empty where it has none. */
export function renderExamples(name: string): string {
  const examples = HELP_EXAMPLES[name] ?? [];
  if (examples.length === 0) return '';
  const longest = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, effect]) => `  $ ${command.padEnd(longest)}  ${effect}`);
  return `\nExamples:\n${lines.join('\n')}`;
}
