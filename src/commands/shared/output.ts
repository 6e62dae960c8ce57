import { relative } from 'node:path';
import type { App, GlobalFlags } from '../../app.ts';
import type { LastWords } from '../../report/ending/last-words.ts';
import {
  type Extent,
  type Progress,
  plainProgress,
  silent,
  spinnerProgress,
  warnOfLongWait,
} from '../../report/progress/progress.ts';
import { receiptText } from '../../report/receipt/receipt-text.ts';
import { paintFor, plainPaint, wrap } from '../../report/text.ts';
import { PROVIDER, duration, shellWord } from '../../report/words.ts';
import { calendarDay } from '../../requests/deadline.ts';
import type { Receipt } from '../../requests/receipt.ts';
import type { ProviderName } from '../../requests/request.ts';

/** How the progress of a run is told: a spinner, plain lines, or not at all. */
export async function progressOf(
  { host, flags }: App,
  waits: boolean,
  extent: Extent,
): Promise<Progress> {
  if (flags.quiet) return silent;
  const drawn = host.stderr.isSized && host.env['TERM'] !== 'dumb' && !flags.verbose && !flags.json;
  const progress = drawn
    ? await spinnerProgress(host.stderr, host.clock, extent)
    : plainProgress(host.stderr, host.clock, extent);
  return waits ? warnOfLongWait(progress) : progress;
}

/** Waits for a rate limit that are shorter are not worth a word, ms. */
const WORTH_SAYING = 5_000;

/** Says, once a provider, that calls wait for its rate limit. */
export function rateLimitTeller(progress: Progress): (provider: ProviderName, ms: number) => void {
  const told = new Set<ProviderName>();
  return (provider, ms) => {
    if (ms < WORTH_SAYING || told.has(provider)) return;
    told.add(provider);
    progress.say(`Waiting for ${PROVIDER[provider]}'s rate limit, about ${duration(ms)}.`);
  };
}

/** Says what did not end well and what to do next: text, or `gdpr-error/1` with `--json`. */
export function printLastWords(words: LastWords & { exit: number }, { host, flags }: App): void {
  const { code, exit, requestIds } = words;
  const [message, next] = [asCalled(words.message, flags), asCalled(words.next, flags)];
  const error = { schema: 'gdpr-error/1', code, exit, message, next, request_ids: requestIds };
  // What is to be done next holds commands to be copied: it is not broken.
  const said = host.stderr.isTTY ? wrap(message).join('\n') : message;
  host.stderr.write(flags.json ? `${JSON.stringify(error)}\n` : `${said}\n${next}\n`);
}

/** How a command is called so that it finds the same profile and ledger: `gdpr --profile sandbox`. */
export function invocation({ profile, config, stateDir }: GlobalFlags): string {
  const given = { '--profile': profile, '--config': config, '--state-dir': stateDir };
  const words = Object.entries(given).flatMap(([flag, value]) =>
    value === null ? [] : [flag, shellWord(value)],
  );
  return ['gdpr', ...words].join(' ');
}

/** The command as it was called, to go on with from a shell: without `--new`, which would begin anew. */
export function commandLine({ argv }: App): string {
  return ['gdpr', ...argv.filter((word) => word !== '--new')].map(shellWord).join(' ');
}

/** A sentence in which the commands to run are called as this run was, and find what it found. */
export function asCalled(text: string, flags: GlobalFlags): string {
  const called = invocation(flags);
  const commands = 'export|erase|restore|status|resume|cancel|extend|close';
  return text.replaceAll(new RegExp(`\\bgdpr (?=(?:${commands})\\b)`, 'g'), () => `${called} `);
}

const SIGNALS: Readonly<Record<number, string>> = { 129: 'SIGHUP', 130: 'Ctrl-C', 143: 'SIGTERM' };

/** What people call the signal that ends a run with this exit code. */
export function signalName(exit: number): string {
  return SIGNALS[exit] ?? 'a signal';
}

/** A receipt as it stands beside the files that it is about. */
export function bundledText(receipt: Receipt): string {
  return receiptText(receipt, { paint: plainPaint, today: null, bundle: '.' });
}

/** Prints a receipt as the flags ask. */
export async function printReceipt(receipt: Receipt, app: App): Promise<void> {
  const { host, flags } = app;
  if (flags.json) {
    host.stdout.write(`${JSON.stringify(receipt)}\n`);
    return;
  }
  const { deadline } = await app.settings();
  const text = receiptText(receipt, {
    paint: paintFor(host.stdout, host.env, flags.color),
    today: calendarDay(host.clock.now(), deadline.timeZone),
    bundle: receipt.bundle === null ? null : relative(host.cwd, receipt.bundle) || '.',
  });
  host.stdout.write(`${text}\n\n`);
}
