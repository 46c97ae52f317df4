// A file that is published somewhere, and what it is known by.

/** A file as it is published. */
export interface PublishedFile {
  readonly name: string;
  /** The name of the same file unpacked, where that will do as well. */
  readonly plainName?: string;
  readonly url: string;
  readonly bytes: number;
  /** SHA-256 of the file, 64 hex digits. */
  readonly sha256: string;
  /**
   * Looks at the content of the file of this name in a folder. Rejects with a OneshotError('data') when it is not the
   * published one.
   */
  readonly checkContent: (folder: string) => Promise<unknown>;
}
