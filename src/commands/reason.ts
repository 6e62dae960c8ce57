import { InvalidArgumentError } from 'commander';

const LONGEST = 1_000;

/** A reason that somebody gives for the record. */
export function parseReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is said in words.');
  if (Array.from(text).length > LONGEST) {
    throw new InvalidArgumentError(`It has at most ${LONGEST} characters.`);
  }
  return text.trim();
}
