// Words that look like another and are none: written with composed or decomposed letters, spaces that do not break or take no
// room, letters of another alphabet, wide forms. Where nothing can be seen, the code point is named.

/** Letters of other alphabets by the Latin ones that they look like, the frequent ones of Unicode's confusables.txt (UTS 39). */
const LATIN_OF: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['аα', 'a'],
    ['еҽ', 'e'],
    ['оοօ', 'o'],
    ['рρ', 'p'],
    ['сϲ', 'c'],
    ['уүγ', 'y'],
    ['х', 'x'],
    ['іιı', 'i'],
    ['ѕ', 's'],
    ['јϳ', 'j'],
    ['ԁ', 'd'],
    ['ԛ', 'q'],
    ['ԝ', 'w'],
    ['һ', 'h'],
    ['ӏ', 'l'],
    ['ν', 'v'],
    ['κк', 'k'],
    ['тτ', 't'],
    ['м', 'm'],
    ['нԋ', 'h'],
    ['АΑ', 'A'],
    ['ВΒ', 'B'],
    ['СϹ', 'C'],
    ['ЕΕ', 'E'],
    ['НΗ', 'H'],
    ['ІΙ', 'I'],
    ['Ј', 'J'],
    ['КΚ', 'K'],
    ['МΜ', 'M'],
    ['Ν', 'N'],
    ['ОΟ', 'O'],
    ['РΡ', 'P'],
    ['Ѕ', 'S'],
    ['ТΤ', 'T'],
    ['ХΧ', 'X'],
    ['Υ', 'Y'],
    ['Ζ', 'Z'],
    ['‐‑‒–—−', '-'],
    ['‘’ʼ′', "'"],
    ['“”″', '"'],
    ['：∶', ':'],
  ].flatMap(([others, latin]) => [...others!].map((other) => [other, latin!])),
);

/** Signs that are not seen: joiners, marks of direction, soft hyphens, byte-order marks. */
const UNSEEN = /\p{Cf}|\u034f|\u115f|\u1160|\u3164/gu;

/** What is seen of a text: the same for texts that look alike. */
function seenOf(text: string): string {
  const shown = text.normalize('NFKC').replace(UNSEEN, '').replace(/\s+/gu, ' ').trim();
  return [...shown].map((letter) => LATIN_OF[letter] ?? letter).join('');
}

/** The one of the allowed names that `found` looks like without being it, and why it is not; undefined where there is none. */
export function explainLookAlike(found: string, allowed: readonly string[]): { name: string; why: string } | undefined {
  if (allowed.includes(found)) return undefined;
  // Two plain ASCII words that look alike are the same.
  const isPlain = (text: string) => /^[\u0021-\u007e]*$/.test(text);
  const candidates = isPlain(found) ? allowed.filter((other) => !isPlain(other)) : allowed;
  if (candidates.length === 0) return undefined;
  const seen = seenOf(found);
  const name = candidates.find((other) => seenOf(other) === seen);
  if (name === undefined) return undefined;
  const [own, other] = [[...found], [...name]];
  const at = own.findIndex((letter, index) => letter !== other[index]);
  if (found.normalize('NFC') === name.normalize('NFC')) {
    const place = at < 0 ? own.length - 1 : at;
    return {
      name,
      why:
        `it looks the same, but is written with ${nameLetters(own.slice(place, place + 2))} where ` +
        `${nameLetters(other.slice(place, place + 2))} stands in the allowed one (${formOf(found)} and ${formOf(name)})`,
    };
  }
  const odd = at < 0 ? own[other.length]! : own[at]!;
  return {
    name,
    why:
      `it has ${nameLetters([odd])} at its ${ordinal((at < 0 ? other.length : at) + 1)} sign, which looks like the ` +
      'allowed name or is not seen',
  };
}

const formOf = (text: string) =>
  text === text.normalize('NFC') ? 'NFC' : text === text.normalize('NFD') ? 'NFD' : 'mixed';

/** `U+00E9`, or several. */
function nameLetters(letters: readonly string[]): string {
  const named = letters.filter((letter) => letter.codePointAt(0)! > 0x7e || letters.length === 1);
  const code = (letter: string) => `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return (named.length === 0 ? letters.slice(0, 1) : named).map(code).join(' ');
}

const ordinal = (place: number) =>
  `${place}${place % 100 > 10 && place % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th')}`;
