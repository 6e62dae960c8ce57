import { GdprError } from '../errors.ts';
import type { Outgoing } from './provider.ts';

/** One id or more: a list that may be empty has no way to a provider. */
export type Ids = readonly [string, ...string[]];

/** The error for what the rest of the program must never ask of an adapter. */
export function notOurs(message: string): GdprError {
  return new GdprError('internal', message, {
    next: 'Nothing was sent. This is a fault of gdpr: please report it.',
  });
}

/**
 * The subjects of a call, each once. A list that is empty, that holds an empty id, or that is
 * longer than the provider takes is an error of ours, and nothing is sent: what deletes must never
 * leave without saying whom.
 */
export function batchOf(
  { operation, subjectIds }: Pick<Outgoing, 'operation' | 'subjectIds'>,
  most: number,
): Ids {
  const [first, ...others] = new Set(subjectIds);
  if (first === undefined) throw notOurs(`${operation} was about to be sent without a subject`);
  if (subjectIds.some((id) => id.trim() === '')) {
    throw notOurs(`${operation} was about to be sent with an empty subject`);
  }
  if (others.length >= most) {
    throw notOurs(`${operation} takes ${most} subjects a call, not ${others.length + 1}`);
  }
  return [first, ...others];
}

/** The subject of a call that goes for one alone; any other number is an error of ours. */
export function onlySubject(call: Pick<Outgoing, 'operation' | 'subjectIds'>): string {
  const { operation, subjectIds } = call;
  if (subjectIds.length !== 1) {
    throw notOurs(`${operation} takes one subject a call, not ${subjectIds.length}`);
  }
  return batchOf(call, 1)[0];
}

/** Both providers show at most so many users a page. */
const MOST_IDS = 100;

/** The ids of a look-up stand in the URL, and servers take some 8 KiB of it. */
const MOST_CHARACTERS = 4_000;

/** Ids in groups that one look-up takes; `lengthOf` is what an id takes in the URL. */
export function chunksOf(ids: Iterable<string>, lengthOf: (id: string) => number): string[][] {
  const all: string[][] = [];
  let chunk: string[] = [];
  let characters = 0;
  for (const id of ids) {
    const length = lengthOf(id);
    const isFull = chunk.length === MOST_IDS || characters + length > MOST_CHARACTERS;
    if (chunk.length === 0 || isFull) {
      chunk = [];
      characters = 0;
      all.push(chunk);
    }
    chunk.push(id);
    characters += length;
  }
  return all;
}
