import { failure } from '../../http/exchange.ts';
import { createRedactor } from '../../http/redaction.ts';
import { isExport } from '../../requests/operations.ts';
import { notOurs } from '../batch.ts';
import { checkAll, createFresh } from '../check-all.ts';
import type { ProviderDeps } from '../connection.ts';
import type { Provider, RunningCall } from '../provider.ts';
import { type StreamAccount, createStreamClient } from './client.ts';
import { limitsOf } from './limits.ts';
import { look, lookUp } from './lookup.ts';
import { type TaskView, exportFile, idOf, reportOf, submit, taskOf } from './task.ts';

/** Stream behind the provider interface: exports, deletions, restores, and what can be seen. */
export function createStream(account: StreamAccount, deps: ProviderDeps): Provider {
  const { clock } = deps;
  const redactor = createRedactor();
  const client = createStreamClient(account, deps, redactor);
  const { connection } = client;
  const fresh = createFresh<TaskView>(clock);
  const view = async ({ taskId }: RunningCall, signal: AbortSignal): Promise<TaskView> =>
    taskOf(await client.getTask(taskId, signal), taskId);

  return {
    name: 'stream',
    account: `stream:${account.apiKey}@${account.origin}`,

    unlock: () => connection.unlock(),

    admit: (operation) => connection.limiterOf(idOf(operation)).admit(),

    turnAt: (operation) => connection.limiterOf(idOf(operation)).turnAt(),

    limitOf: (operation) => connection.limiterOf(idOf(operation)).limit,

    get calls() {
      return connection.calls;
    },

    submit: (call, signal) => submit(call, client, signal),

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
      return exportFile(seen.task, connection);
    },

    lookup: (subjectIds, signal) => lookUp(subjectIds, client, redactor, signal),

    look: (call, signal) => look(call, client, redactor, signal),

    async withdraw() {
      const message =
        'Stream has no way to withdraw what it has accepted: nothing was sent, and its task goes on';
      return { kind: 'too_late', error: failure('refused', message) };
    },

    limits: (operations, signal) => limitsOf(operations, client, clock, signal),

    async search() {
      return { kind: 'unsearchable' };
    },

    renewCredentials: () => account.apiSecret.renew(),
  };
}
