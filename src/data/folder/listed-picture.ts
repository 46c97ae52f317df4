// The pictures of a folder, class by class, before any is decoded.

/** A picture file of a class. */
export interface ListedPicture {
  /** Within the data set's folder, with `/`. */
  readonly path: string;
  /** SHA-256 of the file, 64 hex digits. */
  readonly hash: string;
  /** The part of the folder's own split that it is in, by the part's name: `train`, `val`, `test`. */
  readonly part?: string;
}

export interface ListedClass {
  readonly name: string;
  /** In the order of their paths. */
  readonly pictures: readonly ListedPicture[];
}

export interface ListedGroup {
  readonly name: string;
  /** Sorted by name. */
  readonly classes: readonly ListedClass[];
}
