// A small data set for reports: three alphabets, one of which has a name that means harm.

import type { ProtocolVerification, ProtocolWithinAlphabet } from '../../../src/config/experiment.js';
import { sealPictureSet } from '../../../src/data/pictures/picture-file.js';
import type { EvaluationData } from '../../../src/evaluation/task.js';
import { drawRandomPictures, splitForAll } from '../../evaluation/support/random-pictures.js';

/** Names as files and alphabets may have them. */
export const HARMFUL_NAMES = ['<script>alert(1)<script>', '한글 "글자" & \'|\' `x`', 'אבגד\u202eabc'] as const;

/** 3 alphabets of 5 characters by 4 people, 9 x 9 pixels. */
export function makeSmallData({
  alphabets = ['Greek', 'Latin', 'Korean'],
  seed = 1,
}: {
  alphabets?: readonly string[];
  seed?: number;
} = {}): EvaluationData {
  const { digest: _digest, ...drawn } = drawRandomPictures({ alphabets: 3, characters: 5, drawers: 4, seed });
  const set = sealPictureSet({ ...drawn, alphabets });
  return { split: splitForAll(set), source: set };
}

/** 10 episodes of 5 queries. */
export const FIVE_WAY: ProtocolWithinAlphabet = {
  protocol: 'within-alphabet',
  nWay: 5,
  kShot: 1,
  episodes: 10,
  selection: 'test',
  seed: 1,
};

/** 60 pairs, half of them of the same character. */
export const SIXTY_PAIRS: ProtocolVerification = {
  protocol: 'verification',
  pairs: 60,
  different: 'within-alphabet',
  threshold: 'from-validation',
  selection: 'test',
  seed: 1,
};
