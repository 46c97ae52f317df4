// A trained network as an MLflow model: the files beside its ONNX file by which `mlflow.onnx` and `mlflow.pyfunc` load it.
// After mlflow/onnx/__init__.py (`save_model`) and what MLflow 3.17 writes for such a model. Pure.
import { randomUUID } from 'node:crypto';
import { stringify } from 'yaml';

/** An input or output of a model. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: 'float32';
  /** -1 stands for any length: `[-1, 28, 28, 1]` for pictures `[pictures, height, width, channels]`. */
  readonly shape: readonly number[];
}

/** An ONNX file and what it takes and gives. */
export interface OnnxModel {
  /** Path of the file, which holds its weights. */
  readonly file: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** The name of the ONNX file within the model, as MLflow's own flavour has it. */
export const ONNX_NAME = 'model.onnx';

/** What Python needs for loading; ranges, since the file is of an ONNX version that all of these read. */
const PYTHON = '3.11';
const REQUIREMENTS = ['mlflow>=3', 'numpy', 'onnx>=1.16', 'onnxruntime>=1.18'];

export interface ModelIdentity {
  readonly modelId: string;
  readonly runId: string;
  /** Bytes of the ONNX file. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/**
 * The files of a model beside its ONNX file, by name: `MLmodel` with signature and flavours, and the environment to load
 * it in.
 */
export function composeModelFiles(
  { inputs, outputs }: Pick<OnnxModel, 'inputs' | 'outputs'>,
  { modelId, runId, bytes, createdAt }: ModelIdentity,
): Readonly<Record<string, string>> {
  const model = {
    flavors: {
      onnx: {
        code: null,
        data: ONNX_NAME,
        // Any processor gives the embeddings that were measured; a GPU is named by whoever loads the model.
        providers: ['CPUExecutionProvider'],
        onnx_session_options: null,
        onnx_version: null,
      },
      python_function: {
        data: ONNX_NAME,
        env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
        loader_module: 'mlflow.onnx',
        python_version: PYTHON,
      },
    },
    mlflow_version: null,
    model_id: modelId,
    model_size_bytes: bytes,
    model_uuid: randomUUID().replaceAll('-', ''),
    run_id: runId,
    signature: {
      inputs: JSON.stringify(inputs.map(describeTensor)),
      outputs: JSON.stringify(outputs.map(describeTensor)),
      params: null,
    },
    utc_time_created: new Date(createdAt).toISOString().replace('T', ' ').replace('Z', '000'),
  };
  const conda = {
    channels: ['conda-forge'],
    dependencies: [`python=${PYTHON}`, 'pip', { pip: REQUIREMENTS }],
    name: 'mlflow-env',
  };
  const environment = { python: PYTHON, build_dependencies: ['pip'], dependencies: ['-r requirements.txt'] };
  // MLflow reads YAML 1.1, where an unquoted 3.11 is a number.
  const write = (value: unknown) => stringify(value, { version: '1.1', lineWidth: 0 });
  return {
    MLmodel: write(model),
    'conda.yaml': write(conda),
    'python_env.yaml': write(environment),
    'requirements.txt': `${REQUIREMENTS.join('\n')}\n`,
  };
}

function describeTensor({ name, dtype, shape }: TensorSpec): object {
  return { name, type: 'tensor', 'tensor-spec': { dtype, shape } };
}
