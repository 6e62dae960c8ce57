import { type Command, InvalidArgumentError } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import { closeText } from '../report/decision-text.ts';
import { inWords } from '../report/words.ts';
import type { Request, Step } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import { cancelEffectOf } from '../requests/transitions/cancelled.ts';
import { askYesOrNo } from './shared/confirm.ts';
import { printReceipt } from './shared/output.ts';
import { holding, namedRequest, requireFree, sealedReceipts } from './shared/requests.ts';

const SAFE = 'Nothing was closed.';
const ADVICE = 'If it is right to leave what runs there to itself: add --yes';

/** Declares `gdpr close` and runs it; `done` gets the exit code. */
export function declareClose(command: Command, app: App, done: (code: number) => void): void {
  command
    .argument('<request>', 'the request to settle by hand')
    .requiredOption('--reason <text>', 'why, for the record', parseReason)
    .option('--yes', 'answer the question; for scripts')
    .action(async (id: string, { reason, yes = false }) =>
      done(await runClose(id, reason, yes, app)),
    );
}

/** Settles a request by hand and prints its receipt; resolves to the exit code. */
async function runClose(id: string, reason: string, yes: boolean, app: App): Promise<number> {
  const request = await namedRequest(id, app);
  requireUnsettled(request);
  await requireFree([id], app);
  const going = await goingOn(request, app);
  if (going.length > 0) {
    const plan = closeText(request, going);
    const stopped = await askYesOrNo({ yes, plan, safe: SAFE, advice: ADVICE }, app);
    if (stopped !== null) return stopped;
  }
  const ledger = await app.ledger();
  const { operator } = await app.settings();
  const receipts = await holding([id], app, async (holder) => {
    requireUnsettled(await namedRequest(id, app));
    await ledger.settle(holder.token, id, { reason, operator, at: app.host.clock.now() });
    return sealedReceipts([id], holder, app);
  });
  for (const each of receipts) await printReceipt(each, app);
  return 0;
}

function requireUnsettled({ id, state }: Request): void {
  if (!isSettled(state)) return;
  throw new GdprError('guard', `Refused: ${id} is settled already: ${inWords(state)}.`, {
    next: `Nothing was changed. Its receipt: gdpr status ${id}`,
    requestIds: [id],
  });
}

/** Steps that run at a provider, are done there, or may have been sent. */
async function goingOn(request: Request, app: App): Promise<readonly Step[]> {
  const calls = await (await app.ledger()).calls(request.id);
  return request.steps.filter((step) => {
    if (step.finishedAt !== null) return false;
    const call = calls.find(({ id }) => id === step.callId) ?? null;
    return cancelEffectOf(step, call).kind !== 'unsent';
  });
}

const LONGEST = 1_000;

/** A reason that somebody gives for the record. */
export function parseReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is said in words.');
  if (Array.from(text).length > LONGEST) {
    throw new InvalidArgumentError(`It has at most ${LONGEST} characters.`);
  }
  return text.trim();
}
