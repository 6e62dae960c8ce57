import type { Action, Operation, ProviderName, Subject } from '../request.ts';
import { createSample } from '../sample.ts';
import type { Refusal } from '../stream-options.ts';
import type { Presence } from '../transitions/answers.ts';
import { createCallCount, leastTime } from './calls.ts';
import { createFindings } from './findings.ts';
import {
  type ExportTarget,
  type Plan,
  type ProviderPlan,
  exportPlans,
  idAt,
  idWarningsOf,
  warningOf,
} from './plan.ts';
import type { PlanPage, Preview, Sum, Tempo } from './preview.ts';

/** What is known of a run as a whole before the question. */
export interface Known {
  owners: ReadonlyMap<string, Presence>;
  tempo: Tempo;
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
) {
  const { kinds, seen, ...totals } = createTotals(action, providerPlans);
  return {
    ...totals,
    /** What all pages up to now come to. */
    preview({ owners, tempo }: Known): Preview {
      const sum = totals.sum();
      const { limits, share, at } = tempo;
      const time = leastTime(sum.calls, limits, share, at);
      return { ...sum, ...agree({ ...kinds(), calls: sum.calls }), ...seen(), owners, time };
    },
  };
}
export type PlanTotals = ReturnType<typeof createPlanTotals>;

/** The totals of an export, which nobody has to agree to, with nobody in it yet. */
export function exportTotals(targets: readonly ExportTarget[]) {
  return createTotals('export', exportPlans(targets));
}

/** Adds up the pages of a plan: the plan of a million people takes no more room than that of one. */
function createTotals(action: Action, providerPlans: readonly ProviderPlan[]) {
  const count = createCallCount();
  const findings = createFindings();
  const operations = new Set<Operation>();
  const providers = new Set<ProviderName>();
  const warnings = createSample<string>();
  const refusals = createSample<Refusal>();
  const elsewhere = createSample<Subject>();
  let subjects = 0;
  let only: Subject | null = null;
  let looked = false;
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
    findings.addUnseen(ids);
    for (const step of steps) {
      operations.add(step.operation);
      count.add({ ...step, account }, ids);
    }
  };

  return {
    /** A page that is planned, with what is known of its subjects. */
    add(page: Plan & Partial<PlanPage>): void {
      looked ||= page.looked ?? false;
      for (const [index, request] of page.requests.entries()) {
        begin(request.subject);
        for (const step of request.steps) {
          count.add(step);
          operations.add(step.operation);
          providers.add(step.provider);
          hasActive ||= step.state === 'already_active';
        }
        for (const warning of idWarningsOf(request)) warnings.add(warning);
        findings.add(page.found?.[index] ?? []);
      }
    },

    /**
     * Subjects of whom nobody asks and nothing is recorded, as their page would be planned, and without
     * planning it: what a dry run reads a million rows with.
     */
    addUnseen(page: readonly Subject[]): void {
      for (const subject of page) begin(subject);
      for (const plan of providerPlans) {
        const ids = page.flatMap((subject) => idAt(subject, plan.provider) ?? []);
        for (const id of ids) {
          const warning = warningOf(id, plan.provider);
          if (warning !== null) warnings.add(warning);
        }
        addPlan(plan, ids.length);
      }
    },

    /** What a dry run reports instead of refusing. */
    refuse(more: readonly Refusal[]): void {
      for (const refusal of more) refusals.add(refusal);
    },
    kinds: () => ({ operations, providers }),
    seen: () => ({
      looked,
      findings: findings.findings(),
      hasActive,
      accounts: providerPlans.filter(({ provider }) => providers.has(provider)),
      elsewhere: elsewhere.taken(),
    }),
    /** What all pages up to now come to. */
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
