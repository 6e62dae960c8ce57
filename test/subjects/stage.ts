import { onTestFinished } from 'vitest';
import { GdprError } from '../../src/errors.ts';
import type { ProviderName } from '../../src/requests/request.ts';
import { csvSubjects } from '../../src/subjects/csv-subjects.ts';
import type { SubjectRow, SubjectTable } from '../../src/subjects/subjects.ts';
import { csvOf } from '../files/csv-stage.ts';
import { QUIET } from '../files/stage.ts';

const TODAY = '2026-11-20';
const BOTH: readonly ProviderName[] = ['stream', 'sendbird'];

/** The subjectTable of a CSV, closed after the test. */
export async function subjectTableOf(
  text: string | Uint8Array,
  providers: readonly ProviderName[] = BOTH,
): Promise<SubjectTable> {
  const subjectTable = await csvSubjects(csvOf(text), {
    providers,
    today: TODAY,
    signal: QUIET,
    folder: null,
  });
  onTestFinished(() => subjectTable.close());
  return subjectTable;
}

/** The lines of the message that a CSV is refused with, without the first; for one fault that fault. */
export async function faultsOf(
  text: string | Uint8Array,
  providers: readonly ProviderName[] = BOTH,
): Promise<string[]> {
  const error = await refusalOf(text, providers);
  const [head = '', ...faults] = error.message.split('\n');
  if (faults.length > 0) return faults.map((fault) => fault.trim());
  return [head.replace(/^Refused: people\.csv, /v, '').replace(/\.$/v, '')];
}

export async function refusalOf(
  text: string | Uint8Array,
  providers: readonly ProviderName[] = BOTH,
): Promise<GdprError> {
  try {
    await subjectTableOf(text, providers);
  } catch (thrown) {
    if (thrown instanceof GdprError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

export function allOf(subjectTable: SubjectTable, limit = 500): SubjectRow[] {
  return [...subjectTable.pages(limit)].flat();
}

/** The ids of all rows: user, Stream, Sendbird. */
export function idsOf(subjectTable: SubjectTable): [string, string | null, string | null][] {
  return allOf(subjectTable).map(({ subject: { userId, streamId, sendbirdId } }) => [
    userId,
    streamId,
    sendbirdId,
  ]);
}
