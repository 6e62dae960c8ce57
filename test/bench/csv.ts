import { rm } from 'node:fs/promises';
import { type Figure, type Finding, figureOf, judge, ratioOf, spell } from './figures.ts';
import { writePeople } from './people.ts';
import { type Sandbox, openSandbox } from './sandbox.ts';
import type { Measured, Stage } from './stage.ts';

const ROWS = 1_000_000;
const ROUNDS = 3;
const MB = 1_000_000;
const MOST_TIME = 2;
const MOST_MEMORY = 1.5;
/** What "no more" allows for: memory differs by so much from run to run. */
const ALIKE = 1.05;

/** `erase --dry-run` of a million rows against csv-parse alone on the same file; then of two. */
export async function measureCsv(stage: Stage): Promise<Finding> {
  const sandbox = await openSandbox(stage.dir, ['--users', '1']);
  try {
    const one = await compared(stage, sandbox, ROWS);
    const two = await compared(stage, sandbox, 2 * ROWS);
    const calls = (await sandbox.log()).length;
    if (calls > 0) throw new Error(`${calls} calls were made for a plan`);
    return findingOf(one, two);
  } finally {
    await sandbox.close();
  }
}

interface Pair {
  ours: readonly Measured[];
  bare: readonly Measured[];
}

async function compared(stage: Stage, { env }: Sandbox, rows: number): Promise<Pair> {
  const csv = await writePeople(stage.dir, rows);
  const args = ['erase', '--hard', '--dry-run', '--csv', csv, '--max-subjects', String(rows)];
  const ours: Measured[] = [];
  const bare: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const alone = await stage.child('count-records.ts', [csv], env);
    const counted = Number(alone.out) - 1;
    if (counted !== rows) throw new Error(`csv-parse found ${counted} rows`);
    bare.push(alone);
    const planned = await stage.measured(args, 0, env);
    const number = rows.toLocaleString('en-US');
    if (!planned.out.includes(number)) throw new Error(`no plan for ${number}: ${planned.out}`);
    ours.push(planned);
  }
  await rm(csv);
  return { ours, bare };
}

function findingOf(one: Pair, two: Pair): Finding {
  const time = ratioOf(one.ours.map(msOf), one.bare.map(msOf));
  const memory = ratioOf(one.ours.map(peakOf), one.bare.map(peakOf));
  const more = ratioOf(two.ours.map(peakOf), one.ours.map(peakOf));
  const rows = ROWS.toLocaleString('en-US');
  const twice = (2 * ROWS).toLocaleString('en-US');
  return {
    title: `Plan for a CSV (erase --hard --dry-run); ${ROUNDS} rounds, median (min to max)`,
    rows: [
      [`csv-parse alone, ${rows} rows`, spell(secondsOf(one.bare), 2, ' s')],
      [
        `the plan, ${rows} rows: time`,
        spell(secondsOf(one.ours), 2, ' s'),
        spell(time, 2, ' x csv-parse'),
        judge(`at most ${MOST_TIME} x`, time.median <= MOST_TIME),
      ],
      [`csv-parse alone: peak memory (max RSS)`, spell(megabytesOf(one.bare), 0, ' MB')],
      [
        `the plan, ${rows} rows: peak memory`,
        spell(megabytesOf(one.ours), 0, ' MB'),
        spell(memory, 2, ' x csv-parse'),
        judge(`at most ${MOST_MEMORY} x`, memory.median <= MOST_MEMORY),
      ],
      [`the plan, ${twice} rows: time`, spell(secondsOf(two.ours), 2, ' s')],
      [
        `the plan, ${twice} rows: peak memory`,
        spell(megabytesOf(two.ours), 0, ' MB'),
        spell(more, 2, ` x that of ${rows}`),
        judge('no more (within 5 %)', more.median <= ALIKE),
      ],
    ],
    notes: [],
    complete: true,
  };
}

function msOf({ ms }: Measured): number {
  return ms;
}

function peakOf({ peak }: Measured): number {
  return peak;
}

function secondsOf(measured: readonly Measured[]): Figure {
  return figureOf(measured.map(({ ms }) => ms / 1_000));
}

function megabytesOf(measured: readonly Measured[]): Figure {
  return figureOf(measured.map(({ peak }) => peak / MB));
}
