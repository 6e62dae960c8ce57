import { spellDay } from '../requests/deadline.ts';
import { callCount, callsOf } from '../requests/calls.ts';
import type { Presence } from '../requests/outcome.ts';
import { type Plan, warningsOf } from '../requests/plan.ts';
import type { Found, Proposal } from '../requests/proposal.ts';
import type { PlannedRequest, PlannedStep } from '../requests/request.ts';
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
  const calls = `${count(callCount(callsOf(plan.requests)), 'call')} would start the work.`;
  return [...lines, ...warnings, `${calls} Nobody was called and nothing was recorded.`].join('\n');
}

/** A planned request as `gdpr-plan/1`. The ids of requests are made when they are recorded. */
export function planJson(request: PlannedRequest): string {
  return JSON.stringify(documentOf(request));
}

/** A request that somebody is to agree to as `gdpr-plan/1`: what was found, what it does, what it needs. */
export function proposalJson(request: PlannedRequest, proposal: Proposal): string {
  const { userId } = request.subject;
  const providers = new Set(request.steps.map((step) => step.provider));
  const { found, owners, effects, refusals, needs } = proposal;
  const calls = callsOf(proposal.requests);
  return JSON.stringify({
    ...documentOf(request),
    steps: request.steps.map((step) => ({
      ...stepJson(step),
      state: step.state ?? 'planned',
      before: step.before ?? null,
      earlier_request_id: step.earlier ?? null,
      note: step.note ?? null,
    })),
    calls: callCount(callsOf([request])),
    found: found.filter((each) => each.userId === userId).map(foundJson),
    new_owners: [...owners].map(([id, presence]) => ({ id, ...presenceJson(presence) })),
    effects: effects.filter(({ provider }) => providers.has(provider)),
    export_first: proposal.exportsTo !== null,
    accept_partial_export: proposal.acceptPartial,
    needs,
    guards: refusals.map(({ message, next }) => ({ message, next })),
    run: {
      subjects: proposal.requests.length,
      calls: Object.fromEntries(calls),
      least_seconds: proposal.cost.time === null ? null : Math.ceil(proposal.cost.time / 1000),
    },
  });
}

function foundJson({ provider, subjectId, presence, feeds, earlier }: Found): object {
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
    created_at: iso(presence?.createdAt ?? null),
    last_seen_at: iso(presence?.lastSeenAt ?? null),
    deactivated: presence?.deactivated ?? null,
  };
}

function documentOf(request: PlannedRequest) {
  return {
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
    steps: request.steps.map(stepJson),
    calls: request.steps.length,
    warnings: warningsOf(request),
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function stepJson({ provider, operation, account, subjectId, options }: PlannedStep): object {
  return { provider, operation, account, subject_id: subjectId, options };
}
