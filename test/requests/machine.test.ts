import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call, Step, StepState } from '../../src/requests/request.ts';
import { requestState } from '../../src/requests/state.ts';
import type { FoundTask, Submission } from '../../src/requests/transitions/answers.ts';
import type { Change } from '../../src/requests/transitions/change.ts';
import { collected, lastTry, linkLost } from '../../src/requests/transitions/collected.ts';
import { intend } from '../../src/requests/transitions/intended.ts';
import { type TaskNews, reported } from '../../src/requests/transitions/reported.ts';
import { mayRepeat, retried } from '../../src/requests/transitions/retried.ts';
import {
  SEARCHES,
  isLastSearch,
  missed,
  searched,
} from '../../src/requests/transitions/searched.ts';
import { doubted, sent } from '../../src/requests/transitions/sent.ts';
import { verified } from '../../src/requests/transitions/verified.ts';
import { FILE, T0, access, applied, fault, step as planStep } from './make.ts';

/** What the world answers at one turn; the step's state decides what it is asked. */
interface Turn {
  submission: Exclude<Submission, { kind: 'done' }>;
  /** The process dies after the intent is on disk. */
  crash: boolean;
  news: TaskNews;
  collection: Parameters<typeof collected>[2];
  visible: boolean;
  tasks: readonly FoundTask[];
  failed: boolean;
}

const error = fc
  .record({ passing: fc.boolean(), code: fc.constantFrom('task_failed', 'task_lost', 'file_cut') })
  .map(({ code, passing }) => fault(code, { passing }));
const status = fc.constantFrom('waiting', 'running', 'completed', 'failed', 'zombie');
const kinds = <const Kind extends string>(...all: Kind[]) =>
  fc.record({ kind: fc.constantFrom(...all), error });

const news: fc.Arbitrary<TaskNews> = fc.oneof(
  fc.record({ kind: fc.constant('running' as const), status }),
  fc.record({ kind: fc.constant('done' as const), status, results: fc.constant(null) }),
  fc.record({ kind: fc.constant('failed' as const), status, error }),
  fc.record({ kind: fc.constant('no_data' as const), status }),
  kinds('forgotten', 'unreadable'),
);
const anyTurn: fc.Arbitrary<Turn> = fc.record({
  submission: fc.oneof(
    fc.nat(99).map((n) => ({ kind: 'accepted' as const, taskId: `task-${n}`, status: null })),
    kinds('absent', 'refused', 'credentials', 'unsent', 'unavailable', 'lost'),
    fc.record({ kind: fc.constant('limited' as const), error, retryAt: fc.constant(null) }),
  ),
  crash: fc.boolean(),
  news,
  collection: fc.oneof(
    fc.record({
      kind: fc.constant('stored' as const),
      artifact: fc.constant(FILE),
      cut: fc.boolean(),
      recognised: fc.boolean(),
    }),
    kinds('bad', 'link_refused', 'no_link'),
    news.filter((each) => each.kind !== 'done'),
  ),
  visible: fc.boolean(),
  tasks: fc.array(
    fc.nat(99).map((n) => ({ taskId: `found-${n}`, createdAt: T0, status: 'processing' })),
    { maxLength: 2 },
  ),
  failed: fc.boolean(),
});

const LIVE: readonly StepState[] = ['planned', 'intended', 'accepted', 'reported', 'in_doubt'];
const OVER: readonly StepState[] = ['succeeded', 'failed', 'not_found'];

/** A step, its calls, and what was posted for it: as the ledger and the provider see it. */
interface World {
  step: Step;
  calls: Map<string, Call>;
  posts: number;
}

function write(world: World, change: Change): void {
  for (const call of change.calls ?? []) world.calls.set(call.id, call);
  for (const { id, patch } of change.callPatches ?? []) {
    const call = world.calls.get(id);
    if (call === undefined) throw new Error(`there is no call ${id}`);
    world.calls.set(id, { ...call, ...patch });
  }
  const before = world.step;
  world.step = applied(before, change);
  checkChange(before, world);
}

function checkChange(before: Step, { step: after, calls }: World): void {
  expect(after.attempts).toBeGreaterThanOrEqual(before.attempts);
  expect(after.checks).toBeGreaterThanOrEqual(before.checks);
  if (before.finishedAt !== null) expect(after.repeats).toBe(before.repeats + 1);
  if (before.taskId !== null && after.taskId !== before.taskId) {
    expect([...calls.values()].map(({ taskId }) => taskId)).toContain(before.taskId);
    const isSaid = after.note?.includes(before.taskId) === true;
    expect(isSaid || after.attempts > before.attempts).toBe(true);
  }
  expect(after.finishedAt !== null).toBe(
    OVER.includes(after.state) || (after.state === 'no_data' && after.finishedAt !== null),
  );
  expect([...LIVE, ...OVER, 'no_data']).toContain(after.state);
  expect(after.error !== null).toBe(after.state === 'failed');
  expect(after.artifacts.length > 0).toBe(after.state === 'succeeded');
  if (after.state === 'accepted' || after.state === 'reported') {
    expect(after.taskId).not.toBeNull();
    expect(calls.get(after.callId ?? '')).toMatchObject({
      taskId: after.taskId,
      state: 'accepted',
    });
  }
  expect(requestState([after]) === 'completed').toBe(after.state === 'succeeded' && after.whole);
}

type Move = (world: World, call: Call, turn: Turn, at: number) => void;

const moment = (at: number) => ({ at, random: 0.5, pollInterval: 2_000 });

const search: Move = (world, call, { tasks }, at) => {
  const isMissed = tasks.length === 0 && isLastSearch([world.step]);
  write(
    world,
    isMissed
      ? missed([world.step], true, at)
      : searched([world.step], call, tasks, `adopted-${at}`, moment(at)),
  );
};

function send(world: World, previous: Call | null, { crash, submission }: Turn, at: number): void {
  const { call, change } = intend([world.step], previous, `call-${at}`, at);
  write(world, change);
  world.posts += 1;
  if (!crash) write(world, sent([world.step], call, submission, moment(at), at + 1));
}

const MOVES: Partial<Record<StepState, Move>> = {
  intended: (world, call, _, at) => write(world, doubted([world.step], call, at, at)),
  in_doubt: search,
  accepted: (world, call, turn, at) =>
    write(world, reported([world.step], call, turn.news, moment(at))),
  no_data(world, _, { visible }, at) {
    const seen = visible ? 'visible' : 'not_visible';
    write(
      world,
      verified([{ step: world.step, known: true }], () => seen, moment(at)),
    );
  },
  reported: (world, call, { collection: end, visible }, at) => {
    const { step } = world;
    const isLost = end.kind === 'link_refused' && step.provider === 'sendbird' && lastTry(step);
    write(
      world,
      isLost ? linkLost(step, visible, end.error, at) : collected(step, call, end, moment(at)),
    );
  },
};

/** What the runner does with a step, by its state: see src/worker/jobs. */
function take(world: World, turn: Turn, at: number): void {
  const { step } = world;
  const call = world.calls.get(step.callId ?? '');
  if (step.finishedAt !== null) {
    const asked = { failed: turn.failed, resend: false };
    if (mayRepeat(step, asked)) write(world, retried([step], asked, at));
    return;
  }
  if (step.state === 'planned') {
    const mustSearch =
      call?.state === 'in_doubt' && step.provider === 'sendbird' && step.tries < SEARCHES;
    if (mustSearch) search(world, call, turn, at);
    else send(world, call ?? null, turn, at);
    return;
  }
  const move = MOVES[step.state];
  if (move === undefined || call === undefined) throw new Error(`stuck as ${step.state}`);
  move(world, call, turn, at);
}

describe.each([
  ['Stream', planStep()],
  ['Sendbird', access()],
])('any series of answers at %s', (_, planned) => {
  it('ends in a legal state, with every call counted and no task forgotten', () => {
    fc.assert(
      fc.property(fc.array(anyTurn, { maxLength: 40 }), (turns) => {
        const world: World = { step: planned, calls: new Map(), posts: 0 };
        for (const [index, each] of turns.entries()) take(world, each, T0 + index);
        expect(world.step.attempts).toBe(world.posts);
        const open = [...world.calls.values()].filter(({ state }) => state === 'in_doubt');
        // A doubt is never left behind: it is the step's present call or it was taken up.
        expect(open.every(({ id }) => id === world.step.callId)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
