import { idWarning, quoteId } from '../ids.ts';
import type {
  Action,
  Operation,
  PlannedRequest,
  PlannedStep,
  ProviderName,
  Step,
  Subject,
} from '../request.ts';

/** A provider that the profile configures, and what an export asks of it. */
export interface ExportTarget {
  provider: ProviderName;
  account: string;
  operations: readonly Operation[];
}

/** What all requests of one run share. */
export interface RequestDetails {
  reference: string | null;
  profile: string;
  operator: string;
  receivedOn: string;
  dueOn: string;
  /** Absolute; null where the action makes no files. */
  outDir: string | null;
}

/** What of that a row of a CSV says for itself. */
export type OwnDetails = Pick<RequestDetails, 'reference' | 'receivedOn' | 'dueOn'>;

/** Whom a page of a plan is about, and where. */
export interface PageWish {
  subjects: readonly Subject[];
  targets: readonly ExportTarget[];
  details: RequestDetails;
  /** What rows say for themselves, in the order of the subjects; absent: nothing. */
  own?: readonly OwnDetails[];
}

/** What is planned for everybody who has an id at a provider; `steps` share their options. */
export interface ProviderPlan {
  provider: ProviderName;
  account: string;
  steps: readonly Pick<PlannedStep, 'operation' | 'options' | 'state'>[];
}

/** What a run would do: plain data, before anything is recorded or sent. */
export interface Plan {
  action: Action;
  requests: readonly PlannedRequest[];
}

/**
 * The plan of an export for a page of subjects: one request a subject, one step for each operation of
 * each provider where the subject has an account. A subject without any gets no step: the caller
 * refuses it before. `own` is what rows say for themselves, in the order of the subjects.
 */
export function planExport(
  subjects: readonly Subject[],
  targets: readonly ExportTarget[],
  details: RequestDetails,
  newId: () => string,
  own: readonly OwnDetails[] = [],
): Plan {
  const providerPlans = exportPlans(targets);
  const requests = subjects.map((subject, index): PlannedRequest => {
    const id = `req_${newId()}`;
    const steps = wantedSteps(subject, providerPlans).map((step) => ({
      ...step,
      id: `${id}/${step.operation}`,
    }));
    return { id, action: 'export', mode: null, subject, ...details, ...own[index], steps };
  });
  return { action: 'export', requests };
}

/** What is asked for a subject of the providers where they have an id. */
export function wantedSteps(
  subject: Subject,
  providerPlans: readonly ProviderPlan[],
): Pick<PlannedStep, 'provider' | 'operation' | 'account' | 'subjectId' | 'options'>[] {
  return providerPlans.flatMap(({ provider, account, steps }) => {
    const subjectId = idAt(subject, provider);
    if (subjectId === null) return [];
    return steps.map(({ operation, options }) => ({
      provider,
      operation,
      account,
      subjectId,
      options,
    }));
  });
}

/** What an export asks of each provider. */
export function exportPlans(targets: readonly ExportTarget[]): readonly ProviderPlan[] {
  return targets.map(({ provider, account, operations }) => ({
    provider,
    account,
    steps: operations.map((operation) => ({ operation, options: NO_OPTIONS })),
  }));
}

/** One for all, so that steps with none are known to be alike. */
export const NO_OPTIONS: PlannedStep['options'] = Object.freeze({});

/** What the operator should know about a planned request, one sentence each. */
export function idWarningsOf({ steps }: Pick<PlannedRequest, 'steps'>): readonly string[] {
  const warnings: string[] = [];
  for (const { subjectId, provider } of steps) {
    const warning = warningOf(subjectId, provider);
    if (warning !== null && !warnings.includes(warning)) warnings.push(warning);
  }
  return warnings;
}

/** What the operator should know about an id at a provider; null: nothing. */
export function warningOf(subjectId: string, provider: ProviderName): string | null {
  const warning = idWarning(subjectId, provider);
  return warning === null ? null : `${quoteId(subjectId)} is ${warning}`;
}

/** The subject's id at a provider; null: no account there. */
export function idAt(subject: Subject, provider: ProviderName): string | null {
  return provider === 'stream' ? subject.streamId : subject.sendbirdId;
}

/** A planned step as it comes into the ledger at `at`; one that ends without a call has ended. */
export function recordedStep(planned: PlannedStep, requestId: string, at: number): Step {
  const { state = 'planned' } = planned;
  return {
    ...NOTHING_YET,
    ...planned,
    requestId,
    state,
    finishedAt: state === 'planned' ? null : at,
  };
}

/** What no step has as it comes in, unless its plan says so. */
const NOTHING_YET = {
  note: null,
  error: null,
  whole: true,
  callId: null,
  taskId: null,
  subjects: 1,
  attempts: 0,
  checks: 0,
  repeats: 0,
  tries: 0,
  nextAt: null,
  blocked: false,
  batch: null,
  doubts: 0,
  before: null,
  after: null,
  lookedAt: null,
  earlier: null,
  intendedAt: null,
  acceptedAt: null,
  artifacts: [],
} as const;
