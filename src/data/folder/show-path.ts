// Names of files as they may be shown: whoever made the files chose them, so they may hold line breaks or control codes.

/** The name itself, or quoted with escapes where it holds characters that cannot be seen. */
export function showPath(path: string): string {
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u.test(path)
    ? JSON.stringify(path).replace(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
        (code) => `\\u${code.codePointAt(0)!.toString(16).padStart(4, '0')}`,
      )
    : path;
}
