import type { App } from '../app.ts';
import type { PastErasure } from '../ledger/ledger.ts';
import { type ExportTarget, idAt } from '../requests/plan.ts';
import type { Subject } from '../requests/request.ts';

/** The deletions of the subjects that this ledger has on record, by account, oldest first. */
export async function pastErasures(
  subjects: readonly Subject[],
  targets: readonly ExportTarget[],
  app: App,
): Promise<ReadonlyMap<string, readonly PastErasure[]>> {
  const erasures = new Map<string, readonly PastErasure[]>();
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return erasures;
  for (const { provider, account } of targets) {
    const ids = subjects.flatMap((subject) => idAt(subject, provider) ?? []);
    erasures.set(account, await ledger.erasures(account, ids));
  }
  return erasures;
}
