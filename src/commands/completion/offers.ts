import type { Command, Option } from 'commander';
import { choicesOf } from '../shared/flags.ts';

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
