import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const AT_ONCE = 10_000;

/** The id of the nth numbered user of a sandbox, from 1 on; it is the same at both providers. */
export function idOf(number: number): string {
  return `user-${String(number).padStart(6, '0')}`;
}

/** Writes a CSV of so many people, each with a reference, and answers with its path. */
export async function writePeople(dir: string, count: number): Promise<string> {
  const file = join(dir, `people-${count}.csv`);
  await pipeline(rows(count), createWriteStream(file));
  return file;
}

function* rows(count: number): Generator<string> {
  yield 'user_id,reference\n';
  for (let first = 1; first <= count; first += AT_ONCE) {
    const length = Math.min(AT_ONCE, count - first + 1);
    yield Array.from({ length }, (_, at) => `${idOf(first + at)},ZD-${first + at}\n`).join('');
  }
}
