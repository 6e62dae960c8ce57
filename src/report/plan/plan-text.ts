import { spellDay } from '../../requests/deadline.ts';
import { OPERATIONS } from '../../requests/operations.ts';
import { callCount, plannedCalls } from '../../requests/plan/calls.ts';
import { idWarningsOf } from '../../requests/plan/plan.ts';
import type { FoundSubject, Preview, Sum } from '../../requests/plan/preview.ts';
import { isoOrNull, subjectOf } from '../../requests/receipt.ts';
import type { PlannedRequest, PlannedStep, ProviderName } from '../../requests/request.ts';
import type { Sample } from '../../requests/sample.ts';
import type { Refusal } from '../../requests/stream-options.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { wrap } from '../text.ts';
import { eachOnce, whereText } from '../where-text.ts';
import { PROVIDER, andMore, count, figure } from '../words.ts';

/** A plan for people: what would be asked of whom; one subject's part, with a line break at its end. */
export function planText({ action, subject, dueOn, profile, steps }: PlannedRequest): string {
  const lines = steps.map(
    (step) =>
      `  ${PROVIDER[step.provider].padEnd(10)}${OPERATIONS[step.operation].label.padEnd(8)} asked for, downloaded and checked`,
  );
  const what = `${action} of ${subjectName(subject.userId)}, due ${spellDay(dueOn)}`;
  const where = whereText({ profile, accounts: eachOnce(steps) }, subject);
  return [...wrap(`${what}, ${where}`, 6, 'Plan'), '', ...lines, '', ''].join('\n');
}

/** What stands below the parts of all subjects: what there is to notice, and what it takes. */
export function planEnd({ warnings, calls, refusals }: Sum): string {
  const start = `${count(callCount(calls), 'call')} would start the work.`;
  return [
    ...warningLines(warnings),
    ...refusalLines(refusals),
    `${start} Nobody was called and nothing was recorded.`,
  ].join('\n');
}

/** A planned request as `gdpr-plan/1`. The ids of requests are made when they are recorded. */
export function planJson(request: PlannedRequest): string {
  return JSON.stringify(documentOf(request));
}

/**
 * A request that somebody is to agree to as `gdpr-plan/1`: what was found of its subject, what it
 * does, what it needs, and what the whole run is.
 */
export function previewJson(
  request: PlannedRequest,
  found: readonly FoundSubject[],
  preview: Preview,
): string {
  const providers = new Set(request.steps.map((step) => step.provider));
  const { owners, effects, refusals, needs, calls, time, subjects } = preview;
  return JSON.stringify({
    ...documentOf(request),
    steps: request.steps.map((step) => ({
      ...stepJson(step),
      state: step.state ?? 'planned',
      before: step.before ?? null,
      earlier_request_id: step.earlier ?? null,
      note: step.note ?? null,
    })),
    calls: callCount(plannedCalls([request])),
    found: found.map(foundJson),
    new_owners: [...owners].map(([id, presence]) => ({ id, ...presenceJson(presence) })),
    effects: effects.filter(({ provider }) => providers.has(provider)),
    export_first: preview.exportsTo !== null,
    accept_partial_export: preview.acceptPartial,
    needs,
    guards: refusals.first.map(({ message, next }) => ({ message, next })),
    run: {
      subjects,
      calls: Object.fromEntries(calls),
      least_seconds: time === null ? null : Math.ceil(time / 1000),
    },
  });
}

function foundJson({ provider, subjectId, presence, feeds, earlier }: FoundSubject): object {
  return {
    provider,
    subject_id: subjectId,
    looked_up: presence !== null,
    ...presenceJson(presence),
    feed_data: feeds,
    earlier_request_id: earlier,
  };
}

function presenceJson(presence: Presence | null): object {
  return {
    visible: presence?.visible ?? null,
    name: presence?.name ?? null,
    created_at: isoOrNull(presence?.createdAt ?? null),
    last_seen_at: isoOrNull(presence?.lastSeenAt ?? null),
    deactivated: presence?.deactivated ?? null,
  };
}

function documentOf(request: PlannedRequest) {
  const accountAt = (name: ProviderName): string | null =>
    request.steps.find(({ provider }) => provider === name)?.account ?? null;
  return {
    schema: 'gdpr-plan/1',
    action: request.action,
    mode: request.mode,
    subject: subjectOf(request),
    reference: request.reference,
    profile: request.profile,
    accounts: { stream: accountAt('stream'), sendbird: accountAt('sendbird') },
    operator: request.operator,
    received_on: request.receivedOn,
    due_on: request.dueOn,
    out_dir: request.outDir,
    steps: request.steps.map(stepJson),
    calls: request.steps.length,
    warnings: idWarningsOf(request),
  };
}

function stepJson({ provider, operation, account, subjectId, options }: PlannedStep): object {
  return { provider, operation, account, subject_id: subjectId, options };
}

/** What a plan says of odd ids: the first of them, then how many more there are. */
export function warningLines({ first, number }: Sample<string>): string[] {
  const lines = first.map((warning) => `Note: ${warning}`);
  return andMore(lines, number, (more) => `Note: and ${figure(more)} more such ids`);
}

/** What a dry run says of that which would be refused. */
export function refusalLines({ first, number }: Sample<Refusal>): string[] {
  const lines = first.map(
    ({ message, next }) =>
      `Would be refused: ${message.replace(/^Refused: /, '')} ${next.replace(/^Nothing was sent\. /, '')}`,
  );
  return andMore(lines, number, (more) => `Would be refused: for ${figure(more)} more reasons`);
}
