import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Opened } from '../ledger/ledger.ts';
import { type Plan, warningsOf } from '../requests/plan.ts';
import { judge, judgeNew } from '../requests/standing.ts';
import { subjectName } from '../report/receipt-text.ts';

/**
 * Puts a plan into the ledger; resolves to the ids to work on, those that are carried on included.
 * Throws GdprError `guard` when another request stands in the way: nothing is recorded then.
 */
export async function record(plan: Plan, isNew: boolean, app: App): Promise<readonly string[]> {
  const ledger = await app.ledger();
  const opened = await ledger.open(plan.requests, isNew ? judgeNew : judge, app.host.clock.now());
  const conflicts = opened.filter(({ verdict }) => verdict.kind === 'conflict');
  if (conflicts.length > 0) throw refusal(plan, conflicts);
  app.begin();
  const notices = [
    ...plan.requests.flatMap(warningsOf).map((warning) => `Note: ${warning}`),
    ...opened.flatMap(({ wanted, verdict }) =>
      verdict.kind === 'carry'
        ? [
            `${subjectName(wanted.subject.userId)}: request ${verdict.requestId} is open and is carried on, with the reference, date and folder it has (--new makes another).`,
          ]
        : [],
    ),
  ];
  if (!app.flags.quiet) for (const notice of notices) app.host.stderr.write(`${notice}\n`);
  return opened.map(({ wanted, verdict }) =>
    verdict.kind === 'carry' ? verdict.requestId : wanted.id,
  );
}

function refusal(plan: Plan, conflicts: readonly Opened[]): GdprError {
  const others = conflicts.flatMap(({ verdict }) =>
    verdict.kind === 'conflict' ? [verdict.requestId] : [],
  );
  const who = conflicts.map(({ wanted }) => subjectName(wanted.subject.userId)).join(', ');
  return new GdprError(
    'guard',
    `Refused: another request stands in the way of this ${plan.action} (${who}): ${others.join(', ')}.`,
    {
      next: `Nothing was sent. Finish the other first: gdpr resume ${others[0] ?? ''}`,
      requestIds: others,
    },
  );
}
