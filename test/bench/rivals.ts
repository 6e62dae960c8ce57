import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Job, runBatch } from './batch.ts';
import type { Finding } from './figures.ts';
import { idOf } from './people.ts';
import { type Sandbox, openSandbox } from './sandbox.ts';
import type { Stage } from './stage.ts';

const PEOPLE = 50;
const JOB: Job = 'erase';
const RATE = 20;
const TASK_TIME = 1_000;
const LIMITS = ['--rate', `${RATE}/s`, '--task-time', `${TASK_TIME}ms`];
const SHELL_LOOP = join(import.meta.dirname, 'rivals/sendbird-loop.sh');
const TOOLS = ['bash', 'curl'];

interface Rival {
  provider: 'stream' | 'sendbird';
  name: string;
  /** Erases everybody in the file; ms. */
  run(stage: Stage, file: string, sandbox: Sandbox): Promise<number>;
}

const RIVALS: readonly Rival[] = [
  {
    provider: 'sendbird',
    name: 'shell loop: curl, 1.5 s between calls, one GET per status',
    async run(stage, file, { env }) {
      const { ms, code, err } = await stage.finish(SHELL_LOOP, [file], env);
      if (code !== 0) throw new Error(`the shell loop ended with ${code}: ${err}`);
      return ms;
    },
  },
  {
    provider: 'stream',
    name: 'loop over @stream-io/node-sdk, each user in turn',
    run: async (stage, file, { env }) => (await stage.child('stream-sdk-loop.ts', [file], env)).ms,
  },
];

/** What people do now against one command of ours: the same people, provider, job and limits. */
export async function measureRivals(stage: Stage): Promise<Finding> {
  const missing = TOOLS.filter((tool) => stage.run('sh', ['-c', `command -v ${tool}`]).code !== 0);
  const able = RIVALS.filter(({ provider }) => provider === 'stream' || missing.length === 0);
  const ours = new Map<Rival, string[]>();
  const times = new Map<Rival, number>();
  for (const rival of able) {
    const flags = ['--provider', rival.provider];
    const done = await runBatch(stage, JOB, PEOPLE, { flags, sandbox: LIMITS });
    times.set(rival, done.measured.ms);
    ours.set(rival, [
      `gdpr erase --csv --provider ${rival.provider}`,
      spent(done.measured.ms, done.calls.length),
    ]);
  }
  // They sleep most of the time, so they are run beside each other.
  const rows = await Promise.all(
    able.map(async (rival) => {
      const { ms, calls } = await theirs(stage, rival);
      const faster = ms / (times.get(rival) ?? Number.NaN);
      return [
        [rival.name, spent(ms, calls)],
        [...(ours.get(rival) ?? []), `${faster.toFixed(1)} x as fast`],
      ];
    }),
  );
  return {
    title: `What people use now: ${PEOPLE} hard erasures at ${RATE} calls/s, tasks of ${TASK_TIME / 1_000} s; one run each`,
    rows: rows.flat(),
    notes: [
      'gdpr looks everybody up before and after, keeps a ledger and writes receipts; the loops do not.',
      ...missing.map((tool) => `NOT COMPARED with the shell loop: there is no ${tool} here.`),
    ],
    complete: missing.length === 0,
  };
}

/** Runs a rival against a sandbox of its own; throws unless everybody is gone in the end. */
async function theirs(stage: Stage, rival: Rival): Promise<{ ms: number; calls: number }> {
  const ids = Array.from({ length: PEOPLE }, (_, at) => idOf(at + 1));
  const file = join(stage.dir, `ids-${rival.provider}`);
  await writeFile(file, ids.map((id) => `${id}\n`).join(''));
  const sandbox = await openSandbox(stage.dir, ['--users', String(PEOPLE), ...LIMITS]);
  try {
    const ms = await rival.run(stage, file, sandbox);
    const calls = (await sandbox.log()).length;
    const left = await sandbox.visible(rival.provider, ids);
    if (left.length > 0) throw new Error(`${rival.name} left ${left.join(', ')}`);
    return { ms, calls };
  } finally {
    await sandbox.close();
  }
}

function spent(ms: number, calls: number): string {
  return `${(ms / 1_000).toFixed(1)} s, ${calls} calls`;
}
