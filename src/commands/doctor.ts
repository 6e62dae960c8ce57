import type { Command } from 'commander';
import type { App } from '../app.ts';
import type { Settings } from '../config/settings.ts';
import { GdprError, reasonOf } from '../errors.ts';
import { folderFacts } from '../files/folder.ts';
import type { Host } from '../host/host.ts';
import {
  type Check,
  checkText,
  doctorJson,
  fault,
  sentence,
  tallyText,
  warning,
} from '../report/doctor/check.ts';
import { configChecks, nodeCheck } from '../report/doctor/config.ts';
import {
  bundleDiskCheck,
  ledgerChecks,
  ledgerDiskCheck,
  overdueCheck,
  stateCheck,
} from '../report/doctor/ledger.ts';
import { clockCheck, limitsCheck, productsCheck, reachCheck } from '../report/doctor/provider.ts';
import { paintFor } from '../report/text.ts';
import { SOON, count } from '../report/words.ts';
import { calendarDay } from '../requests/deadline.ts';
import type { ProviderName } from '../requests/request.ts';
import { outDirOf } from './shared/flags.ts';
import { asCalled, invocation, printLastWords, signalName } from './shared/output.ts';

type Examination = Awaited<ReturnType<App['examination']>>;

/** Declares `gdpr doctor` and runs it; `done` gets the exit code. */
export function declareDoctor(command: Command, app: App, done: (code: number) => void): void {
  command
    .option('--out <dir>', 'where bundles would go (default ./gdpr-exports)')
    .action(async (options) => done(await runDoctor(options.out ?? null, app)));
}

/**
 * Checks one thing after the other and says each as soon as it is known; what one check comes to
 * keeps no other from being made. Makes and records nothing. Resolves to the exit code.
 */
async function runDoctor(out: string | null, app: App): Promise<number> {
  const { host } = app;
  const outDir = outDirOf(out, host.cwd);
  const examination = await app.examination();
  const printer = printerOf(app);
  printer.print([nodeCheck(host.node, examination.oldestNode)]);

  const read = await attempt('configuration', () => examination.configuration());
  const settings = read.done ? read.value.settings : null;
  printer.print(read.done ? configChecks(read.value) : [read.check]);

  if (settings === null) {
    printer.print(['state', 'stream', 'sendbird', 'ledger', 'overdue'].map(notChecked));
  } else {
    const state = await attempt('state', () => folderFacts(settings.stateDir));
    printer.print(
      state.done
        ? [stateCheck(state.value, host.uid), ledgerDiskCheck(state.value)]
        : [state.check],
    );
    for await (const checks of askProviders(examination, settings)) printer.print(checks);
    for await (const checks of ledgerAndDeadlines(examination, settings, host)) {
      printer.print(checks);
    }
  }
  const bundles = await attempt('disk.bundles', () => folderFacts(outDir));
  printer.print([bundles.done ? bundleDiskCheck(bundles.value) : bundles.check]);
  const isUntrusted = read.done && read.value.fault?.fault === 'untrusted';
  return concludeDoctor(printer.checks, isUntrusted ? 4 : 1, app);
}

/** Asks the providers of the profile, all at the same time, and says what each has come to. */
async function* askProviders(
  examination: Examination,
  settings: Settings,
): AsyncGenerator<readonly Check[]> {
  const names = ['stream', 'sendbird'] as const;
  for (const asked of names.map((name) => ask(name, examination, settings))) yield await asked;
}

async function ask(
  name: ProviderName,
  examination: Examination,
  settings: Settings,
): Promise<readonly Check[]> {
  const asked = await attempt(name, () => examination.provider(name, settings));
  if (!asked.done) return [asked.check];
  const probed = asked.value;
  if (probed === null) return [];
  const { stream } = settings;
  return [
    reachCheck(probed, examination.patience),
    clockCheck(name, probed.skew),
    ...(name === 'stream' && stream !== null ? [productsCheck(probed, stream.products)] : []),
    limitsCheck(probed),
  ];
}

const DAY = 86_400_000;

/** Whether the ledger holds, and what presses in it. */
async function* ledgerAndDeadlines(
  examination: Examination,
  settings: Settings,
  { clock }: Host,
): AsyncGenerator<readonly Check[]> {
  const ledger = await attempt('ledger', () => examination.ledger(settings));
  yield ledger.done ? ledgerChecks(ledger.value) : [ledger.check];
  const { timeZone } = settings.deadline;
  const now = clock.now();
  const today = calendarDay(now, timeZone);
  const soon = calendarDay(now + SOON * DAY, timeZone);
  const found = await attempt('overdue', () => examination.pressing(settings, today, soon));
  yield [found.done ? overdueCheck(found.value, today) : found.check];
}

/** Says checks as they come, and keeps them, as the flags ask: with `--quiet` only what is not ok, with `--json` nothing yet. */
function printerOf({ host, flags }: App) {
  const paint = paintFor(host.stdout, host.env, flags.color);
  const checks: Check[] = [];
  return {
    checks,
    print(more: readonly Check[]): void {
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
function concludeDoctor(checks: readonly Check[], exit: number, app: App): number {
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
  const next = `Nothing was changed. Fix what is marked FAULT, then run: ${again}`;
  printLastWords({ code: 'faults', exit, message, next, requestIds: [] }, app);
  return exit;
}

/** What finding something out came to: what was found, or the check that says why not. */
type Finding<T> = { done: true; value: T } | { done: false; check: Check };

/** Finds something out for a check. Whatever is thrown on the way is that check's fault. */
async function attempt<T>(check: string, find: () => Promise<T>): Promise<Finding<T>> {
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
function notChecked(check: string): Check {
  return warning(check, 'not checked: the configuration cannot be used.');
}
