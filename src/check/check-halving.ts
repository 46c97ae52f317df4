// What is wrong with the successive halving of a sweep: a metric that nobody logs, rungs that no training reaches.
import { findNearestKey } from '../base/nearest-key.js';
import type { Experiment, Sweep } from '../config/experiment.js';
import type { ConcretePath } from '../config/key-path.js';
import { halvingMetric } from '../plan/halving.js';
import type { SearchFault } from './check-search.js';

/** Metrics that each epoch logs; those of `validation/` only where there is a validation. */
const EPOCH_METRICS = ['validation/one-shot-accuracy', 'train/loss', 'train/learning-rate', 'time/epoch-seconds'];

/** All mistakes of the halving of a sweep. `isSound` says which paths can be relied on. */
export function findHalvingFaults(
  sweep: Sweep,
  experiment: Experiment,
  isSound: (path: ConcretePath) => boolean,
): SearchFault[] {
  const path = ['sweep', 'halving'];
  if (sweep.halving === undefined || ![path, ['training'], ['model']].every(isSound)) return [];
  const { training, model } = experiment;
  if (training === undefined || model === undefined)
    return [{ path, at: 'key', found: 'halving', allowed: 'a sweep of trainings, and there is none' }];
  return [
    ...findMetricFaults({ sweep, training }),
    ...findRungFaults({ sweep, training }),
    ...findVaryingLengths(sweep),
  ];
}

type HalvedTraining = Required<Pick<Experiment, 'sweep' | 'training'>>;

function findMetricFaults({ sweep, training }: HalvedTraining): SearchFault[] {
  const metric = sweep.halving?.metric;
  if (metric === undefined) return [];
  const isLogged = (name: string) => training.validation !== undefined || !name.startsWith('validation/');
  const meant = EPOCH_METRICS.includes(metric) ? metric : findNearestKey(metric, EPOCH_METRICS);
  if (meant === metric && isLogged(metric)) return [];
  const hint =
    meant === undefined || isLogged(meant) ? {} : { hint: `${meant} is logged only with training.validation` };
  return [
    {
      path: ['sweep', 'halving', 'metric'],
      at: 'value',
      found: JSON.stringify(metric),
      allowed: EPOCH_METRICS.filter(isLogged).join(', '),
      ...(meant === undefined || meant === metric ? {} : { nearest: meant }),
      ...hint,
    },
  ];
}

function findRungFaults({ sweep, training }: HalvedTraining): SearchFault[] {
  const { maxEpochs, validation } = training;
  const minEpochs = sweep.halving?.minEpochs ?? 1;
  const path = ['sweep', 'halving', 'minEpochs'];
  const found = String(minEpochs);
  if (minEpochs >= maxEpochs) {
    return [
      {
        path,
        at: 'value',
        found,
        allowed: `less than training.maxEpochs (${maxEpochs})`,
        hint: 'no trial would ever be halted',
      },
    ];
  }
  const metric = halvingMetric({ sweep, training });
  if (validation === undefined || !metric.startsWith('validation/') || minEpochs >= validation.everyEpochs) return [];
  return [
    {
      path,
      at: 'value',
      found,
      allowed: `at least training.validation.everyEpochs (${validation.everyEpochs})`,
      hint: `there is no ${metric} at the first rung before`,
    },
  ];
}

// Rungs are numbers of epochs: points of another length would be compared at other places of their training.
function findVaryingLengths(sweep: Sweep): SearchFault[] {
  const swept = 'parameters' in sweep ? [['parameters', sweep.parameters] as const] : listPointMaps(sweep.points);
  return swept.flatMap(([place, values]) =>
    Object.keys(values)
      .filter((key) => key === 'training.maxEpochs' || key === 'training')
      .map(
        (key): SearchFault => ({
          path: ['sweep', ...[place].flat(), key],
          at: 'key',
          found: `${key} beside halving`,
          allowed: 'parameters that leave training.maxEpochs as it is',
        }),
      ),
  );
}

function listPointMaps(points: readonly Readonly<Record<string, unknown>>[]) {
  return points.map((point, number) => [['points', number] as (string | number)[], point] as const);
}
