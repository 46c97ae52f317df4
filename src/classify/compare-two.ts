// Two pictures alone: do they show the same?

import { OneshotError } from '../base/problem.js';
import { type Calibration, sigmoid } from '../trained/calibration.js';
import type { Committee } from '../trained/committee.js';
import { embedSeen } from '../trained/embed-support.js';
import type { PictureReader } from '../trained/read-pictures.js';

export interface PairAnswer {
  readonly first: string;
  readonly second: string;
  /** The head's logit, or of several networks the mean of their scaled ones. */
  readonly score: number;
  /** Of the same class, where as many pairs are equal as not; null without calibration. */
  readonly probability: number | null;
}

/** The answer to two pictures. Throws a OneshotError('data') when one cannot be read. */
export async function compareTwo(
  committee: Committee,
  read: PictureReader,
  [first, second]: readonly [string, string],
  calibration: Calibration | undefined,
): Promise<PairAnswer> {
  const see = async (path: string) => {
    try {
      return await read(path);
    } catch (error) {
      throw new OneshotError('data', `${path} ${(error as Error).message}`, { cause: error });
    }
  };
  const [a, b] = await Promise.all([see(first), see(second)]);
  const [left, right] = [await embedSeen(committee, [a]), await embedSeen(committee, [b])];
  const score = (await committee.score(left, right))[0]!;
  const { slope, offset } = calibration?.pair ?? {};
  const probability = slope === undefined || offset === undefined ? null : sigmoid(slope * score + offset);
  return { first, second, score, probability };
}
