// The commands of a Markdown page: its `sh` blocks, but for those below the comment `<!-- not run by the tests -->`.

export interface ShellBlock {
  /** Line of the page on which its commands begin, from 1. */
  readonly line: number;
  readonly commands: string;
}

const NOT_RUN = /^<!-- not run by the tests.*-->\s*$/;

/** The blocks to run, in the order of the page. */
export function readShellBlocks(page: string): ShellBlock[] {
  const lines = page.split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() !== '```sh' || NOT_RUN.test(lines[index - 1] ?? '')) return [];
    const end = lines.indexOf('```', index + 1);
    return [{ line: index + 2, commands: lines.slice(index + 1, end).join('\n') }];
  });
}

/** Links of a page to files beside it, without what follows a #. */
export function readLinks(page: string): string[] {
  return [...page.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!.replace(/#.*$/, ''))
    .filter((link) => link !== '' && !/^[a-z]+:/.test(link));
}
