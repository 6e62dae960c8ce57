import type { CallLogEntry } from '../../src/sandbox/sandbox.ts';
import { writePeople } from './people.ts';
import { openSandbox } from './sandbox.ts';
import type { Measured, Stage } from './stage.ts';

/** What is done to everybody of a batch, as on the command line. */
export const JOBS = {
  export: ['export'],
  erase: ['erase', '--hard', '--yes'],
} as const;

export type Job = keyof typeof JOBS;

/** A batch that ended well: what it took, and the calls that the sandbox saw. */
export interface Done {
  measured: Measured;
  calls: readonly CallLogEntry[];
  /** The file of these calls, which stays until the stage is struck. */
  logFile: string;
}

/**
 * Runs a job for the first `people` numbered users, in a ledger and against a sandbox of its own.
 * Throws unless everybody's request is completed.
 */
export async function runBatch(
  stage: Stage,
  job: Job,
  people: number,
  { flags = [], sandbox: wanted }: { flags?: readonly string[]; sandbox: readonly string[] },
): Promise<Done> {
  const csv = await writePeople(stage.dir, people);
  const sandbox = await openSandbox(stage.dir, ['--users', String(people), ...wanted]);
  try {
    const args = [...JOBS[job], '--csv', csv, '--rate-share', '1', '--json', ...flags];
    args.push('--results', `${sandbox.logFile}.results.csv`);
    if (job === 'erase') args.push('--max-subjects', String(people));
    if (job === 'export') args.push('--out', `${sandbox.logFile}.bundles`);
    const measured = await stage.measured(args, 0, sandbox.env);
    requireCompleted(measured.out, people);
    return { measured, calls: await sandbox.log(), logFile: sandbox.logFile };
  } finally {
    await sandbox.close();
  }
}

/** A receipt for each person, and each says that it is completed. */
function requireCompleted(printed: string, people: number): void {
  const states = new Map<string, number>();
  for (const line of printed.split('\n')) {
    if (line === '') continue;
    const { schema, state } = JSON.parse(line);
    if (schema === 'gdpr-receipt/1') states.set(state, (states.get(state) ?? 0) + 1);
  }
  if (states.size === 1 && states.get('completed') === people) return;
  throw new Error(`not ${people} completed, but ${JSON.stringify(Object.fromEntries(states))}`);
}
