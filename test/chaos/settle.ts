import {
  type Evidence,
  documentsOf,
  receiptsOf,
  recordedCalls,
  recordedChains,
} from './evidence.ts';
import type { Played } from './play.ts';
import type { Ended, World } from './world.ts';

interface Status {
  schema: 'gdpr-status/1';
  request_id: string;
  state: string;
  steps: readonly { state: string; task_id: string | null }[];
}

const ALL = ['status', '--all', '--offline', '--limit', '1000000', '--json'];
const QUICK = ['--json', '--poll-interval', '5ms'];
const PASSES = 14;
/** How many requests are also asked for one by one. */
const SAMPLED = 4;

/** The ids of all requests of the ledger, oldest first, as the program itself lists them. */
export async function requestIds(world: World): Promise<string[]> {
  return (await statuses(world)).map((status) => status.request_id).toSorted();
}

async function statuses(world: World): Promise<Status[]> {
  const { out } = await world.run(ALL);
  return documentsOf<Status>(out, 'gdpr-status/1');
}

/**
 * Takes the faults away and carries on until nothing moves any more: `resume --failed`, and
 * `--resend` for what the receipts call in doubt.
 */
async function settle(world: World): Promise<Ended[]> {
  const { control } = world.sandbox;
  control.setFaults([]);
  control.open();
  const runs: Ended[] = [];
  let before = '';
  for (let pass = 0; pass < PASSES; pass += 1) {
    const last = await world.run(['resume', '--failed', ...(await patience(world)), ...QUICK]);
    runs.push(last);
    const doubtful = receiptsOf(last).filter(({ state }) => state === 'in_doubt');
    if (doubtful.length > 0) {
      const ids = doubtful.map((receipt) => receipt.request_id);
      runs.push(
        await world.run(['resume', '--resend', ...ids, ...(await patience(world)), ...QUICK]),
      );
    }
    const now = JSON.stringify((await statuses(world)).map(standing));
    if (now === before) return runs;
    before = now;
  }
  return runs;
}

/** What must not move any more: checks of a task that never ends do. */
function standing({ request_id: id, state, steps }: Status): unknown {
  return [id, state, steps.map((step) => [step.state, step.task_id])];
}

/** Whom a task holds up that never ends is not waited for long. */
async function patience(world: World): Promise<string[]> {
  const endless = new Set(
    world.sandbox.control.tasks().flatMap(({ id, endsAt }) => (endsAt === null ? [id] : [])),
  );
  const waits = (await statuses(world)).some(({ steps }) =>
    steps.some(({ state, task_id: taskId }) => state === 'accepted' && endless.has(taskId ?? '')),
  );
  return ['--timeout', waits ? '3s' : '60s'];
}

/** Everything to judge by: receipts as the program prints them, and the sandbox's own state. */
export async function gather(world: World, played: readonly Played[]): Promise<Evidence> {
  const settling = await settle(world);
  const ids = await requestIds(world);
  const final =
    ids.length === 0
      ? null
      : await world.run(['resume', ...ids, ...(await patience(world)), ...QUICK]);
  if (final !== null) settling.push(final);
  for (const id of ids.filter((_, index) => index % Math.ceil(ids.length / SAMPLED) === 0)) {
    settling.push(await world.run(['status', id, '--offline', '--json']));
  }
  settling.push(await world.run(ALL));
  return {
    world,
    played,
    settling,
    receipts: final === null ? [] : receiptsOf(final),
    calls: await recordedCalls(world),
    chains: await recordedChains(world),
    tasks: world.sandbox.control.tasks(),
  };
}
