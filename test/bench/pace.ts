import { type Done, type Job, runBatch } from './batch.ts';
import { type Compared, compareCalls } from './calls.ts';
import { type Finding, judge } from './figures.ts';
import { type Terms, leastErase, leastExport } from './schedule.ts';
import type { Stage } from './stage.ts';

const RATES = [20, 200];
const MOST = 1.1;

interface Batch {
  job: Job;
  people: number;
  what: string;
  /** ms from the start to the end, at the least. */
  least: (people: number, terms: Terms) => number;
}

const BATCHES: readonly Batch[] = [
  { job: 'export', people: 500, least: leastExport, what: 'exports' },
  { job: 'erase', people: 1_000, least: leastErase, what: 'hard erasures' },
];
/** The sandbox's own default; one check sees it done. */
const TASK_TIME = 1_000;
/** The program's default for the first interval between checks. */
const INTERVAL = 2_000;

/** Time over the least possible, and calls over the fewest possible. `latency` of each answer in ms. */
export async function measurePace(stage: Stage, latency: number): Promise<readonly Finding[]> {
  const times: string[][] = [];
  const calls: string[][] = [];
  for (const batch of BATCHES) {
    const compared: (readonly Compared[])[] = [];
    for (const rate of RATES) {
      const sandbox = ['--rate', `${rate}/s`, '--task-time', `${TASK_TIME}ms`];
      const done = await runBatch(stage, batch.job, batch.people, {
        sandbox: [...sandbox, '--latency', `${latency}ms`],
      });
      times.push(timeRow(batch, rate, latency, done));
      compared.push(compareCalls(batch.job, batch.people, done.calls));
    }
    calls.push(...callRows(batch, compared));
  }
  return [
    {
      title: 'Batches at the full limit (--rate-share 1), whole command over the least possible',
      rows: times,
      notes: [
        `Least possible: test/bench/schedule.ts, from the limits, tasks of ${seconds(TASK_TIME)}, one check interval of ${seconds(INTERVAL)} a wait, answers after ${latency} ms. One run each.`,
        "gdpr's time has everything in it: start-up, CSV, look-ups, ledger, bundles, receipts.",
      ],
      complete: true,
    },
    {
      title: `Calls for each subject in these runs, over the fewest possible; at ${RATES.join(' / ')} calls/s`,
      rows: calls,
      notes: [],
      complete: true,
    },
  ];
}

function timeRow(
  { people, what, least }: Batch,
  rate: number,
  latency: number,
  { measured: { ms, startedAt }, calls }: Done,
): string[] {
  const terms = { at: startedAt, rate, taskTime: TASK_TIME, interval: INTERVAL, latency };
  const shortest = least(people, terms);
  const ratio = ms / shortest;
  const refused = calls.filter(({ status }) => status === 429).length;
  return [
    `${people.toLocaleString('en-US')} ${what} at ${rate} calls/s`,
    `${seconds(ms)}, least ${seconds(shortest)}, ${refused} of ${calls.length} calls refused (429)`,
    `${ratio.toFixed(2)} x`,
    judge(`at most ${MOST.toFixed(2)} x`, ratio <= MOST),
  ];
}

/** A row for each operation, its figures at each rate beside each other. */
function callRows({ what }: Batch, compared: readonly (readonly Compared[])[]): string[][] {
  const rows = Map.groupBy(compared.flat(), ({ kind, name }) => `${what}: ${kind}, ${name}`);
  return [...rows].map(([title, all]) => {
    const each = all.map(({ perSubject }) => perSubject.toFixed(3)).join(' / ');
    const ratios = all.map(({ ratio }) => ratio?.toFixed(2) ?? null);
    const over = ratios.includes(null) ? 'not needed' : `${ratios.join(' / ')} x`;
    if (all[0]?.kind !== 'submission') return [title, each, over];
    return [
      title,
      each,
      over,
      judge(
        '1.00 x',
        ratios.every((ratio) => ratio === '1.00'),
      ),
    ];
  });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
