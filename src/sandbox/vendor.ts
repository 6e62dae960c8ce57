import type { IncomingHttpHeaders } from 'node:http';
import type { ExportFile } from './files/export-file.ts';
import type { Provider } from './provider.ts';
import type { Refusal } from './refusal.ts';

/** A call as it arrived, with its body still as text. */
export interface Call {
  operation: string;
  params: Record<string, string>;
  query: URLSearchParams;
  /** As sent, without the question mark. */
  rawQuery: string;
  body: string;
  headers: IncomingHttpHeaders;
  /** Epoch milliseconds. */
  now: number;
}

export interface Answer {
  status: number;
  /** null = no body. */
  body: Record<string, unknown> | null;
  taskId?: string;
}

export type Handler = (call: Call) => Answer;

export interface Charge {
  headers: Record<string, string>;
  refusal: Refusal | null;
}

export interface TaskSummary {
  provider: Provider;
  id: string;
  operation: string;
  userIds: readonly string[];
  /** Epoch milliseconds. */
  createdAt: number;
  endsAt: number | null;
  settled: boolean;
  faults: readonly string[];
}

/** One provider behind the server. Errors are thrown as `Refusal`. */
export interface Vendor {
  /** Refuses wrong credentials. */
  authenticate(call: Call): Promise<void>;
  /** Counts the call against its limit and gives the headers of its answer. */
  charge(operation: string, now: number): Charge;
  /** Does what ended up to now: deletions take effect here. */
  settle(now: number): void;
  handlers: Readonly<Record<string, Handler>>;
  tasks(): TaskSummary[];
  /** Whose data a task is about; empty for an unknown task. */
  subjects(taskId: string): readonly string[];
  file(taskId: string): ExportFile | null;
  /** The provider's own refusals, for faults and for what no handler answers. */
  refusals: {
    internal(): Refusal;
    unavailable(): Refusal;
    rateLimited(operation: string, now: number): Refusal;
    unauthorized(http401: boolean): Refusal;
    oneBadId(operation: string, id: string): Refusal;
    noSuchPath(path: string): Refusal;
  };
}
