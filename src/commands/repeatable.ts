import { InvalidArgumentError } from 'commander';
import { taking } from './choices.ts';

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
