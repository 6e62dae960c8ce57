import type { App } from '../../app.ts';
import { statusDetail } from '../../report/status/status-detail.ts';
import { type Shown, statusJson } from '../../report/status/status-json.ts';
import { statusTable, unsettledWords } from '../../report/status/status-text.ts';
import { paintFor } from '../../report/text.ts';
import { list } from '../../report/words.ts';
import { type Standings, statusCode } from '../../requests/exit-code.ts';
import { receiptOf } from '../../requests/receipt.ts';
import type { RequestState } from '../../requests/request.ts';
import { isSettled } from '../../requests/state.ts';
import { bundleOf } from '../../worker/receipts.ts';
import { printReceipt } from '../run/receipts.ts';
import { invocation, printLastWords } from '../shared/output.ts';
import type { View } from './view.ts';

/** Says what may be out of date, and why. */
export function printMissed({ missed }: View, { host, flags }: App): void {
  if (!flags.quiet) for (const each of missed) host.stderr.write(`${each}\n`);
}

/** Prints requests as `gdpr-status/1`, a line each. */
export function printJson(shown: readonly Shown[], { today, now }: View, { host }: App): void {
  for (const each of shown) host.stdout.write(`${statusJson(each, { today, now })}\n`);
}

/** Everything about each request; a settled one's receipt. */
export async function printDetails(view: View, app: App): Promise<void> {
  const { host, flags } = app;
  const { today, now } = view;
  const paint = paintFor(host.stdout, host.env, flags.color);
  for (const shown of view.page) {
    if (isSettled(shown.request.state))
      await printReceipt(receiptOf(shown.request, bundleOf(shown.request)), app);
    else {
      const showing = { paint, today, now, invocation: invocation(flags) };
      host.stdout.write(`${statusDetail(shown, showing)}\n\n`);
    }
  }
}

/** The table, and how many are not on it; what is `Nothing` is named by the states asked for. */
export function printTable(view: View, states: readonly RequestState[], app: App): void {
  const { host, flags } = app;
  const { page, today, now, tally, broken } = view;
  const requests = page.map(({ request }) => request);
  const table = statusTable(requests, {
    paint: paintFor(host.stdout, host.env, flags.color),
    today,
    now,
  });
  if (table === null && broken !== null) return;
  const what = states.length === 0 ? 'open' : list(states);
  host.stdout.write(`${table ?? `Nothing is ${what}.`}\n`);
  const all = total(tally);
  if (table === null || all <= requests.length) return;
  const numbers = [requests.length, all].map((number) => number.toLocaleString('en-US'));
  host.stdout.write(`${numbers.join(' of ')} shown, the most urgent ones; more: --limit <n>\n`);
}

/** The last words, unless all is well; the exit code, which is over all that was asked for. */
export function concludeStatus({ page, tally }: View, app: App): number {
  const exit = statusCode(tally);
  if (exit === 0) return exit;
  const requests = page.map(({ request }) => request);
  const ids = requests.filter(({ state }) => !isSettled(state)).map(({ id }) => id);
  printLastWords({ exit, ...unsettledWords(tally, ids, invocation(app.flags)) }, app);
  return exit;
}

function total({ states }: Standings): number {
  return Object.values(states).reduce((sum, each) => sum + each, 0);
}
