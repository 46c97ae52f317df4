// Whether metrics can go to MLflow: the server that is set, and what `oneshot ui` would start.
import { MlflowClient } from 'mlflow-ts-client';
import type { Environment } from '../base/environment.js';
import { planMlflow } from '../tracking/local-server/find-mlflow.js';
import type { Finding } from './finding.js';

const LIMIT_MS = 5000;

/** A finding for the server of MLFLOW_TRACKING_URI and one for a local one. */
export async function diagnoseMlflow(env: Environment): Promise<Finding[]> {
  return [await diagnoseServer(env), await diagnoseLocalServer(env)];
}

async function diagnoseServer(env: Environment): Promise<Finding> {
  const common = { area: 'tracking', name: 'MLflow server', isEssential: false } as const;
  if (!env.MLFLOW_TRACKING_URI)
    return {
      ...common,
      state: 'missing',
      detail: 'MLFLOW_TRACKING_URI is not set; runs keep their metrics in their own folders',
      remedy: 'set MLFLOW_TRACKING_URI to the address of a server, or use `oneshot ui`',
    };
  let address = 'MLFLOW_TRACKING_URI';
  try {
    const client = MlflowClient.fromEnvironment({ retry: { maxRetries: 0 } }, env);
    address = client.baseUrl;
    const version = await client.server.version({ signal: AbortSignal.timeout(LIMIT_MS) });
    if (!/^\d+\.\d+/.test(version)) throw new Error('what answers there is no MLflow server');
    return { ...common, state: 'works', detail: `${address}, version ${version}` };
  } catch (error) {
    const remedy = 'start the server or correct MLFLOW_TRACKING_URI; training does without, `oneshot sync` ships later';
    return { ...common, state: 'broken', detail: `${address}: ${(error as Error).message}`, remedy };
  }
}

async function diagnoseLocalServer(env: Environment): Promise<Finding> {
  const common = { area: 'tracking', name: 'oneshot ui', isEssential: false } as const;
  try {
    const plan = await planMlflow(env);
    if (plan.kind === 'install') {
      const detail = `would install MLflow with ${plan.python}; asks first`;
      return { ...common, state: 'works', detail };
    }
    const detail = plan.kind === 'ready' ? plan.origin : `${plan.command.join(' ')}; fetches MLflow the first time`;
    return { ...common, state: 'works', detail };
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    return { ...common, state: 'missing', detail: message, ...(hint === undefined ? {} : { remedy: hint }) };
  }
}
