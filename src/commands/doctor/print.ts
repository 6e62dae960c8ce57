import type { App } from '../../app.ts';
import { GdprError, reasonOf } from '../../errors.ts';
import {
  type Check,
  fault,
  sentence,
  warning,
  checkText,
  doctorJson,
  tallyText,
} from '../../report/doctor/check.ts';
import { paintFor } from '../../report/text.ts';
import { count } from '../../report/words.ts';
import { asCalled, invocation, printLastWords, signalName } from '../shared/output.ts';

/** Says checks as they come, and keeps them. */
export interface Printer {
  readonly checks: readonly Check[];
  print(checks: readonly Check[]): void;
}

/** A printer as the flags ask: with `--quiet` only what is not ok, with `--json` nothing yet. */
export function printerOf({ host, flags }: App): Printer {
  const paint = paintFor(host.stdout, host.env, flags.color);
  const checks: Check[] = [];
  return {
    checks,
    print(more) {
      // What was broken off says nothing.
      if (host.stop.aborted) return;
      for (const each of more) {
        const next = each.next === null ? null : asCalled(each.next, flags);
        const check = { ...each, next };
        checks.push(check);
        const isShown = !flags.json && !(flags.quiet && check.state === 'ok');
        if (isShown) host.stdout.write(`${checkText(check, paint)}\n`);
      }
    },
  };
}

/** The document or the tally, then the last words unless nothing is red; the exit code, `exit` for faults. */
export function concludeDoctor(checks: readonly Check[], exit: number, app: App): number {
  const { host, flags } = app;
  const { stop } = host;
  const again = `${invocation(flags)} doctor`;
  if (stop.aborted) {
    const signal = Number(stop.reason);
    const message = `Stopped by ${signalName(signal)} before everything was checked.`;
    const next = `Nothing was changed. Run it again: ${again}`;
    printLastWords({ code: 'stopped', exit: signal, message, next, requestIds: [] }, app);
    return signal;
  }
  if (flags.json) host.stdout.write(`${doctorJson(checks)}\n`);
  else if (!flags.quiet) host.stdout.write(`${tallyText(checks)}\n`);
  const faults = checks.filter(({ state }) => state === 'fault').length;
  if (faults === 0) return 0;
  const message = `${count(faults, 'check')} found a fault.`;
  const next = `Nothing was changed. Mend what is marked FAULT, then run: ${again}`;
  printLastWords({ code: 'faults', exit, message, next, requestIds: [] }, app);
  return exit;
}

/** What finding something out came to: what was found, or the check that says why not. */
export type Attempt<T> = { done: true; value: T } | { done: false; check: Check };

/** Finds something out for a check. Whatever is thrown on the way is that check's fault. */
export async function attempt<T>(check: string, find: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { done: true, value: await find() };
  } catch (thrown) {
    if (thrown instanceof GdprError) {
      return { done: false, check: fault(check, thrown.message, thrown.next) };
    }
    const message = sentence(`it could not be checked: ${reasonOf(thrown)}`);
    const next = 'Look at what it names; if nothing is wrong there, report it as a fault of gdpr.';
    return { done: false, check: fault(check, message, next) };
  }
}

/** What cannot be looked at before the configuration is usable. */
export function notChecked(check: string): Check {
  return warning(check, 'not checked: the configuration cannot be used.');
}
