// User names and passwords of addresses as they may be shown: not at all. A user name may be a token, so both are hidden.
// Each sign becomes one asterisk, so that what points below a line still fits.

/** Up to the last `@` of the host's part, or, where a colon is followed by what is no port, up to the last one at all. */
const CREDENTIALS =
  /(?<=[a-z][a-z0-9+.-]*:\/\/)(?:[^/?#\s"'<>*@]+(?:@[^/?#\s"'<>@]+)*|[^/?#\s"'<>:@]*:(?!\d+[/?#])[^\s"'<>]*)(?=@)/gi;

/** The text with the credentials of every address in it hidden. */
export function hideCredentials(text: string): string {
  return text.replace(CREDENTIALS, (credentials) => '*'.repeat(credentials.length));
}

/** An address without user name and password, for what is stored; other text as it is. */
export function stripCredentials(address: string): string {
  return hideCredentials(address).replace(/(?<=:\/\/)\*+@/, '');
}

/**
 * For what somebody wrote and may have written wrong (spaces, slashes or quotes in a password): hides all between `://`
 * and the line's last `@`.
 */
export function hideWrittenCredentials(line: string): string {
  return line.replace(/(?<=:\/\/).*(?=@)/g, (credentials) => '*'.repeat(credentials.length));
}
