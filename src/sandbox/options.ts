import type { FaultSpec } from './faults/table.ts';
import type { VendorName } from './operations.ts';

/** Time as the caller sees it: `now` in epoch ms; `sleep`, in ms, ends early when `gone` aborts. */
interface SandboxClock {
  now(): number;
  sleep(ms: number, gone?: AbortSignal): Promise<void>;
}

interface SandboxCredentials {
  stream: { apiKey: string; apiSecret: string };
  sendbird: { applicationId: string; apiToken: string };
}

/** What a call was about. */
export interface CallFacts {
  provider: VendorName;
  /** A name of `operations.ts`, `downloadFile`, or `unknown` for a path nobody serves. */
  operation: string;
  method: string;
  ids: readonly string[];
  taskId: string | null;
}

/**
 * One call as it was answered. `status` is null when no answer left (connection cut, or hanging).
 * No credential and no link signature is ever in it; user and task ids are.
 */
export interface CallLogEntry extends CallFacts {
  /** ISO 8601, when the call arrived. */
  at: string;
  path: string;
  status: number | null;
  fault: string | null;
  /** Body bytes that left, for downloads only. */
  bytes?: number;
}

export interface SandboxOptions {
  /** 0 = any free port. */
  port: number;
  /** Population and chance. */
  seed: number;
  /** How many numbered users exist beside the named ones. */
  users: number;
  /** Milliseconds from the start of a task to its end. */
  taskTime: number;
  /** Milliseconds added to every answer. */
  latency: number;
  /** Calls per second per operation instead of the documented limits; null = documented limits. */
  rate: number | null;
  faults: readonly FaultSpec[];
  credentials: SandboxCredentials;
  /** Milliseconds a signed link lives; default 24 h at Stream, 7 days at Sendbird. */
  linkTime?: number;
  clock: SandboxClock;
  log(entry: CallLogEntry): void;
}
