// A trained network on other data or protocols, as an experiment of its own: the network of a run or an exported file, with
// the data, evaluation and baselines of a file, and nothing that trains.
import { basename } from 'node:path';
import { OneshotError } from '../base/problem.js';
import { loadPlan } from '../check/load-plan.js';
import type { Experiment } from '../config/experiment.js';
import { readExperiment } from '../config/read-experiment.js';
import { channelsOf } from '../data/data-sets.js';
import { channelsOfForm } from '../data/pictures/see-picture.js';
import type { Plan } from '../plan/plan-trials.js';
import { runFiles } from '../run-folder/run-folder.js';
import { openTrained } from '../trained/open-trained.js';
import { nameNetwork } from '../trained/trained-network.js';

export interface PlannedEvaluation {
  readonly plan: Plan;
  /** The file that says what is measured. */
  readonly file: string;
  /** What its reader should know. */
  readonly notes: readonly string[];
}

/** Sections that belong to the network: another value would make it another network. */
const OF_THE_NETWORK = /^(model|training|augmentation|sweep|ensemble|seeds|extends)\b/;

/**
 * The evaluation of the trained network at `path` by what `file` says, or by what its own run measured; `sets` are
 * `--set` arguments on top. Throws OneshotError('usage') where they do not go together, `InputError` with the problems of
 * the file, and what opening the network throws.
 */
export function planEvaluation(path: string, file: string | undefined, sets: readonly string[]): PlannedEvaluation {
  const wrong = sets.find((set) => OF_THE_NETWORK.test(set));
  if (wrong !== undefined)
    throw new OneshotError('usage', `--set ${wrong}: a trained network is measured as it is`, {
      hint: 'data, evaluation, baselines and name may change; `oneshot run` trains with other settings',
    });
  const { path: place, network } = openTrained(path);
  const own = 'experiment' in network ? network.experiment : undefined;
  if (file === undefined && own === undefined)
    throw new OneshotError('usage', `${path} is an exported file, which does not say what to measure`, {
      hint: 'name an experiment file with data and evaluation behind it',
    });
  const experimentFile = file ?? runFiles(place).experiment;
  const { value, positions } = readExperiment(experimentFile, { sets });
  const wanted = value as Partial<Experiment>;
  const isGiven = (...keys: string[]) => positions.find(keys) !== undefined;

  const { imageSize, inkGain, color } = network.pictures;
  // What distorts copies at test time is the run's; an exported file does not know it.
  const replaced = ['model', 'training', 'sweep', 'ensemble', ...(own === undefined ? [] : ['augmentation'])];
  const fixed = [
    ...replaced.filter((key) => isGiven(key)).map((key) => `${key}=null`),
    `seeds=[${network.origin.seed}]`,
    `model=${JSON.stringify({ ...network.model, initialWeights: { [own === undefined ? 'file' : 'run']: place } })}`,
    ...(own?.augmentation === undefined ? [] : [`augmentation=${JSON.stringify(own.augmentation)}`]),
    ...(file === undefined && !sets.some((set) => /^name\s*=/.test(set))
      ? [`name=${network.origin.experiment}-evaluated`]
      : []),
  ];
  if (wanted.data !== undefined) {
    if (!isGiven('data', 'imageSize')) fixed.push(`data.imageSize=${imageSize}`);
    if ('inkGain' in wanted.data && !isGiven('data', 'inkGain')) fixed.push(`data.inkGain=${inkGain}`);
    requireSameForm(wanted.data, isGiven('data', 'imageSize'), network.pictures, nameNetwork(network));
  }
  const plan = loadPlan(experimentFile, {
    sets,
    fixed,
    changes: [{ path: 'model.initialWeights.run', value: basename(place).replace(/\.safetensors$/i, '') }],
  });
  const unused = replaced.filter((key) => file !== undefined && isGiven(key));
  return {
    plan,
    file: experimentFile,
    notes: [
      ...('notes' in network ? network.notes : []),
      ...(unused.length === 0
        ? []
        : [
            `${unused.join(', ')} of ${file} ${unused.length === 1 ? 'is' : 'are'} not used: the network is ` +
              `${nameNetwork(network)}, ${color === 'rgb' ? 'in colour' : 'ink'} at ${imageSize} px`,
          ]),
    ],
  };
}

function requireSameForm(
  data: NonNullable<Experiment['data']>,
  isSizeGiven: boolean,
  form: Parameters<typeof channelsOfForm>[0] & { readonly imageSize: number },
  name: string,
): void {
  if (isSizeGiven && data.imageSize !== form.imageSize)
    throw new OneshotError(
      'usage',
      `data.imageSize is ${data.imageSize}, and ${name} sees pictures of ${form.imageSize}`,
      {
        hint: `leave it out, or --set data.imageSize=${form.imageSize}`,
      },
    );
  if (channelsOf(data) !== channelsOfForm(form))
    throw new OneshotError(
      'usage',
      `${data.dataset} gives pictures ${channelsOf(data) === 3 ? 'in colour' : 'of ink'}, and ${name} sees ` +
        `${channelsOfForm(form) === 3 ? 'colours' : 'ink'}`,
      { hint: data.dataset === 'folder' ? '`--set data.color=grey` or `rgb`' : undefined },
    );
}
