import type { Stage } from './stage.ts';

/** A receipt as a script reads it. */
interface PaperStep {
  provider: string;
  operation: string;
  state: string;
  note: string | null;
  task_id: string | null;
  attempts: number;
  subjects: number;
  error: { code: string; passing: boolean } | null;
  options: Record<string, unknown>;
}
export interface Paper {
  request_id: string;
  action: string;
  state: string;
  mode: string | null;
  erasure: string | null;
  bundle: string | null;
  subject: { user_id: string };
  steps: PaperStep[];
  verification: {
    provider: string;
    check: string;
    before: string | null;
    result: string | null;
    shows: string;
    checked_at: string | null;
  }[];
}

/** How a run with `--json` ended: its code, what it said, and its receipts. */
export interface BundleReceipts {
  code: number | undefined;
  err: string;
  receipts: Paper[];
  /** The first receipt: for runs about one person. */
  paper: Paper;
}

/** Runs `gdpr … --json` with short pauses and reads its receipts. */
export async function papers(
  stage: Pick<Stage, 'gdpr'>,
  args: readonly string[],
  interval = '5ms',
): Promise<BundleReceipts> {
  const { code, err, out } = await stage.gdpr([...args, '--json', '--poll-interval', interval]);
  const receipts: Paper[] = out === '' ? [] : out.split('\n').map((line) => JSON.parse(line));
  const [paper] = receipts;
  if (paper === undefined) throw new Error(`no receipt was printed (exit ${code}): ${err}`);
  return { code, err, receipts, paper };
}

/** The states of the steps by operation; a failed one with its code. */
export function statesOf({ steps }: Paper): Record<string, string> {
  return Object.fromEntries(
    steps.map(({ operation, state, error }) => [
      operation,
      [state, error?.code].filter(Boolean).join(' '),
    ]),
  );
}

/** The findings of the checks by what was looked at: `before -> result`. */
export function findingsOf({ verification }: Paper): Record<string, string> {
  return Object.fromEntries(
    verification.map(({ provider, check, before, result }) => [
      `${provider} ${check}`,
      `${before} -> ${result}`,
    ]),
  );
}

const STARTS: ReadonlySet<string> = new Set([
  'deleteFeedUserData',
  'deleteUsers',
  'restoreUsers',
  'registerGdprDelete',
]);

/** The calls that start work, in the order in which they were logged. */
export function workCalls(stage: Pick<Stage, 'log'>): string[] {
  return stage.log.flatMap(({ operation }) => (STARTS.has(operation) ? [operation] : []));
}
