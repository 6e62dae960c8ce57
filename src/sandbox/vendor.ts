import type { IncomingHttpHeaders } from 'node:http';
import type { FaultBook } from './faults/book.ts';
import type { ExportFile } from './files/export-file.ts';
import type { Links } from './files/store.ts';
import type { SandboxOptions } from './options.ts';
import type { Population } from './population/people.ts';
import type { VendorTask } from './tasks.ts';

/** What both vendors stand on. */
export interface World {
  options: SandboxOptions;
  /** Epoch milliseconds; makes task ids of two runs differ. */
  startedAt: number;
  population: Population;
  faults: FaultBook;
  links: Links;
}

/** An answer that refuses: the provider's status, error body and extra headers. */
export class ErrorAnswer extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(status: number, body: Record<string, unknown>, headers: Record<string, string> = {}) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** A call as it arrived, with its body still as text. */
export interface ReceivedCall {
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

export interface VendorAnswer {
  status: number;
  /** null = no body. */
  body: Record<string, unknown> | null;
  taskId?: string;
}

/** One provider behind the server. Errors are thrown as `ErrorAnswer`. */
export interface Vendor {
  /** What became of users, as far as anything did. */
  accounts: { get(id: string): object; ids(): string[] };
  /** Look-ups show the user. */
  visible(id: string): boolean;
  /** Deactivates or reactivates a user without a call. */
  setActive(id: string, active: boolean): void;
  /** Refuses wrong credentials. */
  authenticate(call: ReceivedCall): Promise<void>;
  /** Counts the call against its limit and gives the headers of its answer. */
  charge(operation: string, now: number): Record<string, string>;
  /** Does what ended up to now: deletions take effect here. */
  settle(now: number): void;
  /** null: no such operation. */
  handle(call: ReceivedCall): VendorAnswer | null;
  tasks(): VendorTask[];
  /** Whose data a task is about; empty for an unknown task. */
  subjects(taskId: string): readonly string[];
  file(taskId: string): ExportFile | null;
  /** The provider's own refusals, for faults and for what no handler answers. */
  refusals: {
    internal(): ErrorAnswer;
    unavailable(): ErrorAnswer;
    rateLimited(operation: string, now: number): ErrorAnswer;
    unauthorized(http401: boolean): ErrorAnswer;
    oneBadId(operation: string, id: string): ErrorAnswer;
    noSuchPath(path: string): ErrorAnswer;
  };
}
