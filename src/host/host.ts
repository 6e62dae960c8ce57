export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start, never set back; for durations. */
  monotonic(): number;
  /** Resolves after `ms`, or as soon as the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves when the running turn of the event loop is over. */
  turn(): Promise<void>;
}

/** A process that may hold a lease; enough to tell whether it still lives. */
export interface ProcessIdentity {
  host: string;
  boot: string;
  pid: number;
  /** When it started, in the system's own words: a pid alone is used again. */
  started: string;
}

/** An output stream: where text goes, and whether a person reads it there. */
export interface Output {
  write(text: string): void;
  /** Why what was written has not arrived, other than that its reader left; null: it has. */
  readonly fault: string | null;
  readonly isTTY: boolean;
  readonly columns: number;
  /** Whether it is a terminal that knows its width: on another one no line can be drawn anew. */
  readonly isSized: boolean;
  /** The stream itself, for libraries that draw on it. */
  readonly stream: NodeJS.WritableStream;
}

/** The input stream. */
interface Input {
  readonly isTTY: boolean;
  readonly stream: NodeJS.ReadableStream;
  /**
   * Calls `listener` when the process goes on after it was stopped (Ctrl-Z, then `fg`), before whoever
   * begins to listen later; answers with how to stop that.
   */
  onContinued(listener: () => void): () => void;
}

/** The world as far as the program uses it. The real one is made in `bin`, others in tests. */
export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The system user's name. */
  readonly user: string;
  readonly uid: number;
  /** The version of Node, such as `24.15.0`. */
  readonly node: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Input;
  readonly clock: Clock;
  /** In [0, 1). */
  random(): number;
  /** A new ULID. */
  newId(): string;
  readonly process: ProcessIdentity;
  /** Whether a process of this machine (same `host`) still runs. */
  isAlive(process: ProcessIdentity): boolean;
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP; `reason` is the exit code (130, 143, 129). */
  readonly stop: AbortSignal;
}
