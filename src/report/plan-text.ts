import { spellDay } from '../requests/deadline.ts';
import { type Plan, callCount, warningsOf } from '../requests/plan.ts';
import type { PlannedRequest } from '../requests/request.ts';
import { subjectName } from './receipt-text.ts';
import { OPERATION, PROVIDER, count } from './words.ts';

/** A plan for people: what would be asked of whom, per subject. */
export function planText(plan: Plan): string {
  const lines = plan.requests.flatMap((request) => [
    `Plan  ${plan.action} of ${subjectName(request.subject.userId)}, due ${spellDay(request.dueOn)}`,
    '',
    ...request.steps.map(
      (step) =>
        `  ${PROVIDER[step.provider].padEnd(10)}${OPERATION[step.operation].padEnd(8)} asked for, downloaded and checked`,
    ),
    '',
  ]);
  const warnings = plan.requests.flatMap(warningsOf).map((warning) => `Note: ${warning}`);
  const calls = `${count(callCount(plan), 'call')} would start the work.`;
  return [...lines, ...warnings, `${calls} Nobody was called and nothing was recorded.`].join('\n');
}

/** A planned request as `gdpr-plan/1`. The ids of requests are made when they are recorded. */
export function planJson(request: PlannedRequest): string {
  return JSON.stringify({
    schema: 'gdpr-plan/1',
    action: request.action,
    mode: request.mode,
    subject: {
      user_id: request.subject.userId,
      stream_id: request.subject.streamId,
      sendbird_id: request.subject.sendbirdId,
    },
    reference: request.reference,
    profile: request.profile,
    operator: request.operator,
    received_on: request.receivedOn,
    due_on: request.dueOn,
    out_dir: request.outDir,
    steps: request.steps.map(({ provider, operation, account, subjectId, options }) => ({
      provider,
      operation,
      account,
      subject_id: subjectId,
      options,
    })),
    calls: request.steps.length,
    warnings: warningsOf(request),
  });
}
