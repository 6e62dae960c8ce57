import { idWarning, quoteId } from './ids.ts';
import type {
  Action,
  Operation,
  PlannedRequest,
  PlannedStep,
  ProviderName,
  Subject,
} from './request.ts';

/** A provider that the profile configures, and what an export asks of it. */
export interface ExportTarget {
  provider: ProviderName;
  account: string;
  operations: readonly Operation[];
}

/** What all requests of one run share. */
export interface Intake {
  reference: string | null;
  profile: string;
  operator: string;
  receivedOn: string;
  dueOn: string;
  /** Absolute; null where the action makes no files. */
  outDir: string | null;
}

/** What a run would do: plain data, before anything is recorded or sent. */
export interface Plan {
  action: Action;
  requests: readonly PlannedRequest[];
}

/**
 * The plan of an export: one request a subject, one step for each operation of each provider where
 * the subject has an account. A subject without any gets no request: the caller refuses it before.
 */
export function planExport(
  subjects: readonly Subject[],
  targets: readonly ExportTarget[],
  intake: Intake,
  newId: () => string,
): Plan {
  const requests = subjects.map((subject): PlannedRequest => {
    const id = `req_${newId()}`;
    const steps = targets.flatMap((target): PlannedStep[] => {
      const subjectId = idAt(subject, target.provider);
      if (subjectId === null) return [];
      return target.operations.map((operation) => ({
        id: `${id}/${operation}`,
        provider: target.provider,
        operation,
        account: target.account,
        subjectId,
        options: {},
      }));
    });
    return { id, action: 'export', mode: null, subject, ...intake, steps };
  });
  return { action: 'export', requests };
}

/** What the operator should know about a planned request, one sentence each. */
export function warningsOf({ steps }: Pick<PlannedRequest, 'steps'>): readonly string[] {
  const warnings = steps.flatMap(({ subjectId, provider }) => {
    const warning = idWarning(subjectId, provider);
    return warning === null ? [] : [`${quoteId(subjectId)} is ${warning}`];
  });
  return [...new Set(warnings)];
}

/** The subject's id at a provider; null: no account there. */
export function idAt(subject: Subject, provider: ProviderName): string | null {
  return provider === 'stream' ? subject.streamId : subject.sendbirdId;
}
