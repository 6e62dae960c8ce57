import type { App } from '../../app.ts';
import type { Progress } from '../../report/progress/progress.ts';
import type { IdList } from '../../subjects/id-list.ts';
import { readVerified } from '../shared/requests.ts';
import { printReceipt } from './receipts.ts';
import type { Run } from './run.ts';

interface Telling {
  seal: (requestId: string) => Promise<void>;
  /** Those of whom it was told that they have ended. */
  told: IdList;
  progress: Progress;
}

/**
 * Tells, as soon as it is so, that requests have ended: their bundles are sealed, the progress counts
 * them, and with `--json` a batch prints their receipts. Each is told of once.
 */
export function createTeller(
  { isBatch }: Run,
  { seal, told, progress }: Telling,
  app: App,
): (requestIds: readonly string[]) => Promise<void> {
  return async (requestIds) => {
    const ledger = await app.ledger();
    const ended = (await ledger.brief(requestIds)).filter(({ finishedAt }) => finishedAt !== null);
    for (const { id, sealed } of ended) if (!sealed) await seal(id);
    const fresh = ended.filter(({ id }) => isFirst(id, told));
    progress.ended(fresh.map(({ state }) => state));
    if (!isBatch || !app.flags.json) return;
    // One whose record is broken is told of at the end.
    const { requests } = await readVerified(
      fresh.map(({ id }) => id),
      ledger,
    );
    for (const request of requests) await printReceipt(request, app);
  };
}

/** Whether an id is new on a list, where it stands from now on. */
export function isFirst(id: string, list: IdList): boolean {
  const { size } = list;
  list.add([id]);
  return list.size > size;
}
