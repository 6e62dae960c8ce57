import { Argument, type Command, type Option } from 'commander';
import type { App } from '../app.ts';
import { choicesOf } from './shared/flags.ts';

/** The shells that completion is made for. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const HELP = `
To have it in every shell:
  bash  echo 'source <(gdpr completion bash)' >> ~/.bashrc
  zsh   echo 'source <(gdpr completion zsh)' >> ~/.zshrc   (below compinit)
  fish  gdpr completion fish > ~/.config/fish/completions/gdpr.fish`;

/** Declares `gdpr completion` and runs it; `done` gets the exit code. */
export function declareCompletion(command: Command, app: App, done: (code: number) => void): void {
  command
    .addArgument(new Argument('<shell>', 'whose script to print').choices(SHELLS))
    .argument('[word...]', 'what is typed so far, given by that script at every Tab')
    .addHelpText('after', HELP)
    .action(async (shell: Shell, words: string[]) => {
      const text =
        words.length === 0 ? SCRIPTS[shell] : await answer(shell, words, command.parent, app);
      app.host.stdout.write(text);
      done(0);
    });
}

async function answer(
  shell: Shell,
  words: readonly string[],
  program: Command | null,
  app: App,
): Promise<string> {
  if (program === null) return '';
  const typed = shell === 'bash' ? joined(words) : words;
  const offers = await offersFor(program, typed, (config) => app.profileNames(config));
  return linesOf(offers, shell, typed.at(-1) ?? '');
}

/** Bash takes `--mode=soft` apart at the equals sign, and replaces only what stands after it. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (const [index, word] of words.entries()) {
    const last = whole.at(-1);
    const isEquals = word === '=' && last?.startsWith('--') === true && !last.includes('=');
    const isValue = index > 0 && words[index - 1] === '=' && last?.endsWith('=') === true;
    if (last !== undefined && (isEquals || isValue)) whole[whole.length - 1] = `${last}${word}`;
    else whole.push(word);
  }
  return whole;
}

function linesOf(offers: Offers, shell: Shell, current: string): string {
  if (offers === 'files') return `${FILES}\n`;
  const cut = current.startsWith('-') ? current.indexOf('=') + 1 : 0;
  return offers.map((offer) => `${WRITE[shell](offer, cut)}\n`).join('');
}

/** How a shell wants to be told; `cut` is how much of a word bash has set aside. */
const WRITE: Readonly<Record<Shell, (offer: Offer, cut: number) => string>> = {
  bash: ({ word }, cut) => word.slice(cut),
  zsh: ({ word, about }) => `${word.replaceAll(':', '\\:')}${about === '' ? '' : `:${about}`}`,
  fish: ({ word, about }) => `${word}\t${about}`,
};

/** What the program answers where the shell is to offer files. */
const FILES = ':files';

/**
 * What a shell runs once. Each asks the program itself at every Tab, so that a script that was saved
 * long ago offers what the program of today takes. Nothing that was typed is evaluated.
 */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# gdpr: completion for bash
_gdpr() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = '${FILES}' ]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("$line")
    fi
  done < <(gdpr completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _gdpr gdpr
`,
  zsh: `#compdef gdpr
# gdpr: completion for zsh
_gdpr() {
  local -a offers
  offers=("\${(@f)$(gdpr completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  offers=(\${offers:#})
  if [[ "\${offers[1]}" == '${FILES}' ]]; then
    compset -P '--*='
    _files
  else
    _describe gdpr offers
  fi
}
if [[ "\${funcstack[1]}" == _gdpr ]]; then
  _gdpr "$@"
else
  compdef _gdpr gdpr
fi
`,
  fish: `# gdpr: completion for fish
function __gdpr_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l offers (gdpr completion fish -- $words[2..-1] "$current" 2>/dev/null)
  if test "$offers[1]" = '${FILES}'
    __fish_complete_path "$current"
  else
    printf '%s\\n' $offers
  end
end
complete -c gdpr -f -a '(__gdpr_complete)'
`,
};

/** A word that may stand where the cursor is, and what it is for. */
export interface Offer {
  word: string;
  about: string;
}

/** What a shell offers: words, or whatever files there are. */
export type Offers = readonly Offer[] | 'files';

/** The names of the profiles, of this file where `--config` names one. */
export type ProfileNames = (config: string | null) => Promise<readonly string[]>;

/** What is read off the words before the cursor. */
interface Line {
  /** The program, a command of it, or null: none that there is. */
  command: Command | null;
  /** How many words stand for themselves after the command. */
  operands: number;
  /** The flag whose value comes next. */
  waiting: Option | null;
  /** After `--`, where nothing is a flag. */
  plain: boolean;
  config: string | null;
}

/**
 * What may stand in place of the last of the words, which may be empty. Everything is read from the
 * program's own commands and flags; a command that the words name must be declared with its flags.
 */
export async function offersFor(
  program: Command,
  words: readonly string[],
  profiles: ProfileNames,
): Promise<Offers> {
  const line = readLine(program, words.slice(0, -1));
  const current = words.at(-1) ?? '';
  const offers = await allOffers(program, line, current, profiles);
  return offers === 'files' ? offers : offers.filter(({ word }) => word.startsWith(current));
}

async function allOffers(
  program: Command,
  line: Line,
  current: string,
  profiles: ProfileNames,
): Promise<Offers> {
  const { command, operands, plain, waiting, config } = line;
  if (command === null) return [];
  const names = (): Promise<readonly string[]> => profiles(config);
  if (waiting !== null) return valuesOf(waiting, '', names);
  if (!plain && current.startsWith('-')) return flagOffers(command, current, names);
  if (command === program || isHelp(command, line)) return commandsOf(program);
  return bare(command.registeredArguments[operands]?.argChoices ?? []);
}

async function flagOffers(
  command: Command,
  current: string,
  profiles: () => Promise<readonly string[]>,
): Promise<Offers> {
  const [flag = '', value] = current.split('=', 2);
  if (value === undefined) return flagsOf(command);
  const option = optionOf(command, flag);
  return option === null ? [] : valuesOf(option, `${flag}=`, profiles);
}

function bare(words: readonly string[]): Offer[] {
  return words.map((word) => ({ word, about: '' }));
}

function readLine(program: Command, words: readonly string[]): Line {
  const line: Line = { command: program, operands: 0, waiting: null, plain: false, config: null };
  for (const word of words) {
    if (line.waiting !== null) takeValue(line, line.waiting, word);
    else if (line.plain || !word.startsWith('-')) takeOperand(line, program, word);
    else if (word === '--') line.plain = true;
    else takeFlag(line, word);
  }
  return line;
}

function takeFlag(line: Line, word: string): void {
  const [flag = '', value] = word.split('=', 2);
  const option = line.command === null ? null : optionOf(line.command, flag);
  if (option?.required !== true) return;
  if (value === undefined) line.waiting = option;
  else takeValue(line, option, value);
}

function takeValue(line: Line, option: Option, value: string): void {
  line.waiting = null;
  if (option.long === '--config') line.config = value;
}

function takeOperand(line: Line, program: Command, word: string): void {
  if (line.command !== program) line.operands += 1;
  else line.command = visibleCommands(program).find((each) => each.name() === word) ?? null;
}

function isHelp(command: Command, { operands }: Line): boolean {
  return command.name() === 'help' && operands === 0;
}

function commandsOf(program: Command): Offer[] {
  return visibleCommands(program).map((each) => ({
    word: each.name(),
    about: each.description(),
  }));
}

/** With the `help` that commander adds. */
function visibleCommands(program: Command): Command[] {
  return program.createHelp().visibleCommands(program);
}

function flagsOf(command: Command): Offer[] {
  return optionsOf(command).flatMap(({ long, description }) =>
    long === undefined || long === null ? [] : [{ word: long, about: description }],
  );
}

/** A command's own flags, and those that every command takes. */
function optionsOf(command: Command): Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function optionOf(command: Command, flag: string): Option | null {
  return optionsOf(command).find(({ long, short }) => long === flag || short === flag) ?? null;
}

async function valuesOf(
  option: Option,
  before: string,
  profiles: () => Promise<readonly string[]>,
): Promise<Offers> {
  if (/<(?:file|dir)\b/.test(option.flags)) return 'files';
  const words = option.long === '--profile' ? await profiles() : choicesOf(option);
  return bare(words.map((word) => `${before}${word}`));
}
