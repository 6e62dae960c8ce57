import { createRedactor } from '../../http/redaction.ts';
import type { ProviderDeps } from '../deps.ts';
import { notOurs } from '../not-ours.ts';
import type { Operation } from '../../requests/request.ts';
import type { Outgoing, Provider, RunningCall } from '../provider.ts';
import { unlock } from '../unlock.ts';
import { checkAll } from '../check-all.ts';
import { type Reply, type StreamAccount, createStreamClient } from './client.ts';
import { STREAM, outcomeOf } from './denial.ts';
import { exportFile } from './export-file.ts';
import { lookUp } from './lookup.ts';
import { submissionOf } from './submission.ts';
import { type TaskView, reportOf, taskOf } from './task.ts';

/** Stream behind the provider interface: exports, their tasks, and which users can be seen. */
export function createStream(account: StreamAccount, deps: ProviderDeps): Provider {
  const { http, clock } = deps;
  const redactor = createRedactor();
  const client = createStreamClient(account, deps, redactor);

  const send = (call: Outgoing, signal: AbortSignal): Promise<Reply> => {
    switch (idOf(call.operation)) {
      case 'ExportFeedUserData':
        return client.exportFeedUserData(onlySubject(call), signal);
      case 'ExportUsers':
        return client.exportUsers([onlySubject(call)], signal);
    }
  };

  const view = async (call: RunningCall, signal: AbortSignal): Promise<TaskView> => {
    const reply = await client.getTask(call.taskId, signal);
    return taskOf(outcomeOf(reply, redactor, clock.now()), call.taskId);
  };

  return {
    name: 'stream',
    account: `stream:${account.apiKey}@${account.origin}`,

    unlock: () => unlock(account.apiSecret, STREAM, redactor),

    admit: (operation) => client.admit(idOf(operation)),

    async submit(call, signal) {
      const reply = await send(call, signal);
      return submissionOf(outcomeOf(reply, redactor, clock.now()), call.subjectIds);
    },

    check: (calls, signal) =>
      checkAll(calls, async (call) => reportOf(await view(call, signal), redactor)),

    async collect(call, signal) {
      const seen = await view(call, signal);
      const report = reportOf(seen, redactor);
      if (report.kind !== 'done') return report;
      if (seen.kind !== 'task') throw notOurs('a task that is done was not seen');
      return exportFile(seen.task, http, account.origin);
    },

    lookup: (subjectIds, signal) => lookUp(subjectIds, client, redactor, clock, signal),

    async search() {
      return { kind: 'unsearchable' };
    },

    renewCredentials: () => account.apiSecret.renew(),
  };
}

/** Stream's own name of an operation. */
function idOf(operation: Operation): 'ExportFeedUserData' | 'ExportUsers' {
  switch (operation) {
    case 'export_feeds':
      return 'ExportFeedUserData';
    case 'export_users':
      return 'ExportUsers';
    case 'delete_feeds':
    case 'delete_users':
    case 'restore_users':
    case 'access':
    case 'delete':
      throw notOurs(`Stream cannot be asked for ${operation}`);
  }
}

/** An export goes for one subject a call: the file of several could not be told apart. */
function onlySubject({ operation, subjectIds }: Outgoing): string {
  const [id, ...others] = subjectIds;
  if (id === undefined || others.length > 0) {
    throw notOurs(`${operation} takes one subject a call, not ${subjectIds.length}`);
  }
  return id;
}
