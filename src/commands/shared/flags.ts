import { isAbsolute, join } from 'node:path';
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { GdprError } from '../../errors.ts';
import type { ProviderName } from '../../requests/request.ts';

const PROVIDERS: readonly ProviderName[] = ['stream', 'sendbird'];

/**
 * What export, erase and restore take alike: whom they are about, how that is noted and how it is
 * waited for. What only some of them declare is never said to the others.
 */
export interface RequestFlags extends WaitFlags {
  users: readonly string[];
  /** A file, or `-` for standard input. */
  csv: string | null;
  results: string | null;
  provider: readonly ProviderName[];
  streamId: string | null;
  sendbirdId: string | null;
  reference: string | null;
  /** When the person asked, `YYYY-MM-DD`; null: today. */
  received: string | null;
  /** Where bundles go; null: the default. */
  out: string | null;
  new: boolean;
  dryRun: boolean;
  yes: boolean;
}

/** Declares the arguments and flags of docs/spec.md 2 that the three have in common. */
export function declareRequestFlags(command: Command): Command {
  return command
    .argument('[user...]', 'user ids of the data subjects')
    .optionsGroup('Whom it is about:')
    .option('--csv <file>', 'the data subjects from a CSV file; - is standard input')
    .option('--provider <name>', 'only stream, or sendbird (repeatable)', repeatable(PROVIDERS))
    .option('--stream-id <id>', 'the id at Stream, where it differs')
    .option('--sendbird-id <id>', 'the id at Sendbird, where it differs')
    .optionsGroup('How it is noted and told:')
    .option('--results <file>', 'one row per subject at the end; .jsonl: receipts')
    .option('--reference <text>', "the operator's ticket")
    .option('--new', 'a new request even if one like it is open or was just settled')
    .option('--dry-run', 'print the plan; nobody is called, nothing is recorded');
}

/** The flags as the commands take them; commander leaves out what was not said. */
export function requestFlags(
  users: readonly string[],
  options: Partial<Omit<RequestFlags, 'users'>>,
): RequestFlags {
  return { ...NOTHING_SAID, ...options, ...waitFlags(options), users };
}

const NOTHING_SAID = {
  csv: null,
  results: null,
  provider: [],
  streamId: null,
  sendbirdId: null,
  reference: null,
  received: null,
  out: null,
  new: false,
  dryRun: false,
  yes: false,
} as const;

/** How a command waits for the providers. Durations in ms. */
export interface WaitFlags {
  wait: boolean;
  timeout: number | null;
  pollInterval: number;
  /** Null: what the profile says. */
  rateShare: number | null;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Of export and erase, which are answered within a deadline. */
export const RECEIVED = [
  '--received <date>',
  'when the person asked, YYYY-MM-DD (default today)',
] as const;

/** Declares the flags of docs/spec.md 2 about waiting. */
export function declareWaitFlags(command: Command): Command {
  return command
    .optionsGroup('Waiting and pace:')
    .option('--wait', 'wait until the providers are done (default)')
    .option('--no-wait', 'leave once everything that can be sent is accepted')
    .option('--timeout <duration>', 'stop waiting after this; the work goes on', parseDuration)
    .option(
      '--poll-interval <duration>',
      'first interval between checks (default 2s, grows to 30s)',
      parseInterval,
    )
    .option(
      '--rate-share <0..1>',
      "how much of the providers' limits to use (default: the profile's, else 0.8)",
      parseShare,
    );
}

/** The flags as the run takes them; commander leaves out what was not said. */
export function waitFlags(options: Partial<WaitFlags>): WaitFlags {
  const { wait = true, timeout = null, pollInterval = 2_000, rateShare = null } = options;
  return { wait, timeout, pollInterval, rateShare };
}

/** A duration such as `500ms`, `2s`, `1.5m`, `3h`, `1d`, in whole ms. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw new InvalidArgumentError('It is written like 500ms, 2s, 10m, 3h or 1d.');
  }
  return Math.round(Number(match[1]) * unit);
}

export function parseInterval(text: string): number {
  const interval = parseDuration(text);
  if (interval < 1) throw new InvalidArgumentError('The shortest interval is 1ms.');
  return interval;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share > 0 && share <= 1)) {
    throw new InvalidArgumentError('It is a number above 0 and at most 1.');
  }
  return share;
}

/** The folder for bundles when nobody names one, in the current folder. */
export const DEFAULT_OUT = 'gdpr-exports';

/** The folder that `--out` names, absolute; null: the default. Throws GdprError `usage`. */
export function outDirOf(out: string | null, cwd: string): string {
  if (out === '') {
    throw new GdprError('usage', '--out names no folder.', {
      next: 'Nothing was sent. Name a folder, or leave --out out.',
    });
  }
  const dir = out ?? DEFAULT_OUT;
  return isAbsolute(dir) ? dir : join(cwd, dir);
}

/** A parser for a flag that takes one of these words. */
export function wordOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return taking(words, (text: string) => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new InvalidArgumentError(`It is one of: ${words.join(', ')}.`);
    return word;
  });
}

/** The same for a flag that may be given more than once, each time with one of them. */
export function repeatable<Word extends string>(
  words: readonly Word[],
): (text: string, previous: Word[] | undefined) => Word[] {
  const one = wordOf(words);
  return taking(words, (text: string, previous: Word[] = []) => [...previous, one(text)]);
}

/** A whole number above 0, of so many digits at most. */
export function parseCount(text: string, digits: number): number {
  if (/^[1-9]\d*$/.test(text) && text.length <= digits) return Number(text);
  throw new InvalidArgumentError('It is a whole number above 0.');
}

/** A parser of a flag's value, with the words that it takes. */
type Chooser<Parse> = Parse & { readonly choices: readonly string[] };

/** Notes on a parser which words it takes, so that a shell can offer them. */
export function taking<Parse extends object>(
  choices: readonly string[],
  parse: Parse,
): Chooser<Parse> {
  return Object.assign(parse, { choices });
}

/** The words that a flag takes; none where it takes any text. */
export function choicesOf({ argChoices, parseArg }: Option): readonly string[] {
  if (argChoices !== undefined) return argChoices;
  return isChooser(parseArg) ? parseArg.choices : [];
}

function isChooser<Parse extends object>(parse: Parse | undefined): parse is Chooser<Parse> {
  return parse !== undefined && 'choices' in parse;
}
