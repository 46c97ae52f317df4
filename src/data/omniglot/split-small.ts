// The two minimal splits: training on five background alphabets, about what an adult may know, the test as in Lake's split
// (README of brendenlake/omniglot; the alphabets of images_background_small1.zip and images_background_small2.zip, whose
// pictures are those of the full set).
import type { OmniglotSplit } from './omniglot-split.js';
import { splitBackground } from './split-lake.js';

/** The alphabets of the two minimal sets. */
export const SMALL_ALPHABETS = {
  small1: ['Balinese', 'Early_Aramaic', 'Greek', 'Korean', 'Latin'],
  small2: ['Greek', 'Japanese_(katakana)', 'Latin', 'Sanskrit', 'Tagalog'],
} as const;

/** 136 characters of 5 alphabets for training, less those named for validation. */
export const small1Split: OmniglotSplit = splitBackground(SMALL_ALPHABETS.small1);

/** 156 characters of 5 alphabets for training, less those named for validation. */
export const small2Split: OmniglotSplit = splitBackground(SMALL_ALPHABETS.small2);
