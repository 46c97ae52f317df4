// What decoding makes of a picture file.

/** A picture as people see it: turned upright, in sRGB. */
export interface DecodedPicture {
  readonly height: number;
  readonly width: number;
  /** `[height, width, 4]`: red, green, blue and opacity (0 is transparent), not multiplied by it. */
  readonly rgba: Uint8Array;
}
