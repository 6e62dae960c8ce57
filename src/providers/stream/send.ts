import { batchOf, onlySubject } from '../batch.ts';
import type { Outgoing } from '../provider.ts';
import type { StreamClient } from './client.ts';
import type { Reply } from './connection.ts';
import { feedDeletion, userDeletion } from './deletion.ts';
import { idOf } from './operations.ts';

/** The most users of a DeleteUsers or RestoreUsers call (OAS maxItems). */
const MOST = 100;

/**
 * Sends a call. An export goes for one subject alone, because the file of several could not be told
 * apart, and so does what is in the path. Options are asserted before anything leaves.
 */
export function send(call: Outgoing, client: StreamClient, signal: AbortSignal): Promise<Reply> {
  switch (idOf(call.operation)) {
    case 'ExportFeedUserData':
      return client.exportFeedUserData(onlySubject(call), signal);
    case 'ExportUsers':
      return client.exportUsers([onlySubject(call)], signal);
    case 'DeleteFeedUserData':
      return client.deleteFeedUserData(onlySubject(call), feedDeletion(call), signal);
    case 'DeleteUsers':
      return client.deleteUsers(batchOf(call, MOST), userDeletion(call), signal);
    case 'RestoreUsers':
      return client.restoreUsers(batchOf(call, MOST), signal);
  }
}
