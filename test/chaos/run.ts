import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkClaims } from './checks/claims.ts';
import { checkDeletions } from './checks/deletions.ts';
import { checkEnds } from './checks/ends.ts';
import { checkExits } from './checks/exits.ts';
import { checkFiles } from './checks/files.ts';
import { checkTasks } from './checks/tasks.ts';
import type { Evidence, Violation } from './evidence.ts';
import { type Played, playRound } from './play.ts';
import type { Act } from './script.ts';
import { gather, requestIds } from './settle.ts';
import { type World, openWorld } from './world.ts';

/** What came of an act; `folder`: where to look, when there is something to look into. */
export interface Outcome {
  rounds: number;
  commands: number;
  kills: number;
  /** Signals that asked it to stop. */
  stops: number;
  /** Calls, tasks and files that a fault of the sandbox has hit. */
  faults: number;
  /** In which state each request has ended. */
  ends: readonly string[];
  /** Calls that the sandbox answered, or left without an answer. */
  calls: number;
  violations: readonly Violation[];
  folder: string | null;
}

/** Plays an act and judges it. What cannot be judged, because it broke off, is a violation too. */
export async function playAct(act: Act): Promise<Outcome> {
  const world = await openWorld(act);
  const knowsCancel = /^ *cancel /m.test((await world.run(['--help'])).out);
  const played: Played[] = [];
  let faults = 0;
  for (const [index, round] of act.rounds.entries()) {
    const commands = round.commands.filter(({ order }) => order !== 'cancel' || knowsCancel);
    const isNamed = commands.some(({ names }) => names.length > 0);
    const known = isNamed ? await requestIds(world) : [];
    const { played: now, hits } = await playRound(world, { ...round, commands }, index + 1, known);
    played.push(...now);
    faults += hits;
  }
  const evidence = await gather(world, played);
  const violations = await judge(evidence);
  const isKept = violations.length > 0;
  if (isKept) await keep(evidence, violations);
  await world.strike(isKept);
  const sent = played.flatMap((each) => each.sent.slice(0, 1));
  const kills = sent.filter((signal) => signal === 'SIGKILL').length;
  return {
    rounds: act.rounds.length,
    commands: played.length,
    kills,
    stops: sent.length - kills,
    faults,
    ends: evidence.receipts.map(({ state }) => state),
    calls: world.log.length,
    violations,
    folder: isKept ? world.dir : null,
  };
}

async function judge(evidence: Evidence): Promise<Violation[]> {
  return [
    ...checkExits(evidence),
    ...checkEnds(evidence),
    ...checkDeletions(evidence),
    ...checkTasks(evidence),
    ...checkClaims(evidence),
    ...(await checkFiles(evidence)),
  ];
}

/** Leaves what the verdict was made from beside the ledger and the bundles. */
async function keep(evidence: Evidence, violations: readonly Violation[]): Promise<void> {
  const { world, played, settling, receipts, calls, tasks } = evidence;
  await keepLines(world, 'violations.jsonl', violations);
  await keepLines(world, 'commands.jsonl', [...played, ...settling]);
  await keepLines(world, 'receipts.jsonl', receipts);
  await keepLines(world, 'calls.jsonl', calls);
  await keepLines(world, 'tasks.jsonl', tasks);
  await keepLines(world, 'sandbox.jsonl', world.log);
}

async function keepLines({ dir }: World, name: string, rows: readonly unknown[]): Promise<void> {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await writeFile(join(dir, name), text, { mode: 0o600 });
}
