// Completion scripts for shells, made from the commands and options as commander knows them: what is added there is
// completed without a line here. The scripts are static: a Tab starts no program.
import type { Argument, Command, Option } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What may be typed at a place: some words, a folder, any file, or nothing that is known. */
type Values = { readonly words: readonly string[] } | 'folders' | 'files' | 'nothing';

interface CompletedOption {
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined for a switch. */
  readonly values: Values | undefined;
}

interface CompletedCommand {
  /** `data fetch`; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly children: readonly CompletedCommand[];
  readonly options: readonly CompletedOption[];
  readonly values: Values;
}

/** The script for a shell. `words` gives the words of arguments that commander does not know, by the name of the command. */
export function renderCompletion(
  program: Command,
  shell: Shell,
  words: Readonly<Record<string, readonly string[]>> = {},
): string {
  const root = describeCommand(program, '', words);
  return { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell](root, program.name());
}

function describeCommand(
  command: Command,
  path: string,
  words: Readonly<Record<string, readonly string[]>>,
): CompletedCommand {
  const help = command.createHelp();
  const children = help
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help')
    .map((child) => describeCommand(child, path === '' ? child.name() : `${path} ${child.name()}`, words));
  const known = words[path];
  return {
    path,
    description: command.description(),
    children,
    options: help.visibleOptions(command).map(describeOption),
    values: known === undefined ? describeArguments(command.registeredArguments) : { words: known },
  };
}

function describeOption({ short, long, description, required, optional, argChoices, flags }: Option): CompletedOption {
  const takesValue = required || optional;
  return {
    names: [long, short].filter((name): name is string => typeof name === 'string'),
    description,
    values: takesValue ? (argChoices === undefined ? guessValues(flags) : { words: argChoices }) : undefined,
  };
}

function guessValues(flags: string): Values {
  if (/<(dir|path)>/.test(flags)) return 'folders';
  return /<file>/.test(flags) ? 'files' : 'nothing';
}

// One list serves all arguments of a command: none of ours mixes kinds.
function describeArguments([first]: readonly Argument[]): Values {
  if (first === undefined) return 'nothing';
  return first.argChoices === undefined ? 'files' : { words: first.argChoices };
}

function listCommands(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.children.flatMap(listCommands)];
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The loop of bash and zsh that finds which command stands before the cursor. */
function renderFindCommand(commands: readonly CompletedCommand[], earlierWords: string): string {
  const patterns = commands
    .filter(({ path }) => path !== '')
    .map(({ path }) => quote(path.includes(' ') ? path : ` ${path}`));
  return `  for word in ${earlierWords}; do
    case "$command $word" in
      ${patterns.join('|')}) command="\${command:+$command }$word" ;;
    esac
  done`;
}

/** \`case\` branches that complete the value behind an option. */
function renderOptionValues(commands: readonly CompletedCommand[], complete: (values: Values) => string): string {
  return commands
    .flatMap(({ path, options }) =>
      options
        .filter(({ values }) => values !== undefined)
        .map(({ names, values }) => {
          const patterns = names.map((name) => quote(`${path} ${name}`)).join('|');
          return `    ${patterns}) ${complete(values!)}; return ;;`;
        }),
    )
    .join('\n');
}

function renderBash(root: CompletedCommand, name: string): string {
  const commands = listCommands(root);
  const wordsOf = (words: readonly string[]) => `COMPREPLY=($(compgen -W ${quote(words.join(' '))} -- "$cur"))`;
  const complete = (values: Values) => {
    if (values === 'folders') return 'COMPREPLY=($(compgen -d -- "$cur"))';
    if (values === 'files') return 'COMPREPLY=($(compgen -f -- "$cur"))';
    return values === 'nothing' ? 'COMPREPLY=()' : wordsOf(values.words);
  };
  const branches = commands.map(({ path, options, children, values }) => {
    const flags = wordsOf(options.flatMap(({ names }) => names));
    const rest = children.length > 0 ? wordsOf(children.map((child) => lastWord(child.path))) : complete(values);
    return `    ${quote(path)}) if [[ $cur == -* ]]; then ${flags}; else ${rest}; fi ;;`;
  });
  return `# Completion of ${name} for bash.
_${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="" word
  compopt -o filenames 2>/dev/null
${renderFindCommand(commands, `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`)}
  case "$command $prev" in
${renderOptionValues(commands, complete)}
  esac
  case "$command" in
${branches.join('\n')}
  esac
}
# \`npx ${name}\`: the same, one word further on. Other programs of npx are left to what completes files.
_npx_${name}() {
  [[ \${COMP_WORDS[1]} == ${name} && COMP_CWORD -gt 1 ]] || return 0
  COMP_WORDS=("\${COMP_WORDS[@]:1}")
  COMP_CWORD=$((COMP_CWORD - 1))
  _${name}
}
complete -F _${name} ${name}
complete -o default -F _npx_${name} npx`;
}

function renderZsh(root: CompletedCommand, name: string): string {
  const commands = listCommands(root);
  const complete = (values: Values) => {
    if (values === 'folders') return '_files -/';
    if (values === 'files') return '_files';
    return values === 'nothing' ? ':' : `compadd -- ${values.words.map(quote).join(' ')}`;
  };
  const describe = (title: string, entries: readonly (readonly [string, string])[]) => {
    const items = entries.map(([word, text]) => quote(`${word.replaceAll(':', '\\:')}:${text}`));
    return `names=(${items.join(' ')}); _describe ${quote(title)} names`;
  };
  const branches = commands.map(({ path, options, children, values }) => {
    const flags = describe(
      'option',
      options.flatMap(({ names, description }) => names.map((option) => [option, description] as const)),
    );
    const rest =
      children.length > 0
        ? describe(
            'command',
            children.map((child) => [lastWord(child.path), child.description]),
          )
        : complete(values);
    return `    ${quote(path)}) if [[ $cur == -* ]]; then ${flags}; else ${rest}; fi ;;`;
  });
  return `#compdef ${name}
# Completion of ${name} for zsh.
_${name}() {
  local cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}" command="" word
  local -a names
${renderFindCommand(commands, `"\${(@)words[2,CURRENT-1]}"`)}
  case "$command $prev" in
${renderOptionValues(commands, complete)}
  esac
  case "$command" in
${branches.join('\n')}
  esac
}
# \`npx ${name}\`: the same, one word further on.
_npx_${name}() {
  if [[ \${words[2]} == ${name} && CURRENT -gt 2 ]]; then
    shift words
    (( CURRENT-- ))
    _${name}
  else
    _files
  fi
}
compdef _${name} ${name}
compdef _npx_${name} npx`;
}

function renderFish(root: CompletedCommand, name: string): string {
  const lines = listCommands(root).flatMap(({ path, options, children, values }) => {
    const seen = path === '' ? [] : path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
    const isHere = path === '' ? '__fish_use_subcommand' : seen.join('; and ');
    const isBeforeChild =
      children.length > 0 && path !== ''
        ? `${isHere}; and not __fish_seen_subcommand_from ${children.map((child) => lastWord(child.path)).join(' ')}`
        : isHere;
    const start = `complete -c ${name} -n`;
    const argument =
      children.length > 0 || values === 'files' || values === 'folders' ? [] : [`${start} ${quote(isHere)} -f`];
    const words =
      typeof values === 'object' && children.length === 0
        ? [`${start} ${quote(isHere)} -a ${quote(values.words.join(' '))}`]
        : [];
    return [
      ...argument,
      ...words,
      ...children.map(
        (child) => `${start} ${quote(isBeforeChild)} -f -a ${lastWord(child.path)} -d ${quote(child.description)}`,
      ),
      ...options.map((option) => `${start} ${quote(isHere)} ${renderFishOption(option)}`),
    ];
  });
  return [
    `# Completion of ${name} for fish.`,
    ...lines,
    `# npx ${name}: the same, one word further on.`,
    `complete -c npx -n '__fish_seen_subcommand_from ${name}' -f -a ${quote(`(set -l typed (commandline -cp | string replace -r '^npx +' ''); complete -C "$typed")`)}`,
  ].join('\n');
}

function renderFishOption({ names, description, values }: CompletedOption): string {
  const flags = names.map((option) => (option.startsWith('--') ? `-l ${option.slice(2)}` : `-s ${option.slice(1)}`));
  return [...flags, ...renderFishValues(values), `-d ${quote(description)}`].join(' ');
}

function renderFishValues(values: Values | undefined): string[] {
  if (values === undefined) return [];
  if (values === 'files') return ['-r -F'];
  if (values === 'folders') return [`-x -a ${quote('(__fish_complete_directories)')}`];
  return values === 'nothing' ? ['-x'] : [`-x -a ${quote(values.words.join(' '))}`];
}

const lastWord = (path: string) => path.slice(path.lastIndexOf(' ') + 1);
