import { z } from 'zod';
import { failure } from '../../http/failure.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { SubjectResult } from '../../requests/outcome.ts';
import type { RunningCall } from '../provider.ts';

/** What is known of an entry (CGO async_tasks_test.go:73): the user was deleted. */
const Ok = z.object({ status: z.literal('ok') });

/** How deep an entry is searched for words; what comes from outside may be nested without end. */
const DEPTH = 4;

/**
 * What a completed task of DeleteUsers says about each user of its call; a user it does not name
 * is left out. The value for one who was not deleted is unconfirmed ([U]), so anything but `ok` is
 * one. Null: this task tells no users apart.
 */
export function resultsOf(
  result: unknown,
  { operation, subjectIds }: Pick<RunningCall, 'operation' | 'subjectIds'>,
  redactor: Redactor,
): ReadonlyMap<string, SubjectResult> | null {
  if (operation !== 'delete_users') return null;
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return null;
  const entries = new Map<string, unknown>(Object.entries(result));
  return new Map(
    subjectIds.flatMap((id): [string, SubjectResult][] =>
      entries.has(id) ? [[id, resultOf(entries.get(id), redactor)]] : [],
    ),
  );
}

function resultOf(entry: unknown, redactor: Redactor): SubjectResult {
  if (Ok.safeParse(entry).success) return { kind: 'ok' };
  const why = redactor.clean(wordsIn(entry, DEPTH).join(': '));
  const said = why === '' ? 'without a word about why' : `it says: ${why}`;
  const message = `Stream's task is completed, and this user was not deleted; ${said}`;
  return { kind: 'failed', error: failure('user_not_deleted', message) };
}

function wordsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.values(value).flatMap((part) => wordsIn(part, depth - 1));
}
