import { describe, expect, test } from 'vitest';
import { papers, statesOf, workCalls } from './receipts.ts';
import { setStage } from './stage.ts';

/** The calls that start work, counted: feeds, accounts, Sendbird. */
type Calls = [number, number, number];

interface Case {
  fault: string;
  exit: number;
  state: string;
  odd?: Record<string, string>;
  calls?: Calls;
  says?: string;
}

const REPEATED = 'repeated: an earlier call got no clear answer';
const FOUND = "found in the provider's list";

/** docs/spec.md 4, In doubt, row by row, and the faults at each call beside it. */
const CASES: readonly Case[] = [
  // Stream deletions: once more, same body; in doubt when that is lost too.
  {
    fault: 'answer-lost@deleteFeedUserData=1',
    exit: 0,
    state: 'completed',
    calls: [2, 1, 1],
    says: REPEATED,
  },
  { fault: 'reset@deleteUsers=1', exit: 0, state: 'completed', calls: [1, 2, 1], says: REPEATED },
  {
    fault: 'reset@deleteFeedUserData',
    exit: 7,
    state: 'in_doubt',
    odd: { delete_feeds: 'in_doubt', delete_users: 'not_sent' },
    calls: [2, 0, 1],
  },
  {
    fault: 'reset@deleteUsers',
    exit: 7,
    state: 'in_doubt',
    odd: { delete_users: 'in_doubt' },
    calls: [1, 2, 1],
  },
  // Sendbird: adopted from the list; sent once more when it is not there and the user still is.
  {
    fault: 'answer-lost@registerGdprDelete',
    exit: 0,
    state: 'completed',
    calls: [1, 1, 1],
    says: FOUND,
  },
  {
    fault: 'bad-json@registerGdprDelete',
    exit: 0,
    state: 'completed',
    calls: [1, 1, 1],
    says: FOUND,
  },
  {
    fault: 'reset@registerGdprDelete=1',
    exit: 0,
    state: 'completed',
    calls: [1, 1, 2],
    says: REPEATED,
  },
  {
    fault: 'reset@registerGdprDelete',
    exit: 7,
    state: 'in_doubt',
    odd: { delete: 'in_doubt' },
    calls: [1, 1, 2],
  },
  // Refusals that pass, faults that are told, credentials.
  {
    fault: 'http-500@deleteUsers=1',
    exit: 0,
    state: 'completed',
    calls: [1, 2, 1],
    says: REPEATED,
  },
  {
    fault: 'edge-text@deleteFeedUserData=1',
    exit: 0,
    state: 'completed',
    calls: [2, 1, 1],
    says: REPEATED,
  },
  {
    fault: 'http-503@deleteUsers',
    exit: 5,
    state: 'open',
    odd: { delete_users: 'planned' },
    calls: [1, 2, 1],
  },
  {
    fault: 'http-500@registerGdprDelete',
    exit: 5,
    state: 'open',
    odd: { delete: 'planned' },
    calls: [1, 1, 2],
  },
  {
    fault: 'unauthorized@deleteUsers',
    exit: 4,
    state: 'open',
    odd: { delete_users: 'planned' },
    calls: [1, 2, 1],
  },
  {
    fault: 'unauthorized@registerGdprDelete',
    exit: 4,
    state: 'open',
    odd: { delete: 'planned' },
    calls: [1, 1, 2],
  },
  // Tasks.
  {
    fault: 'task-fails@deleteFeedUserData',
    exit: 3,
    state: 'partial',
    odd: { delete_feeds: 'failed task_failed', delete_users: 'not_sent' },
    calls: [1, 0, 1],
  },
  {
    fault: 'task-fails@deleteUsers',
    exit: 3,
    state: 'partial',
    odd: { delete_users: 'failed task_failed' },
  },
  { fault: 'task-fails-then-completes', exit: 0, state: 'completed' },
  { fault: 'task-unknown-status', exit: 0, state: 'completed' },
  {
    fault: 'task-forgotten@deleteUsers',
    exit: 0,
    state: 'completed',
    says: 'the look-up shows that it ran',
  },
  {
    fault: 'task-forgotten@registerGdprDelete',
    exit: 0,
    state: 'completed',
    says: 'the look-up shows that it ran',
  },
  {
    fault: 'no-data@registerGdprDelete',
    exit: 3,
    state: 'partial',
    odd: { delete: 'failed no_data' },
  },
  { fault: 'wrong-shape@getTask=1', exit: 0, state: 'completed' },
  { fault: 'reset@getTask=2', exit: 0, state: 'completed' },
];

/** Each fault once at each call that starts work: all of it ends well, and so many calls are made. */
const ONCE = ['deleteFeedUserData', 'deleteUsers', 'registerGdprDelete'].flatMap((operation, at) =>
  [
    'reset',
    'edge-text',
    'http-500',
    'http-503',
    'http-429',
    'unauthorized',
    'unauthorized-401',
    'answer-lost',
    'bad-json',
    'wrong-shape',
  ].map((fault): Case => {
    const calls: Calls = [1, 1, 1];
    const tookEffect = ['answer-lost', 'bad-json', 'wrong-shape'].includes(fault);
    // What took effect at Sendbird is found in its list, and not sent again.
    if (!(tookEffect && operation === 'registerGdprDelete')) calls[at] = 2;
    return { fault: `${fault}@${operation}=1`, exit: 0, state: 'completed', calls };
  }),
);

const DONE = { delete_feeds: 'succeeded', delete_users: 'succeeded', delete: 'succeeded' };

describe('an erase under a fault ends as it truly did', () => {
  test.each([...ONCE, ...CASES])(
    '$fault: exit $exit',
    async ({ fault, exit, state, odd = {}, calls = [1, 1, 1], says = '' }) => {
      const stage = await setStage({ faults: [fault], rate: 1000 });
      const { code, paper } = await papers(stage, ['erase', 'ada', '--hard', '--yes']);
      expect({ exit: code, state: paper.state, steps: statesOf(paper) }).toEqual({
        exit,
        state,
        steps: { ...DONE, ...odd },
      });
      const made = ['deleteFeedUserData', 'deleteUsers', 'registerGdprDelete'].map(stage.calls);
      expect(made).toEqual(calls);
      expect(paper.steps.map(({ note }) => note).join('\n')).toContain(says);
      expect(paper.erasure).toBe(state === 'completed' ? 'erased' : null);
    },
  );

  test('the call that is sent once more has the same body', async () => {
    // At the true pace: calls that seem to take long would be filled less.
    const stage = await setStage({
      faults: ['answer-lost@deleteUsers=1'],
      rate: 1000,
      users: 20,
    });
    const people = stage.sandbox.control.idsAtBoth(12);
    const { code } = await papers(stage, ['erase', ...people, '--hard', '--yes']);
    expect(code).toBe(0);
    const sent = stage.log.filter(({ operation }) => operation === 'deleteUsers');
    expect(sent).toHaveLength(2);
    expect(sent[1]?.ids).toEqual(sent[0]?.ids);
    expect(sent[0]?.ids).toHaveLength(12);
  });

  test('in doubt at Stream: resume sends nothing by itself, --resend does', async () => {
    const stage = await setStage({ faults: ['reset@deleteUsers'] });
    const { paper } = await papers(stage, ['erase', 'ada', '--hard', '--yes']);
    stage.sandbox.control.setFaults([]);
    const resumed = await papers(stage, ['resume']);
    expect([resumed.code, resumed.paper.state]).toEqual([7, 'in_doubt']);
    expect(stage.calls('deleteUsers')).toBe(2);
    expect(resumed.err).toContain(`--resend ${paper.request_id}`);
    const resent = await papers(stage, ['resume', '--resend', paper.request_id]);
    expect([resent.code, resent.paper.state]).toEqual([0, 'completed']);
    expect(stage.calls('deleteUsers')).toBe(3);
  });

  test('in doubt at Sendbird: resume searches its list again', async () => {
    const stage = await setStage({ faults: ['reset@registerGdprDelete'] });
    await papers(stage, ['erase', 'ada', '--provider', 'sendbird', '--yes']);
    stage.sandbox.control.setFaults([]);
    const searches = stage.calls('listGdprRequests');
    const { code } = await papers(stage, ['resume']);
    expect(code).toBe(7);
    expect(stage.calls('registerGdprDelete')).toBe(2);
    expect(stage.calls('listGdprRequests')).toBeGreaterThan(searches);
  });

  test('a passing failure is repeated by resume, and feed data that failed free the account again', async () => {
    const stage = await setStage({ faults: ['task-fails@deleteFeedUserData=1'] });
    const { code } = await papers(stage, ['erase', 'ada', '--hard', '--yes']);
    expect(code).toBe(3);
    const { code: then, paper } = await papers(stage, ['resume', '--failed']);
    expect([then, statesOf(paper)]).toEqual([0, DONE]);
    expect(workCalls(stage).filter((each) => each === 'deleteUsers')).toHaveLength(1);
  });
});
