import type { App } from '../../app.ts';
import { count } from '../../report/words.ts';
import { rowIdentity } from '../../requests/identity.ts';
import type { Plan } from '../../requests/plan/plan.ts';
import { isSettled } from '../../requests/state.ts';
import type { SubjectRow } from '../../subjects/subjects.ts';
import type { DetailsSource } from './details.ts';
import type { RecordPlan } from './record.ts';
import { PAGE, throwIfStopped } from './subjects.ts';

/** A row that was settled longer ago is asked for again, ms. */
const RECENT = 30 * 86_400_000;

/** A page that was planned for rows of a CSV, with the identity of each row. */
export function identified<Page extends Plan>(
  page: Page,
  rows: readonly SubjectRow[],
  { written }: DetailsSource,
): Page {
  const requests = page.requests.map((request, index) => {
    const row = rows[index];
    return row === undefined
      ? request
      : { ...request, identity: rowIdentity(request, written(row)) };
  });
  return { ...page, requests };
}

/**
 * Notes which rows of a CSV were settled lately (docs/spec.md 6), so that nothing is done for them.
 * Answers with how many they are, which is said.
 */
export async function skipSettled(
  { subjectTable, plan }: Pick<RecordPlan, 'subjectTable' | 'plan'>,
  app: App,
): Promise<number> {
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return 0;
  const since = app.host.clock.now() - RECENT;
  let skipped = 0;
  for (const rows of subjectTable.pages(PAGE)) {
    await throwIfStopped(app.host);
    const identities = (await plan(rows)).map(({ identity }) => identity ?? '');
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
