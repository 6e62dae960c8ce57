import { type Command, InvalidArgumentError, type Option } from 'commander';
import type { ProviderName } from '../../requests/request.ts';
import { PROVIDERS } from './targets.ts';

/** What export, erase and restore take alike: whom they are about, and how that is noted. */
export interface RequestFlags {
  users: readonly string[];
  /** A file, or `-` for standard input. */
  csv: string | null;
  results: string | null;
  provider: readonly ProviderName[];
  streamId: string | null;
  sendbirdId: string | null;
  reference: string | null;
  new: boolean;
  dryRun: boolean;
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

/** The flags as the commands take them, from commander's options. */
export function requestFlags(
  users: readonly string[],
  options: {
    csv?: string;
    results?: string;
    provider?: readonly ProviderName[];
    streamId?: string;
    sendbirdId?: string;
    reference?: string;
    new?: boolean;
    dryRun?: boolean;
  },
): RequestFlags {
  const { csv = null, results = null, streamId = null, sendbirdId = null } = options;
  const { provider = [], reference = null, dryRun = false } = options;
  return {
    users,
    csv,
    results,
    provider,
    streamId,
    sendbirdId,
    reference,
    new: options.new ?? false,
    dryRun,
  };
}

/** A parser for a flag that may be given more than once, each time with one of these words. */
export function repeatable<Word extends string>(
  words: readonly Word[],
): (text: string, previous: Word[] | undefined) => Word[] {
  return taking(words, (text: string, previous: Word[] = []) => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new InvalidArgumentError(`It is one of: ${words.join(', ')}.`);
    return [...previous, word];
  });
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
