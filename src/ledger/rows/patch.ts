import type { SQLInputValue } from 'node:sqlite';
import type { CallPatch, StepPatch } from '../../requests/transitions/change.ts';
import { canonicalJson } from '../../requests/canonical.ts';
import type { Connection } from '../file/connection.ts';

const STEP_COLUMNS: Record<keyof StepPatch, string> = {
  state: 'state',
  note: 'note',
  error: 'error',
  whole: 'whole',
  callId: 'call_id',
  taskId: 'task_id',
  subjects: 'subjects',
  attempts: 'attempts',
  checks: 'checks',
  repeats: 'repeats',
  tries: 'tries',
  nextAt: 'next_at',
  blocked: 'blocked',
  batch: 'batch',
  doubts: 'doubts',
  after: 'after',
  lookedAt: 'looked_at',
  intendedAt: 'intended_at',
  acceptedAt: 'accepted_at',
  finishedAt: 'finished_at',
};

const CALL_COLUMNS: Record<keyof CallPatch, string> = {
  state: 'state',
  taskId: 'task_id',
  providerStatus: 'provider_status',
  answeredAt: 'answered_at',
};

/** Writes what the patch sets and leaves the rest of the step. */
export function patchStep(on: Connection, id: string, patch: StepPatch): void {
  update(on, 'steps', id, assignments(patch, STEP_COLUMNS));
}

/** Writes what the patch sets and leaves the rest of the call. Throws for an unknown call. */
export function patchCall(on: Connection, id: string, patch: CallPatch): void {
  update(on, 'calls', id, assignments(patch, CALL_COLUMNS));
}

type Assignment = readonly [column: string, value: SQLInputValue];

function assignments(
  patch: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, string>>,
): readonly Assignment[] {
  const set: Assignment[] = [];
  for (const [key, value] of Object.entries(patch)) {
    const column = columns[key];
    if (column !== undefined && value !== undefined) set.push([column, stored(value)]);
  }
  return set;
}

function stored(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'boolean' ? Number(value) : canonicalJson(value);
}

function update(
  on: Connection,
  table: 'steps' | 'calls',
  id: string,
  set: readonly Assignment[],
): void {
  if (set.length === 0) return;
  const columns = set.map(([column]) => `${column} = ?`).join(', ');
  const values = set.map(([, value]) => value);
  const { changes } = on.sql(`UPDATE ${table} SET ${columns} WHERE id = ?`).run(...values, id);
  if (changes !== 1) throw new Error(`There is no ${id} in ${table}.`);
}
