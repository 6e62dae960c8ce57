import type { Action, Operation, PlannedRequest, ProviderName, Subject } from '../request.ts';
import { createSample } from '../sample.ts';
import type { Refusal } from '../stream-options.ts';
import type { Presence } from '../transitions/answers.ts';
import { createCallCount, leastTime } from './calls.ts';
import { createFindings } from './findings.ts';
import {
  type ExportTarget,
  type ProviderPlan,
  type Plan,
  exportPlans,
  idAt,
  warningOf,
  idWarningsOf,
} from './plan.ts';
import type { PlanPage, Preview, Sum, Tempo } from './preview.ts';

/** What is known of a run as a whole before the question. */
export interface Known {
  owners: ReadonlyMap<string, Presence>;
  tempo: Tempo;
}

/** Adds up the pages of a plan: the plan of a million people takes no more room than that of one. */
export interface PlanTotals {
  /** A page that is planned, with what is known of its subjects. */
  add(page: PlanPage): void;
  /**
   * Subjects of whom nobody asks and nothing is recorded, as their page would be planned, and without
   * planning it: what a dry run reads a million rows with.
   */
  addUnseen(subjects: readonly Subject[]): void;
  /** What a dry run reports instead of refusing. */
  refuse(refusals: readonly Refusal[]): void;
  /** What all pages up to now come to. */
  preview(known: Known): Preview;
}

/** What the steps of all pages are, whatever becomes of them, and the calls that they take. */
interface Kinds {
  operations: ReadonlySet<Operation>;
  providers: ReadonlySet<ProviderName>;
  calls: ReadonlyMap<Operation, number>;
}

type Agreed = Pick<Preview, 'profile' | 'effects' | 'needs' | 'exportsTo' | 'acceptPartial'>;

/**
 * The totals of a run with nobody in it yet. `providerPlans` are what is planned for those of whom nothing is
 * known; `agree` says what the steps of the whole do, and what they need.
 */
export function createPlanTotals(
  action: Action,
  providerPlans: readonly ProviderPlan[],
  agree: (kinds: Kinds) => Agreed,
): PlanTotals {
  const total = createTotal(action, providerPlans);
  const findings = createFindings();
  let looked = false;
  return {
    add(page) {
      looked ||= page.looked;
      for (const [index, request] of page.requests.entries()) {
        total.add(request);
        findings.add(page.found[index] ?? []);
      }
    },
    addUnseen: (subjects) => findings.addUnseen(total.addUnseen(subjects)),
    refuse: (refusals) => total.refuse(refusals),
    preview({ owners, tempo }) {
      const sum = total.sum();
      const { limits, share, at } = tempo;
      return {
        ...sum,
        ...agree({ ...total.kinds(), calls: sum.calls }),
        looked,
        findings: findings.findings(),
        hasActive: total.hasActive(),
        accounts: total.accounts(),
        elsewhere: total.elsewhere(),
        owners,
        time: leastTime(sum.calls, limits, share, at),
      };
    },
  };
}

/** Adds up the pages of an export, which nobody has to agree to. */
export interface ExportTotals {
  add(page: Plan): void;
  /** As `PlanTotals.addUnseen`. */
  addUnseen(subjects: readonly Subject[]): void;
  /** As `PlanTotals.refuse`. */
  refuse(refusals: readonly Refusal[]): void;
  /** What all pages up to now come to. */
  sum(): Sum;
}

/** The totals of an export with nobody in it yet. */
export function exportTotals(targets: readonly ExportTarget[]): ExportTotals {
  const total = createTotal('export', exportPlans(targets));
  return {
    add({ requests }) {
      for (const request of requests) total.add(request);
    },
    addUnseen: (subjects) => void total.addUnseen(subjects),
    refuse: (refusals) => total.refuse(refusals),
    sum: () => total.sum(),
  };
}

function createTotal(action: Action, providerPlans: readonly ProviderPlan[]) {
  const count = createCallCount();
  const operations = new Set<Operation>();
  const providers = new Set<ProviderName>();
  const warnings = createSample<string>();
  const refusals = createSample<Refusal>();
  const elsewhere = createSample<Subject>();
  let subjects = 0;
  let only: Subject | null = null;
  let hasActive = false;

  const begin = (subject: Subject): void => {
    subjects += 1;
    only = subjects === 1 ? subject : null;
    const isOther = (id: string | null): boolean => id !== null && id !== subject.userId;
    if (providerPlans.some(({ provider }) => isOther(idAt(subject, provider))))
      elsewhere.add(subject);
  };
  const addPlan = ({ provider, account, steps }: ProviderPlan, ids: number): void => {
    if (ids === 0) return;
    providers.add(provider);
    for (const step of steps) {
      operations.add(step.operation);
      count.add({ ...step, account }, ids);
    }
  };

  return {
    add(request: PlannedRequest): void {
      begin(request.subject);
      for (const step of request.steps) {
        count.add(step);
        operations.add(step.operation);
        providers.add(step.provider);
        if (step.state === 'already_active') hasActive = true;
      }
      for (const warning of idWarningsOf(request)) warnings.add(warning);
    },

    /** Answers with how many ids they have at the providers. */
    addUnseen(page: readonly Subject[]): number {
      const own = providerPlans.map((providerPlan) => ({ providerPlan, ids: 0 }));
      for (const subject of page) {
        begin(subject);
        for (const counted of own) {
          const { provider } = counted.providerPlan;
          const id = idAt(subject, provider);
          if (id === null) continue;
          counted.ids += 1;
          const warning = warningOf(id, provider);
          if (warning !== null) warnings.add(warning);
        }
      }
      for (const { providerPlan, ids } of own) addPlan(providerPlan, ids);
      return own.reduce((sum, { ids }) => sum + ids, 0);
    },

    refuse(more: readonly Refusal[]): void {
      for (const refusal of more) refusals.add(refusal);
    },
    kinds: () => ({ operations, providers }),
    hasActive: () => hasActive,
    accounts: () => providerPlans.filter(({ provider }) => providers.has(provider)),
    elsewhere: () => elsewhere.taken(),
    sum: (): Sum => ({
      action,
      subjects,
      only,
      warnings: warnings.taken(),
      calls: count.calls(),
      refusals: refusals.taken(),
    }),
  };
}
