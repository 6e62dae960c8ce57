import { DOWNLOAD } from '../operations.ts';
import type { CallFacts, SandboxOptions } from '../options.ts';

export interface CallRecord extends CallFacts {
  /** Path and query as they came. */
  url: string;
  /** Epoch milliseconds. */
  at: number;
}

/** The log of calls; whatever could be used as a credential stays out. */
export type RequestLog = ReturnType<typeof createRequestLog>;

export function createRequestLog(log: SandboxOptions['log']) {
  const counts = new Map<string, number>();
  return {
    write(record: CallRecord, status: number | null, fault: string | null, bytes?: number) {
      counts.set(record.operation, (counts.get(record.operation) ?? 0) + 1);
      log({
        at: new Date(record.at).toISOString(),
        provider: record.provider,
        operation: record.operation,
        method: record.method,
        path: withoutSecrets(record.url, record.operation),
        status,
        ids: record.ids,
        taskId: record.taskId,
        fault,
        ...(bytes === undefined ? {} : { bytes }),
      });
    },

    /** How often each operation was called since the start. */
    counts: (): Record<string, number> => Object.fromEntries(counts),
  };
}

/** A download keeps its path alone: its query is the signature. Calls lose `api_key`. */
function withoutSecrets(url: string, operation: string): string {
  const [path = '', query = ''] = url.split('?', 2);
  if (operation === DOWNLOAD) return path;
  const kept = query.split('&').filter((part) => part !== '' && !part.startsWith('api_key='));
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
}
