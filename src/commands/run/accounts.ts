import type { App } from '../../app.ts';
import type { GdprError } from '../../errors.ts';
import type { Brief, Ledger } from '../../ledger/ledger.ts';
import { type Receipt, receiptOf } from '../../requests/receipt.ts';
import type { Request } from '../../requests/request.ts';
import type { SubjectRow } from '../../subjects/subjects.ts';
import { readVerified } from '../shared/requests.ts';
import { bundleOf } from './receipts.ts';
import type { Run } from './run.ts';
import { PAGE } from './subjects.ts';

/** How a request stands at the end of a run. */
export interface RequestAccount {
  /** Its row; null: it comes from the ledger. */
  row: SubjectRow | null;
  brief: Brief;
  /** Null where it is completed and nobody needs more than that, or where its record is broken. */
  whole: { request: Request; receipt: Receipt } | null;
}

/**
 * How all of a run's requests stand, in their order; `isNeeded` says which of them are read whole,
 * with their chain verified, and `onBroken` is told of those whose record is broken: they are left out.
 */
export async function* requestAccounts(
  run: Run,
  isNeeded: (brief: Brief) => boolean,
  onBroken: (error: GdprError) => void,
  app: App,
): AsyncGenerator<RequestAccount> {
  const ledger = await app.ledger();
  for (const page of pagesOf(run)) {
    const briefs = new Map<string, Brief>();
    const ids = page.map(({ id }) => id);
    for (const brief of await ledger.brief(ids)) briefs.set(brief.id, brief);
    const wanted = ids.filter((id) => {
      const brief = briefs.get(id);
      return brief !== undefined && isNeeded(brief);
    });
    const read = await readWhole(wanted, ledger, onBroken);
    for (const { id, row } of page) {
      const brief = briefs.get(id);
      const whole = read.get(id) ?? null;
      if (brief === undefined || (whole === null && isNeeded(brief))) continue;
      yield { row, brief, whole };
    }
  }
}

function* pagesOf(run: Run): Generator<readonly { id: string; row: SubjectRow | null }[]> {
  if (run.subjectTable === null) {
    for (const ids of run.all()) yield ids.map((id) => ({ id, row: null }));
    return;
  }
  for (const rows of run.subjectTable.pages(PAGE)) {
    yield rows.flatMap((row) => (row.requestId === null ? [] : [{ id: row.requestId, row }]));
  }
}

async function readWhole(
  ids: readonly string[],
  ledger: Ledger,
  onBroken: (error: GdprError) => void,
): Promise<ReadonlyMap<string, { request: Request; receipt: Receipt }>> {
  const { requests, broken } = await readVerified(ids, ledger);
  if (broken !== null) onBroken(broken);
  return new Map(
    requests.map((request) => [
      request.id,
      { request, receipt: receiptOf(request, bundleOf(request)) },
    ]),
  );
}
