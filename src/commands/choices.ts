import type { Option } from 'commander';

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
