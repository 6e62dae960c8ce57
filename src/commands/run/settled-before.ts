import type { App } from '../../app.ts';
import { count } from '../../report/words.ts';
import { isSettled } from '../../requests/state.ts';
import { type RequestPlan, identityOf } from './request-plan.ts';
import { PAGE, throwIfStopped } from './subjects.ts';

/** A row that was settled longer ago is asked for again, ms. */
const RECENT = 30 * 86_400_000;

/**
 * Notes which rows of a CSV were settled lately (docs/spec.md 6), so that nothing is done for them.
 * Answers with how many they are, which is said; none with `--new`.
 */
export async function skipSettled(plan: RequestPlan, app: App): Promise<number> {
  const { subjectTable, isCsv, isNew } = plan;
  if (!isCsv || isNew) return 0;
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return 0;
  const since = app.host.clock.now() - RECENT;
  let skipped = 0;
  for (const rows of subjectTable.pages(PAGE)) {
    await throwIfStopped(app.host);
    const identities = rows.map((row) => identityOf(plan, row));
    const known = await ledger.identified(identities);
    const notes = rows.flatMap(({ line }, index) => {
      const last = known.get(identities[index] ?? '');
      if (last === undefined || last.isUndone || !isSettled(last.state)) return [];
      if ((last.finishedAt ?? 0) <= since) return [];
      return [{ line, requestId: last.requestId, disposition: 'skipped' as const }];
    });
    subjectTable.note(notes);
    skipped += notes.length;
  }
  if (skipped > 0 && !app.flags.quiet) {
    app.host.stderr.write(
      `Note: ${count(skipped, 'row')} skipped: settled within 30 days (--new asks again).\n`,
    );
  }
  return skipped;
}
