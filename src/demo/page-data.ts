// What the page of `oneshot demo` finds in itself, beside the network: read by its script, written by compose-demo.ts.

/** Ids of the elements that hold data. */
export const DATA_IDS = {
  /** `PageData` as JSON. */
  page: 'page-data',
  /** The network, as `oneshot export --format safetensors` writes it; base64. */
  network: 'network-data',
  /** Pictures of the starters; each as `StarterPictures` says, deflated, base64. */
  seen: 'seen-data',
  shown: 'shown-data',
} as const;

export interface PageData {
  /** `quickstart/seed=1`. */
  readonly name: string;
  readonly groups: readonly StarterGroup[];
  /** Pictures as the network sees them, `[pictures, size, size, channels]` bytes. */
  readonly seen: StarterPictures;
  /** The same pictures as people see them. */
  readonly shown: StarterPictures;
  /** Width of the pen, as a share of the picture's. */
  readonly penWidth: number;
}

/** Bytes of all pictures, one after the other; ink of which 255 is all, or red, green and blue. */
export interface StarterPictures {
  readonly size: number;
  readonly channels: 1 | 3;
}

/** Characters to start from: an alphabet. */
export interface StarterGroup {
  readonly name: string;
  readonly characters: readonly StarterCharacter[];
}

export interface StarterCharacter {
  readonly name: string;
  /** How many of the drawings are known, the first ones; the others are there to be asked for. */
  readonly examples: number;
  readonly drawings: readonly StarterDrawing[];
}

export interface StarterDrawing {
  /** Number among the pictures. */
  readonly picture: number;
  /** Who drew it, counted from 1; undefined where that is not known. */
  readonly drawer?: number;
}
