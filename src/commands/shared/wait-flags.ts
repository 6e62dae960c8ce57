import { type Command, InvalidArgumentError } from 'commander';

/** How a command waits for the providers. Durations in ms. */
export interface WaitFlags {
  wait: boolean;
  timeout: number | null;
  pollInterval: number;
  /** Null: what the profile says. */
  rateShare: number | null;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Declares the flags of docs/spec.md 2 about waiting. */
export function declareWaitFlags(command: Command): Command {
  return command
    .optionsGroup('Waiting and pace:')
    .option('--wait', 'wait until the providers are done (default)')
    .option('--no-wait', 'leave once everything that can be sent is accepted')
    .option('--timeout <duration>', 'stop waiting after this; the work goes on', parseDuration)
    .option(
      '--poll-interval <duration>',
      'first interval between checks (default 2s, grows to 30s)',
      parseInterval,
    )
    .option(
      '--rate-share <0..1>',
      "how much of the providers' limits to use (default: the profile's, else 0.8)",
      parseShare,
    );
}

/** The flags as the run takes them, from commander's options. */
export function waitFlags(options: {
  wait?: boolean;
  timeout?: number;
  pollInterval?: number;
  rateShare?: number;
}): WaitFlags {
  return {
    wait: options.wait ?? true,
    timeout: options.timeout ?? null,
    pollInterval: options.pollInterval ?? 2_000,
    rateShare: options.rateShare ?? null,
  };
}

/** A duration such as `500ms`, `2s`, `1.5m`, `3h`, `1d`, in whole ms. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw new InvalidArgumentError('It is written like 500ms, 2s, 10m, 3h or 1d.');
  }
  return Math.round(Number(match[1]) * unit);
}

export function parseInterval(text: string): number {
  const interval = parseDuration(text);
  if (interval < 1) throw new InvalidArgumentError('The shortest interval is 1ms.');
  return interval;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share > 0 && share <= 1)) {
    throw new InvalidArgumentError('It is a number above 0 and at most 1.');
  }
  return share;
}
