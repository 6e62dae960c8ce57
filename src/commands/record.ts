import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Opened } from '../ledger/ledger.ts';
import type { Confirmation } from '../requests/confirmation.ts';
import { type Plan, warningsOf } from '../requests/plan.ts';
import { judge, judgeNew } from '../requests/standing.ts';
import { subjectName } from '../report/receipt-text.ts';
import { invocation } from './talk.ts';

/**
 * Puts a plan into the ledger; resolves to the ids to work on, those that are carried on included.
 * An erase or a restore is recorded with its `confirmation`, in one transaction; what there is to
 * notice has been said before the question then. Throws GdprError
 * `guard` when another request stands in the way: nothing is recorded then.
 */
export async function record(
  plan: Plan,
  isNew: boolean,
  app: App,
  confirmation?: Confirmation,
): Promise<readonly string[]> {
  const ledger = await app.ledger();
  const at = app.host.clock.now();
  const opened = await ledger.open(plan.requests, isNew ? judgeNew : judge, at, confirmation);
  const refused = conflict(plan, opened, app);
  if (refused !== null) throw refused;
  app.begin();
  if (confirmation === undefined && !app.flags.quiet) {
    const notices = plan.requests.flatMap(warningsOf).map((warning) => `Note: ${warning}`);
    for (const notice of [...notices, ...carried(opened)]) app.host.stderr.write(`${notice}\n`);
  }
  return opened.map(({ wanted, verdict }) =>
    verdict.kind === 'carry' ? verdict.requestId : wanted.id,
  );
}

/** Says of requests that are open already that they are carried on. */
export function carried(opened: readonly Opened[]): readonly string[] {
  return opened.flatMap(({ wanted, verdict }) =>
    verdict.kind === 'carry'
      ? [
          `${subjectName(wanted.subject.userId)}: request ${verdict.requestId} is open and is carried on, with the reference, date and folder it has (--new makes another).`,
        ]
      : [],
  );
}

/** Why the requests cannot be recorded now (SPEC section 3, one at a time); null if they can. */
export function conflict(plan: Plan, opened: readonly Opened[], { flags }: App): GdprError | null {
  const conflicts = opened.filter(({ verdict }) => verdict.kind === 'conflict');
  if (conflicts.length === 0) return null;
  const others = conflicts.flatMap(({ verdict }) =>
    verdict.kind === 'conflict' ? [verdict.requestId] : [],
  );
  const who = conflicts.map(({ wanted }) => subjectName(wanted.subject.userId)).join(', ');
  return new GdprError(
    'guard',
    `Refused: another request stands in the way of this ${plan.action} (${who}): ${others.join(', ')}.`,
    {
      next: `Nothing was sent. Finish the other first: ${invocation(flags)} resume ${others[0] ?? ''}`,
      requestIds: others,
    },
  );
}
