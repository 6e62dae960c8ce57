import { runBatch } from './batch.ts';
import { type Finding, figureOf, judge, ratioOf, spell } from './figures.ts';
import { openSandbox } from './sandbox.ts';
import type { Stage } from './stage.ts';

const PEOPLE = 10_000;
const ROUNDS = 3;
const MOST = 3;
/** No limit, no latency, tasks that are done at once. */
const SANDBOX = ['--users', String(PEOPLE), '--rate', '1000000/s', '--task-time', '0ms'];

/** CPU time per call against a bare loop over undici that makes the same calls again. */
export async function measureCpu(stage: Stage): Promise<Finding> {
  const ours: number[] = [];
  const bare: number[] = [];
  const numbers: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const done = await runBatch(stage, 'erase', PEOPLE, { sandbox: SANDBOX });
    const { length } = done.calls;
    numbers.push(length);
    ours.push((done.measured.cpu * 1_000) / length);
    bare.push((await looped(stage, done.logFile, length)) / length);
  }
  const ratio = ratioOf(ours, bare);
  const calls = `${figureOf(numbers).median.toLocaleString('en-US')} calls`;
  return {
    title: `CPU time (user and system) of ${PEOPLE.toLocaleString('en-US')} hard erasures without limit or latency, per call; ${ROUNDS} rounds, median (min to max)`,
    rows: [
      [`undici alone, the same ${calls}`, spell(figureOf(bare), 0, ' µs')],
      [
        'gdpr erase --csv',
        spell(figureOf(ours), 0, ' µs'),
        spell(ratio, 2, ' x'),
        judge(`at most ${MOST} x`, ratio.median <= MOST),
      ],
    ],
    notes: ["gdpr's has everything in it: start-up, CSV, plan, ledger with its syncs, receipts."],
    complete: true,
  };
}

/** The calls of a log by the bare loop, against a sandbox as fresh as ours was; µs of CPU time. */
async function looped(stage: Stage, logFile: string, calls: number): Promise<number> {
  const sandbox = await openSandbox(stage.dir, SANDBOX);
  try {
    const { cpu } = await stage.child('bare-loop.ts', [logFile], sandbox.env);
    const made = (await sandbox.log()).length;
    if (made !== calls) throw new Error(`the bare loop made ${made} calls, not ${calls}`);
    return cpu * 1_000;
  } finally {
    await sandbox.close();
  }
}
