import type { CallLogEntry } from '../../src/sandbox/sandbox.ts';
import { runBatch } from './batch.ts';
import { type Finding, judge } from './figures.ts';
import type { Stage } from './stage.ts';

const PEOPLE = 1_000;
const MINUTE = 60_000;
const TASK_TIME = 3 * MINUTE;
const MOST = 0.02;
const CHECKS = new Set(['listGdprRequests', 'viewGdprRequest']);

/** How often Sendbird is asked about 1,000 requests that are all outstanding, minute by minute. */
export async function measureChecks(stage: Stage): Promise<Finding> {
  const { calls } = await runBatch(stage, 'export', PEOPLE, {
    flags: ['--provider', 'sendbird'],
    sandbox: ['--task-time', `${TASK_TIME}ms`],
  });
  const registered = calls.filter(isRegistration).map(atOf);
  const first = Math.min(...registered);
  const last = Math.max(...registered);
  const isAll = registered.length === PEOPLE && last - first < MINUTE;
  if (!isAll) throw new Error(`${registered.length} were registered in ${last - first} ms`);
  const rows = [1, 2, 3].map((minute) => {
    const from = first + (minute - 1) * MINUTE;
    const made = calls.filter(
      (call) => CHECKS.has(call.operation) && atOf(call) >= from && atOf(call) < from + MINUTE,
    ).length;
    const each = made / PEOPLE;
    const aim = minute === 1 ? [] : ['', judge(`at most ${MOST}`, each <= MOST)];
    return [`minute ${minute}`, `${each.toFixed(3)} a subject (${made} calls)`, ...aim];
  });
  return {
    title: `Checks at Sendbird while ${PEOPLE.toLocaleString('en-US')} requests are outstanding, ${TASK_TIME / MINUTE} minutes`,
    rows,
    notes: [],
    complete: true,
  };
}

function isRegistration({ operation, status }: CallLogEntry): boolean {
  return operation === 'registerGdprAccess' && status === 200;
}

function atOf({ at }: CallLogEntry): number {
  return Date.parse(at);
}
