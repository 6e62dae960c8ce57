import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from './commands.ts';
import type { Instant } from './ends.ts';
import type { Round } from './script.ts';
import type { Ended, Process, World } from './world.ts';

/** A command that was played, and what was seen of it. */
export interface Played {
  round: number;
  command: Command;
  faults: readonly string[];
  ended: Ended;
  /** The signals that it was sent while it ran. */
  sent: readonly NodeJS.Signals[];
  /** Whether another command ran beside it. */
  together: boolean;
  /** The calls that were logged while it ran, its neighbour's included: places in the log. */
  calls: readonly [from: number, to: number];
  /** When it was begun: the answer of an earlier one's call may be logged while it runs. */
  begunAt: string;
}

const QUICK = ['--json', '--poll-interval', '5ms'];
const UNPOLLED: ReadonlySet<string> = new Set(['status', 'cancel']);

/** The words of a command line, with the requests of the ledger that it names. */
function argsOf({ order, args, names }: Command, known: readonly string[]): string[] {
  const named = names.flatMap((place) => known[Math.floor(place * known.length)] ?? []);
  return [...args, ...new Set(named), ...(UNPOLLED.has(order) ? ['--json'] : QUICK)];
}

/**
 * Plays one round: sets the faults, starts the commands, sends the signals. `known`: request ids;
 * `hits`: how often a fault happened.
 */
export async function playRound(
  world: World,
  { faults, commands }: Round,
  round: number,
  known: readonly string[],
): Promise<{ played: Played[]; hits: number }> {
  const { control } = world.sandbox;
  const gates = commands.flatMap(({ end }) =>
    end.kind === 'signal' && end.at.kind === 'gate' ? [`${end.at.fault}@${end.at.scope}`] : [],
  );
  control.setFaults([...gates, ...faults]);
  const together = commands.length > 1;
  const from = world.log.length;
  const begunAt = new Date().toISOString();
  const played = await Promise.all(
    commands.map(async (command) => {
      const { ended, sent } = await playCommand(world, command, argsOf(command, known));
      return { round, command, faults, ended, sent, together };
    }),
  );
  // A gate only chooses an instant: what it holds is no fault.
  const hits = control
    .faults()
    .filter(({ name }) => !name.startsWith('hold'))
    .reduce((sum, { happened }) => sum + happened, 0);
  control.setFaults([]);
  control.open();
  const calls = [from, world.log.length] as const;
  return { played: played.map((each) => ({ ...each, calls, begunAt })), hits };
}

async function playCommand(
  world: World,
  { end }: Command,
  args: readonly string[],
): Promise<{ ended: Ended; sent: readonly NodeJS.Signals[] }> {
  const over = new AbortController();
  const reached = end.kind === 'signal' ? reach(world, end.at, over.signal) : null;
  const process = world.start(args);
  const sent: NodeJS.Signals[] = [];
  let isOver = false;
  void process.ended.then(() => (isOver = true));
  if (end.kind === 'signal' && reached !== null) {
    await Promise.race([reached, process.ended]);
    if (!isOver) sent.push(...send(process, end.signal, end.times));
    // What was held for this one is let go; the process that asked may live on.
    if (end.at.kind === 'gate') world.sandbox.control.open(end.at.scope);
  }
  const ended = await process.ended;
  over.abort();
  return { ended, sent };
}

function send(process: Process, signal: NodeJS.Signals, times: number): NodeJS.Signals[] {
  return Array.from({ length: times }, () => {
    process.kill(signal);
    return signal;
  });
}

async function reach(world: World, at: Instant, over: AbortSignal): Promise<void> {
  if (at.kind === 'gate') {
    await world.sandbox.control.waitForHeld(at.scope);
    return;
  }
  if (at.kind === 'calls') await world.afterCalls(at.count);
  await wait(at.delay, undefined, { signal: over }).catch(() => undefined);
}
