import { type CsvStop, readCsv } from '../../src/files/csv/rows.ts';
import type { CsvSource } from '../../src/files/csv/source.ts';
import { QUIET, body } from './stage.ts';

const KNOWN = ['user_id', 'stream_id', 'sendbird_id', 'reference', 'received_on'];

/** A CSV out of memory, in pieces of so many bytes. */
export function csvOf(bytes: string | Uint8Array, piece = 65_536, name = 'people.csv'): CsvSource {
  return { name, open: () => body(bytes, piece) };
}

/** All rows of a CSV, each with its line before its cells, and what stopped the reading. */
export async function rowsOf(
  source: CsvSource | string | Uint8Array,
  signal = QUIET,
): Promise<{ rows: [number, ...string[]][]; stop: CsvStop | null }> {
  const rows: [number, ...string[]][] = [];
  const given = typeof source === 'string' || source instanceof Uint8Array ? csvOf(source) : source;
  const stop = await readCsv(given, KNOWN, (cells, line) => rows.push([line, ...cells]), signal);
  return { rows, stop };
}
