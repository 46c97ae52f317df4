// Arithmetic on shapes, shared by the layer types.
import { type Shape, ShapeError } from './layer.js';

/** The number of elements of an array of this shape; 1 for `[]`. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Both members of a setting that is one number for both axes or [rows, columns]. */
export function pairOf(setting: number | readonly [number, number]): readonly [number, number] {
  return typeof setting === 'number' ? [setting, setting] : setting;
}

/** `28x28x64 picture` or `vector of 4096`, for messages. */
export function describeShape(shape: Shape): string {
  return shape.length === 1 ? `vector of ${shape[0]}` : `${shape.join('x')} picture`;
}

/** Height, width and channels. Throws a `ShapeError` when `shape` is a vector. */
export function pictureShape(shape: Shape, what: string): readonly [number, number, number] {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined)
    throw new ShapeError(`${what} needs a picture, but a ${describeShape(shape)} reaches it`);
  return [height, width, channels];
}

/** How a window slides over a picture. */
export interface Window {
  /** [rows, columns] of the window. */
  readonly size: readonly [number, number];
  /** [rows, columns] between two positions of the window. */
  readonly stride: readonly [number, number];
  /** `valid`: only windows that lie inside; `same`: ceil(length / stride) windows per axis, with zeros around. */
  readonly padding: 'valid' | 'same';
}

/**
 * The number of positions of a window along each axis: `floor((length - size) / stride) + 1` without padding,
 * `ceil(length / stride)` with it. Throws a `ShapeError` when an unpadded window is larger than the picture.
 */
export function countWindows(window: Window, height: number, width: number, what: string): readonly [number, number] {
  const [rows, columns] = window.size;
  const [rowStride, columnStride] = window.stride;
  if (window.padding === 'same') return [Math.ceil(height / rowStride), Math.ceil(width / columnStride)];
  if (rows > height || columns > width)
    throw new ShapeError(`${what} ${rows}x${columns} is larger than the ${height}x${width} picture that reaches it`);
  return [Math.floor((height - rows) / rowStride) + 1, Math.floor((width - columns) / columnStride) + 1];
}
