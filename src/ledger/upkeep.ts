import { requestState } from '../requests/state.ts';
import { append } from './append.ts';
import type { Connection } from './connection.ts';
import type { Dossier } from './dossier.ts';

/**
 * Brings `state`, `finishedAt` and `sealed` of a request that changed up to date, with an event when
 * the state is a new one. What it wrote into its bundle before is out of date. One that was closed
 * by hand stays closed, whatever its steps come to.
 */
export function bringUpToDate(on: Connection, dossier: Dossier, at: number): void {
  const { state: before, finishedAt, outDir } = dossier;
  const state = dossier.isClosed ? 'closed' : requestState(dossier.steps);
  const ended = state !== 'open' && state !== 'in_doubt';
  dossier.state = state;
  dossier.finishedAt = ended ? (finishedAt ?? at) : null;
  dossier.sealed = outDir === null || (ended && !hasFiles(on, dossier.id));
  if (state !== before) append(dossier, { at, kind: 'request', state });
}

function hasFiles(on: Connection, requestId: string): boolean {
  const file = on
    .sql(
      `SELECT 1 FROM steps JOIN artifacts ON artifacts.step_id = steps.id
       WHERE steps.request_id = ? LIMIT 1`,
    )
    .get(requestId);
  return file !== undefined;
}
