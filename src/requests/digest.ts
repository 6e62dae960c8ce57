import { createCallCount, leastTime } from './calls.ts';
import type { Refusal } from './erase-options.ts';
import { createFindings } from './findings.ts';
import type { Presence } from './outcome.ts';
import {
  type ExportTarget,
  type Lane,
  type Plan,
  exportLanes,
  idAt,
  warningOf,
  warningsOf,
} from './plan.ts';
import type { Page, Proposal, Sum, Tempo } from './proposal.ts';
import type { Action, Operation, PlannedRequest, ProviderName, Subject } from './request.ts';
import { createSample } from './sample.ts';

/** What is known of a run as a whole before the question. */
export interface Known {
  owners: ReadonlyMap<string, Presence>;
  tempo: Tempo;
}

/** Adds up the pages of a plan: the plan of a million people takes no more room than that of one. */
export interface Digest {
  /** A page that is planned, with what is known of its subjects. */
  add(page: Page): void;
  /**
   * Subjects of whom nobody asks and nothing is recorded, as their page would be planned, and without
   * planning it: what a dry run reads a million rows with.
   */
  addUnseen(subjects: readonly Subject[]): void;
  /** What a dry run reports instead of refusing. */
  refuse(refusals: readonly Refusal[]): void;
  /** What all pages up to now come to. */
  proposal(known: Known): Proposal;
}

/** What the steps of all pages are, whatever becomes of them, and the calls that they take. */
interface Kinds {
  operations: ReadonlySet<Operation>;
  providers: ReadonlySet<ProviderName>;
  calls: ReadonlyMap<Operation, number>;
}

type Agreed = Pick<Proposal, 'profile' | 'effects' | 'needs' | 'exportsTo' | 'acceptPartial'>;

/**
 * The digest of a run with nobody in it yet. `lanes` are what is planned for those of whom nothing is
 * known; `agree` says what the steps of the whole do, and what they need.
 */
export function createDigest(
  action: Action,
  lanes: readonly Lane[],
  agree: (kinds: Kinds) => Agreed,
): Digest {
  const total = createTotal(action, lanes);
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
    proposal({ owners, tempo }) {
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
export interface ExportDigest {
  add(page: Plan): void;
  /** As `Digest.addUnseen`. */
  addUnseen(subjects: readonly Subject[]): void;
  /** As `Digest.refuse`. */
  refuse(refusals: readonly Refusal[]): void;
  /** What all pages up to now come to. */
  sum(): Sum;
}

/** The digest of an export with nobody in it yet. */
export function exportDigest(targets: readonly ExportTarget[]): ExportDigest {
  const total = createTotal('export', exportLanes(targets));
  return {
    add({ requests }) {
      for (const request of requests) total.add(request);
    },
    addUnseen: (subjects) => void total.addUnseen(subjects),
    refuse: (refusals) => total.refuse(refusals),
    sum: () => total.sum(),
  };
}

function createTotal(action: Action, lanes: readonly Lane[]) {
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
    if (lanes.some(({ provider }) => isOther(idAt(subject, provider)))) elsewhere.add(subject);
  };
  const addLane = ({ provider, account, steps }: Lane, ids: number): void => {
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
      for (const warning of warningsOf(request)) warnings.add(warning);
    },

    /** Answers with how many ids they have at the providers. */
    addUnseen(page: readonly Subject[]): number {
      const own = lanes.map((lane) => ({ lane, ids: 0 }));
      for (const subject of page) {
        begin(subject);
        for (const counted of own) {
          const { provider } = counted.lane;
          const id = idAt(subject, provider);
          if (id === null) continue;
          counted.ids += 1;
          const warning = warningOf(id, provider);
          if (warning !== null) warnings.add(warning);
        }
      }
      for (const { lane, ids } of own) addLane(lane, ids);
      return own.reduce((sum, { ids }) => sum + ids, 0);
    },

    refuse(more: readonly Refusal[]): void {
      for (const refusal of more) refusals.add(refusal);
    },
    kinds: () => ({ operations, providers }),
    hasActive: () => hasActive,
    accounts: () => lanes.filter(({ provider }) => providers.has(provider)),
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
