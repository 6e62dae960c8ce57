import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Call, STEP_STATES, type Step, type StepState } from '../../src/requests/request.ts';
import { requestState } from '../../src/requests/state.ts';
import type { FoundTask, Submission } from '../../src/requests/transitions/answers.ts';
import type { Change } from '../../src/requests/transitions/change.ts';
import { intend } from '../../src/requests/transitions/intended.ts';
import {
  absenceLooked,
  isDoubtfulAbsence,
  restoreDenied,
} from '../../src/requests/transitions/refused.ts';
import { type TaskNews, reported } from '../../src/requests/transitions/reported.ts';
import {
  SEARCHES,
  isLastSearch,
  missed,
  searched,
} from '../../src/requests/transitions/searched.ts';
import { DOUBTS, doubted, isTooOld, left, sent } from '../../src/requests/transitions/sent.ts';
import { type Look, verified } from '../../src/requests/transitions/verified.ts';
import { T0, account, applied, fault, feeds, removal } from '../requests/make.ts';

/** What the world answers at one turn; the state of the steps decides what it is asked. */
interface Turn {
  submission: Submission;
  /** The process dies after the intent is on disk. */
  crash: boolean;
  news: TaskNews;
  looks: readonly Look[];
  tasks: readonly FoundTask[];
  /** Time that passes before it, ms. */
  pause: number;
}

const error = fc
  .record({
    passing: fc.boolean(),
    code: fc.constantFrom('task_failed', 'task_lost', 'refused', 'wrong_answer'),
    providerCode: fc.constantFrom(null, 4, 16),
  })
  .map(({ code, ...facts }) => fault(code, facts));
const kinds = <const Kind extends string>(...all: Kind[]) =>
  fc.record({ kind: fc.constantFrom(...all), error });
const status = fc.constantFrom('waiting', 'completed', 'failed', 'zombie');
const result = fc.oneof(
  fc.constant({ kind: 'ok' as const }),
  fc.record({ kind: fc.constant('failed' as const), error }),
);

const anyTurn: fc.Arbitrary<Turn> = fc.record({
  submission: fc.oneof(
    { weight: 3, arbitrary: fc.nat(99).map((n) => accepted(`task-${n}`)) },
    kinds('absent', 'refused', 'credentials', 'unsent', 'unavailable', 'lost'),
    fc.record({ kind: fc.constant('limited' as const), error, retryAt: fc.constant(null) }),
  ),
  crash: fc.boolean(),
  news: fc.oneof(
    fc.record({ kind: fc.constant('running' as const), status }),
    fc.record({
      kind: fc.constant('done' as const),
      status,
      results: fc
        .option(fc.dictionary(fc.constantFrom('ada', 'bob'), result))
        .map((all) => (all === null ? null : new Map(Object.entries(all)))),
    }),
    fc.record({ kind: fc.constant('failed' as const), status, error }),
    fc.record({ kind: fc.constant('no_data' as const), status }),
    kinds('forgotten', 'unreadable'),
  ),
  looks: fc.array(fc.constantFrom('visible', 'not_visible', 'not_checkable', 'unreadable'), {
    minLength: 3,
    maxLength: 3,
  }),
  tasks: fc.array(
    fc.nat(99).map((n) => ({ taskId: `found-${n}`, createdAt: T0, status: 'processing' })),
    { maxLength: 2 },
  ),
  pause: fc.constantFrom(1, 1_000, 4_000_000),
});

function accepted(taskId: string): Submission {
  return { kind: 'accepted', taskId, status: null };
}

/** The steps of one kind, their calls, and what is known of each step apart from the program. */
interface World {
  steps: Step[];
  calls: Map<string, Call>;
  posts: Map<string, number>;
  /** Somebody said yes to a call of the step: at once, by a task, or by its place in the list. */
  taken: Set<string>;
  /** Somebody said that the subject is not there. */
  absent: Set<string>;
}

const moment = (at: number) => ({ at, random: 0.5, pollInterval: 2_000 });

function write(world: World, change: Change): void {
  for (const call of change.calls ?? []) world.calls.set(call.id, call);
  for (const { id, patch } of change.callPatches ?? []) {
    const call = world.calls.get(id);
    if (call === undefined) throw new Error(`there is no call ${id}`);
    world.calls.set(id, { ...call, ...patch });
  }
  world.steps = world.steps.map((before) => {
    const isChanged = change.steps?.some(({ id }) => id === before.id) === true;
    const after = isChanged ? applied(before, change) : before;
    expect(illegal(before, after, world)).toEqual([]);
    return after;
  });
}

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'not_found', 'already_active']);

/** Why a step must not be as it is; empty: it may. */
function illegal(before: Step, after: Step, world: World): string[] {
  const { state, finishedAt, operation, doubts, callId, taskId, whole } = after;
  const isContradicted = state === 'reported' && !whole;
  // A restore takes nothing away: the look-up decides, and nobody counts.
  const most = operation === 'restore_users' ? Number.POSITIVE_INFINITY : DOUBTS;
  const call = world.calls.get(callId ?? '');
  const isRunning = call?.state === 'accepted' && call.taskId === taskId;
  const rules: readonly [string, boolean][] = [
    ['no state', STEP_STATES.includes(state)],
    ['changed after its end', before.finishedAt === null || before === after],
    ['an end without its instant', (finishedAt !== null) === (ENDED.has(state) || isContradicted)],
    ['too many doubts', doubts <= most],
    ['running without its call', state !== 'accepted' || isRunning],
    ...endRules(after, world),
  ];
  return rules.flatMap(([rule, holds]) => (holds ? [] : [`${state}: ${rule}`]));
}

/** What an end needs. */
function endRules(step: Step, { taken, absent }: World): [string, boolean][] {
  const { id, state, error: why, lookedAt, whole } = step;
  const isWell = (state === 'succeeded' && whole) || state === 'already_active';
  const isAbsent = state === 'not_found' || state === 'already_active';
  return [
    ['well without evidence', state !== 'succeeded' || taken.has(id) || absent.has(id)],
    ['well with an error', state !== 'succeeded' || why === null],
    ['absent without a word', !isAbsent || absent.has(id) || lookedAt !== null],
    ['failed without a reason', state !== 'failed' || why !== null],
    ['completed, and not well', (requestState([step]) === 'completed') === isWell],
  ];
}

function keyOf({ state, callId, batch }: Step): string {
  return JSON.stringify(state === 'planned' ? [state, batch] : [state, callId]);
}

/** Steps that go on together: those of a call, or those that may be sent in one. */
function groupOf({ steps }: World): Step[] {
  const open = steps.filter(({ finishedAt, blocked }) => finishedAt === null && !blocked);
  const [first] = open;
  if (first === undefined) return [];
  return open.filter((step) => keyOf(step) === keyOf(first));
}

function take(world: World, turn: Turn, at: number): void {
  const steps = groupOf(world);
  const [first] = steps;
  if (first === undefined) return;
  const call = world.calls.get(first.callId ?? '') ?? null;
  if (first.state === 'planned') return send(world, steps, call, turn, at);
  const move = MOVES[first.state];
  if (move === undefined || call === null) throw new Error(`stuck as ${first.state}`);
  move({ world, steps, call, turn, at });
}

interface Move {
  world: World;
  steps: Step[];
  call: Call;
  turn: Turn;
  at: number;
}

const MOVES: Partial<Record<StepState, (move: Move) => void>> = {
  intended: ({ world, steps, call, at }) => write(world, doubted(steps, call, at, at)),
  in_doubt({ world, steps, call, turn, at }) {
    if (call.operation === 'restore_users') seekRestored(world, steps, turn, at);
    else seek(world, steps, call, turn, at);
  },
  accepted({ world, steps, call, turn, at }) {
    write(world, reported(steps, call, turn.news, moment(at)));
    // The word about a task alone ends nothing well.
    const ends = namesakes(world, steps).map(({ state }) => state);
    expect(ends.filter((state) => state === 'succeeded' || state === 'not_found')).toEqual([]);
  },
  reported: ({ world, steps, turn, at }) => look(world, steps, turn, at),
  no_data: ({ world, steps, turn, at }) => look(world, steps, turn, at),
};

/** The steps as they are now. */
function namesakes({ steps: all }: World, steps: readonly Step[]): Step[] {
  return all.filter(({ id }) => steps.some((step) => step.id === id));
}

function send(world: World, steps: Step[], previous: Call | null, turn: Turn, at: number): void {
  const [first] = steps;
  if (first === undefined || heldBack(world, steps, previous, turn, at)) return;
  const same = steps.every(({ callId }) => callId === first.callId) ? previous : null;
  const { call, change } = intend(steps, same, `call-${at}`, at);
  write(world, change);
  for (const { id } of steps) world.posts.set(id, (world.posts.get(id) ?? 0) + 1);
  if (turn.crash) return;
  const isRestore = first.operation === 'restore_users';
  const answer: Submission =
    isRestore && turn.submission.kind === 'accepted' ? { kind: 'done' } : turn.submission;
  witness(world, steps, answer, isRestore);
  write(world, changeOf(namesakes(world, steps), call, answer, turn, at));
}

/** What the answer says about each, for the judge alone. */
function witness(world: World, steps: Step[], answer: Submission, isRestore: boolean): void {
  const isYes = answer.kind === 'accepted' || answer.kind === 'done';
  const isNo = answer.kind === 'absent' || (answer.kind === 'refused' && isRestore);
  for (const { id } of steps) {
    if (isYes) world.taken.add(id);
    if (isNo) world.absent.add(id);
  }
}

function changeOf(steps: Step[], call: Call, answer: Submission, turn: Turn, at: number): Change {
  const isRestore = call.operation === 'restore_users';
  if (answer.kind === 'refused' && isRestore && steps.length === 1) {
    return restoreDenied(steps, call, visibleOf(steps, turn), answer.error, at);
  }
  if (answer.kind === 'absent' && !isRestore && isDoubtfulAbsence(steps)) {
    return absenceLooked(steps, call, visibleOf(steps, turn), answer.error, at);
  }
  return sent(steps, call, answer, moment(at), at + 1);
}

function heldBack(world: World, steps: Step[], call: Call | null, turn: Turn, at: number): boolean {
  const [first] = steps;
  if (first === undefined || !steps.some(({ doubts }) => doubts > 0)) return false;
  if (first.operation === 'restore_users') return seekRestored(world, steps, turn, at);
  const isOld = steps.some((step) => isTooOld(step, at));
  if (first.operation === 'delete') {
    if (steps.every(({ tries }) => tries >= SEARCHES) && !isOld) return false;
    if (call !== null) seek(world, steps, call, turn, at);
    return true;
  }
  if (isOld) write(world, { at, steps: steps.map(({ id }) => ({ id, patch: left() })) });
  return isOld;
}

function seek(world: World, steps: Step[], call: Call, { tasks, looks }: Turn, at: number): void {
  if (tasks.length === 0 && isLastSearch(steps)) {
    return write(world, missed(steps, looks[0] === 'visible', at));
  }
  if (tasks.length > 0) for (const { id } of steps) world.taken.add(id);
  return write(world, searched(steps, call, tasks, `adopted-${at}`, moment(at)));
}

function seekRestored(world: World, steps: Step[], turn: Turn, at: number): boolean {
  const seen = visibleOf(steps, turn);
  const back = steps.filter(({ subjectId }) => seen.has(subjectId));
  const plan = { state: 'planned', nextAt: null, tries: 0 } as const;
  if (back.length > 0) {
    const members = back.map((step) => ({ step, known: true }));
    const away = steps.filter((step) => !back.includes(step));
    const change = verified(members, () => 'visible', moment(at));
    for (const { id } of back) world.taken.add(id);
    const rest = away.map(({ id }) => ({ id, patch: plan }));
    write(world, { ...change, steps: [...(change.steps ?? []), ...rest] });
    return true;
  }
  if (steps.every(({ state }) => state === 'planned')) return false;
  const patch = steps.every(({ tries }) => tries > 0) ? plan : { tries: 1 };
  write(world, { at, steps: steps.map(({ id }) => ({ id, patch })) });
  return true;
}

function look(world: World, steps: Step[], { looks }: Turn, at: number): void {
  const lookOf = ({ subjectId }: Step): Look => looks[SUBJECTS.indexOf(subjectId)] ?? 'visible';
  const known = looks[2] !== 'not_visible';
  const members = steps.map((step) => ({ step, known }));
  write(world, verified(members, lookOf, moment(at)));
}

function visibleOf(steps: readonly Step[], { looks }: Turn): ReadonlySet<string> {
  const seen = steps.filter(({ subjectId }) => looks[SUBJECTS.indexOf(subjectId)] === 'visible');
  return new Set(seen.map(({ subjectId }) => subjectId));
}

const SUBJECTS = ['ada', 'bob', 'eve'];

/** So many steps of one kind, of different people; some of whom nobody saw before. */
function cast(make: (more: Partial<Step>) => Step, count: number, unseen: number): Step[] {
  return SUBJECTS.slice(0, count).map((subjectId, at) =>
    make({
      id: `req_${at}/step`,
      requestId: `req_${at}`,
      subjectId,
      before: at < unseen ? 'not_visible' : 'visible',
    }),
  );
}

const restore = (more: Partial<Step>): Step =>
  account({ operation: 'restore_users', options: {}, ...more });

describe.each([
  ['feed data', feeds, 1],
  ['accounts at Stream', account, 3],
  ['accounts at Sendbird', removal, 3],
  ['a restore', restore, 3],
])('any series of answers about %s', (_, make, most) => {
  test('ends in a legal state, never well without its evidence, with every call counted', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(anyTurn, { maxLength: 60 }),
        fc.integer({ min: 1, max: most }),
        fc.nat(most),
        (turns, count, unseen) => {
          const steps = cast(make, count, unseen);
          const world: World = {
            steps,
            calls: new Map(),
            posts: new Map(),
            taken: new Set(),
            absent: new Set(),
          };
          let at = T0;
          for (const turn of turns) take(world, turn, (at += turn.pause));
          for (const step of world.steps) {
            expect(step.attempts).toBe(world.posts.get(step.id) ?? 0);
            ends.add(step.state);
          }
        },
      ),
      { numRuns: 1_500 },
    );
    expect([...ends]).toEqual(expect.arrayContaining(['succeeded', 'failed', 'not_found']));
  });

  test('once more is once: without a word from the provider nothing is sent a third time', () => {
    fc.assert(
      fc.property(
        fc.array(
          anyTurn.map((turn) => ({
            ...turn,
            pause: 1,
            submission: { kind: 'lost' as const, error: fault('answer_lost') },
            tasks: [],
            looks: ['visible', 'visible', 'visible'] as const,
          })),
          { minLength: 20, maxLength: 40 },
        ),
        (turns) => {
          const world: World = {
            steps: cast(make, 1, 0),
            calls: new Map(),
            posts: new Map(),
            taken: new Set(),
            absent: new Set(),
          };
          let at = T0;
          for (const turn of turns) take(world, turn, (at += turn.pause));
          const [step] = world.steps;
          if (step === undefined) throw new Error('nobody');
          expect(step.attempts).toBeLessThanOrEqual(2);
          expect(step.state).toBe(step.operation === 'restore_users' ? 'succeeded' : 'in_doubt');
        },
      ),
    );
  });
});
