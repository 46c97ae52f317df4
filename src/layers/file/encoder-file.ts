// The file of a layer `file`: what its network takes and gives, and what the pictures have to be made into for it. A file is
// looked at once as long as it stays the same.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBounded } from '../../base/bounded-file.js';
import { OneshotError } from '../../base/problem.js';
import type { LayerFile } from '../../config/experiment.js';
import { type Shape, ShapeError } from '../layer.js';
import { describeShape, sizeOf } from '../shape.js';
import { type OnnxHeader, type OnnxValue, readOnnxHeader } from './onnx-header.js';

/** How a network of somebody's own is fed and read. */
export interface FileEncoderForm {
  /** Name of the input and of the output that is read. */
  readonly input: string;
  readonly output: string;
  readonly layout: 'nchw' | 'nhwc';
  /** 3: red, green and blue, or ink as black on white; 1: ink. */
  readonly channels: 1 | 3;
  /** Pictures that it takes at once; undefined where any number will do. */
  readonly batch: number | undefined;
  /** What a picture's channel is made into: (value - mean) / std, of values in [0, 1]. */
  readonly mean: number[];
  readonly std: number[];
  /** How the output's places become one vector. */
  readonly pool: Pooling;
  /** Length of the embedding. */
  readonly units: number;
}

/** `first` of `places` vectors, or their mean; a vector lies together, or (`isPlanar`) place by place. */
export type Pooling = { readonly type: 'none' } | { readonly type: 'first' | 'mean'; readonly isPlanar: boolean };

type Normalization = Pick<FileEncoderForm, 'mean' | 'std'>;

/** A network of protobuf messages is at most that large. */
const MAX_BYTES = 2 ** 31 - 1;
const MAX_PREPROCESSOR_BYTES = 2 ** 20;
const FLOAT32 = 1;
/** Colours of the pictures that networks know. */
const COLORS = 3;

interface KnownFile {
  readonly stamp: string;
  readonly header: OnnxHeader;
  readonly sha256: Buffer;
}

const known = new Map<string, KnownFile>();

/** SHA-256 of a file, 32 bytes. Throws a OneshotError('data') when there is none, or no network in it. */
export function digestEncoderFile(path: string): Buffer {
  return lookAt(path).sha256;
}

/**
 * The layer with what its results depend on: the file's digest, and what was found beside it of the pictures. Throws as
 * `digestEncoderFile` does.
 */
export function pinEncoderFile(layer: LayerFile): LayerFile {
  const { path, mean, std } = layer;
  const { header, sha256 } = lookAt(path);
  const found = { ...readNormalization(path, header), ...(mean && { mean }), ...(std && { std }) };
  return { ...layer, ...found, digest: sha256.toString('hex') };
}

/** The bytes of a file. Throws a OneshotError('data') as `digestEncoderFile` does. */
export function readEncoderFile(path: string): Buffer {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new OneshotError('data', `${path} is ${stat ? 'no file' : 'missing'}`, { hint: WHAT });
  if (stat.size > MAX_BYTES)
    throw new OneshotError('data', `${path} has ${stat.size} bytes; expected at most ${MAX_BYTES}`, { hint: WHAT });
  return readFileSync(path);
}

const WHAT =
  'model.encoder[].path names an ONNX file with its weights in it: exported by PyTorch, by optimum, or by `oneshot export`';

function lookAt(path: string): KnownFile {
  const stat = statSync(path, { throwIfNoEntry: false });
  const stamp = stat === undefined ? '' : [stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino].join(' ');
  const found = known.get(path);
  if (found?.stamp === stamp) return found;
  const bytes = readEncoderFile(path);
  const looked = { stamp, header: readHeader(path, bytes), sha256: createHash('sha256').update(bytes).digest() };
  known.set(path, looked);
  return looked;
}

function readHeader(path: string, bytes: Buffer): OnnxHeader {
  const refuse = (what: string, hint = WHAT, cause?: unknown) =>
    new OneshotError('data', `${path} ${what}`, { hint, cause });
  if (/\.(safetensors|pth?|bin|h5)$/i.test(path))
    throw refuse(
      'holds weights without the layers that compute with them',
      'export the network as ONNX: torch.onnx.export, `optimum-cli export onnx`, or `oneshot export --format onnx`',
    );
  let header: OnnxHeader;
  try {
    header = readOnnxHeader(bytes);
  } catch (error) {
    throw refuse((error as Error).message, WHAT, error);
  }
  if (header.hasExternalData)
    throw refuse(
      'keeps its weights in another file',
      'write them into it: onnx.save(onnx.load(PATH), PATH, save_as_external_data=False)',
    );
  return header;
}

/**
 * How the network of a layer is fed and read, for pictures of this shape. Throws a `ShapeError` when it does not take
 * them, and a OneshotError('data') when its file is missing or none.
 */
export function describeEncoderFile(config: LayerFile, input: Shape): FileEncoderForm {
  const { header, sha256 } = lookAt(config.path);
  if (config.digest !== undefined && config.digest !== sha256.toString('hex'))
    throw new ShapeError(
      `${config.path} is another file than digest says: put that one back, or leave digest out; its SHA-256 is ` +
        `${sha256.toString('hex')}`,
    );
  const fed = chooseInput(header, config);
  const { layout, channels } = checkInput(fed, config, input);
  const { output, pool, units } = chooseOutput(header, config, layout);
  const [batch] = fed.shape!;
  return {
    input: fed.name,
    output,
    layout,
    channels,
    batch: typeof batch === 'number' ? batch : undefined,
    ...findNormalization(config, header, channels),
    pool,
    units,
  };
}

function chooseInput({ inputs }: OnnxHeader, { path }: LayerFile): OnnxValue {
  const [only, ...others] = inputs;
  if (only === undefined || others.length > 0)
    throw new ShapeError(
      `${basename(path)} takes ${inputs.length} inputs (${inputs.map(nameOf).join(', ')}), and not pictures alone`,
    );
  if (only.elementType !== FLOAT32)
    throw new ShapeError(`${basename(path)} takes numbers of another kind than float32: export it with float32`);
  return only;
}

function checkInput(value: OnnxValue, config: LayerFile, input: Shape): Pick<FileEncoderForm, 'layout' | 'channels'> {
  const { shape } = value;
  const takes = `${basename(config.path)} takes ${nameOf(value)}`;
  if (shape?.length !== 4) throw new ShapeError(`${takes}, and no pictures [batch, channels, height, width]`);
  const [height, width, channels] = input;
  if (input.length !== 3 || (channels !== 1 && channels !== COLORS))
    throw new ShapeError(`${takes}, but a ${describeShape(input)} reaches it`);
  const isColors = (length: unknown) => length === 1 || length === COLORS;
  const layout = config.layout ?? (isColors(shape[3]) && !isColors(shape[1]) ? 'nhwc' : 'nchw');
  const [c, h, w] = layout === 'nchw' ? [shape[1], shape[2], shape[3]] : [shape[3], shape[1], shape[2]];
  const given = typeof c === 'number' ? c : COLORS;
  if (given !== COLORS && given !== channels)
    throw new ShapeError(`${takes}: as ${layout} that is ${given} channels, and pictures with ${channels} reach it`);
  const isSize = (found: unknown, wanted: unknown) => typeof found !== 'number' || found === wanted;
  if (!isSize(h, height) || !isSize(w, width))
    throw new ShapeError(
      `${takes}, but ${height}x${width} pictures reach it: set data.imageSize: ${typeof h === 'number' ? h : w}`,
    );
  return { layout, channels: given as 1 | 3 };
}

function chooseOutput(
  { outputs }: OnnxHeader,
  config: LayerFile,
  layout: FileEncoderForm['layout'],
): { output: string; pool: Pooling; units: number } {
  const file = basename(config.path);
  const named = outputs.find(({ name }) => name === config.output);
  if (config.output !== undefined && named === undefined)
    throw new ShapeError(`${file} has no output ${config.output}; it has ${outputs.map(nameOf).join(', ')}`);
  const chosen = named ?? outputs.find(({ shape }) => shape?.length === 2) ?? outputs[0]!;
  if (chosen.elementType !== FLOAT32)
    throw new ShapeError(`${file} gives ${nameOf(chosen)} in other numbers than float32: export it with float32`);
  const rest = chosen.shape?.slice(1) ?? [''];
  const isMap = rest.length === 3;
  if (rest.length > 1 && config.pool === undefined)
    throw new ShapeError(
      `${file} gives ${nameOf(chosen)}, many vectors for a picture: say pool: ` +
        `${isMap ? '' : 'first (its class token), '}mean or flatten`,
    );
  const isPlanar = isMap && layout === 'nchw';
  const pool: Pooling =
    rest.length === 1 || config.pool === 'flatten' || config.pool === undefined
      ? { type: 'none' }
      : { type: config.pool, isPlanar };
  const lengths = pool.type === 'none' ? rest : [isPlanar ? rest[0]! : rest.at(-1)!];
  const units = lengths.every((length) => typeof length === 'number') ? sizeOf(lengths as number[]) : config.units;
  if (units === undefined)
    throw new ShapeError(`${file} does not say how many numbers ${nameOf(chosen)} has for a picture: say units`);
  return { output: chosen.name, pool, units };
}

/** `pixel_values [batch, 3, 224, 224]` */
function nameOf({ name, shape }: OnnxValue): string {
  return shape === undefined ? name : `${name} [${shape.map((length) => (length === '' ? '?' : length)).join(', ')}]`;
}

/** The producer of files that `oneshot export` writes: their networks take pictures as they are. */
const OWN = 'oneshot-runner';

/** What the file, or one for tools that lies beside it, says of its pictures. */
function readNormalization(path: string, { producer, inputs }: OnnxHeader): Partial<Normalization> {
  if (producer !== OWN) return readPreprocessor(path);
  const channels = inputs[0]?.shape?.[3];
  return asItIs(typeof channels === 'number' ? channels : COLORS);
}

const asItIs = (channels: number): Normalization => ({
  mean: new Array<number>(channels).fill(0),
  std: new Array<number>(channels).fill(1),
});

/** Where tools of Hugging Face's write what pictures go through. */
const PREPROCESSOR = 'preprocessor_config.json';

function findNormalization(
  { path, mean, std }: LayerFile,
  header: OnnxHeader,
  channels: FileEncoderForm['channels'],
): Normalization {
  const found = mean !== undefined && std !== undefined ? {} : readNormalization(path, header);
  const result = { mean: mean ?? found.mean, std: std ?? found.std };
  const isWhole = (values: readonly number[] | undefined) => values?.length === channels;
  if (result.mean !== undefined && result.std !== undefined && isWhole(result.mean) && isWhole(result.std))
    return { mean: result.mean, std: result.std };
  const example =
    channels === 1
      ? 'mean: [0], std: [1] where it takes ink from 0 to 1'
      : "mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] are ImageNet's; [0, 0, 0] and [1, 1, 1] leave [0, 1] as it is";
  if (mean !== undefined || std !== undefined)
    throw new ShapeError(
      `${basename(path)} takes ${channels} channels: say mean and std with as many numbers: ${example}`,
    );
  throw new ShapeError(
    `nothing says what ${basename(path)} makes of colours, no ${PREPROCESSOR} beside it: say mean and std: ${example}`,
  );
}

function readPreprocessor(network: string): Partial<Normalization> {
  const folders = [dirname(network), dirname(dirname(network))];
  const path = folders.map((folder) => join(folder, PREPROCESSOR)).find((file) => existsSync(file));
  if (path === undefined) return {};
  let settings: Record<string, unknown>;
  try {
    settings = JSON.parse(readBounded(path, MAX_PREPROCESSOR_BYTES).toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new ShapeError(`${path} is no JSON: ${(error as Error).message}`);
  }
  const { do_normalize: isNormalized, image_mean: mean, image_std: std } = settings;
  if (isNormalized === false) return asItIs(COLORS);
  const isColor = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length === COLORS && value.every((number) => typeof number === 'number');
  return { ...(isColor(mean) ? { mean } : {}), ...(isColor(std) ? { std } : {}) };
}
