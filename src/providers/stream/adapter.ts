import { failure } from '../../http/exchange.ts';
import { createRedactor } from '../../http/redaction.ts';
import { isExport } from '../../requests/operations.ts';
import { checkAll } from '../check-all.ts';
import { unlock } from '../credentials.ts';
import type { ProviderDeps } from '../deps.ts';
import { createFresh } from '../fresh.ts';
import { notOurs } from '../not-ours.ts';
import type { Provider, RunningCall } from '../provider.ts';
import { createStreamClient } from './client.ts';
import { type StreamAccount, createStreamConnection } from './connection.ts';
import { STREAM, outcomeOf } from './denial.ts';
import { exportFile } from './export-file.ts';
import { limitsOf } from './limits.ts';
import { look } from './look.ts';
import { lookUp } from './lookup.ts';
import { idOf } from './operations.ts';
import { restorationOf, send, submissionOf } from './submit.ts';
import { type TaskView, reportOf, taskOf } from './task.ts';

/** Stream behind the provider interface: exports, deletions, restores, and what can be seen. */
export function createStream(account: StreamAccount, deps: ProviderDeps): Provider {
  const { http, clock } = deps;
  const redactor = createRedactor();
  const connection = createStreamConnection(account, deps, redactor);
  const client = createStreamClient(connection);
  const fresh = createFresh<TaskView>(clock);

  const view = async (call: RunningCall, signal: AbortSignal): Promise<TaskView> => {
    const reply = await client.getTask(call.taskId, signal);
    return taskOf(outcomeOf(reply, redactor, clock.now()), call.taskId);
  };

  return {
    name: 'stream',
    account: `stream:${account.apiKey}@${account.origin}`,

    unlock: () => unlock(account.apiSecret, STREAM, redactor),

    admit: (operation) => connection.laneOf(idOf(operation)).admit(),

    turnAt: (operation) => connection.laneOf(idOf(operation)).turnAt(),

    limitOf: (operation) => connection.laneOf(idOf(operation)).limit,

    get calls() {
      return connection.calls;
    },

    async submit(call, signal) {
      const reply = await send(call, client, signal);
      const outcome = outcomeOf(reply, redactor, clock.now());
      const read = call.operation === 'restore_users' ? restorationOf : submissionOf;
      return read(outcome, call.subjectIds);
    },

    checksMany: false,

    check: (calls, signal) =>
      checkAll(calls, async (call) => {
        const seen = await view(call, signal);
        const report = reportOf(seen, call, redactor);
        if (report.kind === 'done' && isExport(call.operation)) fresh.keep(call.taskId, seen);
        return report;
      }),

    async collect(call, signal) {
      const seen = fresh.take(call.taskId) ?? (await view(call, signal));
      const report = reportOf(seen, call, redactor);
      if (report.kind !== 'done') return report;
      if (seen.kind !== 'task') throw notOurs('a task that is done was not seen');
      return exportFile(seen.task, http, account.origin);
    },

    lookup: (subjectIds, signal) => lookUp(subjectIds, client, redactor, clock, signal),

    look: (call, signal) => look(call, { client, redactor, clock }, signal),

    async withdraw() {
      const message =
        'Stream has no way to withdraw what it has accepted: nothing was sent, and its task goes on';
      return { kind: 'too_late', error: failure('refused', message) };
    },

    limits: (operations, signal) =>
      limitsOf(operations, { client, connection, redactor, clock }, signal),

    async search() {
      return { kind: 'unsearchable' };
    },

    renewCredentials: () => account.apiSecret.renew(),
  };
}
