import type { ChalkInstance } from 'chalk';
import { quoteId } from '../../requests/ids.ts';
import { OPERATIONS, isExport } from '../../requests/operations.ts';
import type { Receipt, ReceiptStep, VerificationRow } from '../../requests/receipt.ts';
import { STREAM_PARTS, type StreamPart, partMode, removes } from '../../requests/stream-options.ts';
import { eraseWords } from '../plan/erase-command.ts';
import { wrapAll } from '../text.ts';
import { PROVIDER, count, inWords, list, size, stepMark, stepWord, utc } from '../words.ts';

const INDENT = '  ';

/** The steps of a receipt: a mark, the files or what has become of it, notes and errors. */
export function stepLines({ steps }: Receipt, paint: ChalkInstance): string[] {
  const names = steps.flatMap(({ artifacts }) => artifacts.map(({ path }) => path.length));
  const fileWidth = Math.max(0, ...names);
  const nameWidth = Math.max(
    8,
    ...steps.map(({ operation }) => OPERATIONS[operation].label.length),
  );
  return steps.flatMap((step, at) => {
    const provider = steps[at - 1]?.provider === step.provider ? '' : PROVIDER[step.provider];
    const start = `${INDENT}${provider.padEnd(10)}${OPERATIONS[step.operation].label.padEnd(nameWidth)} `;
    const marked = `${start}${stepMark(step)}  `;
    const texts = isExport(step.operation)
      ? [...filesOf(step, fileWidth), ...remarks(step)].map((text, index) =>
          index === 0 ? `${marked}${text}` : `${' '.repeat(marked.length)}${text}`,
        )
      : wrapAll(deletionTexts(step, steps), marked.length, marked);
    return texts.map((text, index) => (index === 0 ? painted(text, start.length, paint) : text));
  });
}

/** The files of a step; the step's state in words where there is none. */
function filesOf(step: ReceiptStep, width: number): string[] {
  if (step.artifacts.length === 0) return [stepWord(step, [])];
  return step.artifacts.map(({ path, format, bytes, records }) => {
    const what = format === 'zip' ? 'file' : 'record';
    return `${path.padEnd(width)}  ${size(bytes).padStart(8)}  ${count(records, what).padStart(14)}`;
  });
}

/** What a deletion or restore has done, or how far it is; when it was asked for; what there is to know. */
function deletionTexts(step: ReceiptStep, siblings: readonly ReceiptStep[]): string[] {
  const { state, intended_at: intendedAt, accepted_at: acceptedAt } = step;
  // Without the provider's acceptance nothing was done by this call: the note says why it is gone.
  const isDone = state === 'succeeded' && acceptedAt !== null;
  const asked = intendedAt === null ? [] : [`requested ${utc(intendedAt)}`];
  return [isDone ? doneWords(step) : stepWord(step, siblings), ...asked, ...remarks(step)];
}

/** A line with the mark that stands at a column in its colour. */
function painted(line: string, column: number, paint: ChalkInstance): string {
  const mark = line.charAt(column);
  const colour = mark === '✓' ? paint.green : paint.red;
  if (mark !== '✓' && mark !== '✗' && mark !== '?') return line;
  return `${line.slice(0, column)}${colour(mark)}${line.slice(column + 1)}`;
}

function remarks(step: ReceiptStep): string[] {
  return [step.error?.message, step.note].filter((text) => text !== null && text !== undefined);
}

/**
 * What a deletion or restore has done, from its options: `removed, with messages and files`.
 * Sources: docs/providers/stream.md 2.2, 2.4 and 2.5, docs/providers/sendbird.md 2.1.
 */
function doneWords({ operation, options }: Pick<ReceiptStep, 'operation' | 'options'>): string {
  const { does, check, provider } = OPERATIONS[operation];
  if (does === 'restore') return 'back: the account and nothing else';
  if (provider === 'sendbird') {
    return `removed; ${CHANNELS[word(options['channel_delete_option']) ?? 'do_not_delete']}`;
  }
  if (check === 'user_lookup') return userWords(options);
  return removes(operation, options)
    ? 'removed, with follows in both directions'
    : 'hidden, not removed; follows removed in both directions';
}

const CHANNELS: Readonly<Record<string, string>> = {
  do_not_delete: 'group channels stay (do_not_delete)',
  '1_on_1': '1-on-1 channels removed, for the other person too (1_on_1)',
  all: 'every group channel they were in removed, for everybody (all)',
};

const VERB = { soft: 'hidden', pruning: 'cleared', hard: 'removed' } as const;

function userWords(options: ReceiptStep['options']): string {
  const { account, messages, calls, files, conversations } = STREAM_PARTS;
  const how = partMode(account, options) ?? 'soft';
  const named = [messages, calls, files].flatMap((part) => {
    const mode = partMode(part, options);
    return mode === null ? [] : [{ what: part.what, mode }];
  });
  const same = named.filter(({ mode }) => mode === how).map(({ what }) => what);
  const other = named.filter(({ mode }) => mode !== how);
  const user = how === 'pruning' ? 'hidden, profile cleared' : VERB[how];
  const shared = partMode(conversations, options);
  return [
    same.length === 0 ? user : `${user}, with ${list(same)}`,
    ...other.map(({ what, mode }) => `${what} ${VERB[mode]}`),
    ...(partMode(messages, options) === null ? ['messages untouched'] : []),
    ...(shared === null
      ? []
      : [`${conversations.label} ${VERB[shared]}, for the other person too`]),
    ...owner('channels', word(options['new_channel_owner_id'])),
    ...owner('calls', word(options['new_call_owner_id'])),
  ].join('; ');
}

function owner(what: string, id: string | null): string[] {
  return id === null ? [] : [`${what} now belong to ${quoteId(id)}`];
}

function word(option: unknown): string | null {
  return typeof option === 'string' ? option : null;
}

const CHECK_INDENT = '  ';
const COLUMN = 12;

/** What was looked at, before and after, and what that can show; empty where nothing was yet. */
export function checkedLines(receipt: Receipt): string[] {
  const rows = receipt.verification.filter(
    ({ result }) => result !== null || receipt.finished_at !== null,
  );
  const lines = rows.flatMap((row) => [found(row), ...(row.result === null ? [] : [row.shows])]);
  return wrapAll(lines, COLUMN, `${CHECK_INDENT}Checked`);
}

function found({
  provider,
  check,
  before,
  result,
  shows,
  checked_at: at,
}: VerificationRow): string {
  const what = `${PROVIDER[provider]} ${check === 'feed_data' ? 'feed data' : 'account'}`;
  const first = before === null ? 'nobody looked before' : `${inWords(before)} before`;
  if (result === null || at === null) return `${what}: ${first}; ${shows}`;
  return `${what}: ${first}, ${inWords(result)} ${utc(at)}:`;
}

/**
 * The last line of a receipt whose deletions at Stream have left something (docs/spec.md 3); null
 * where all is removed, where the work goes on, and where not even hidden is true. The command names
 * the ids as this request had them, and overrules the profile where that would repeat itself.
 */
export function hiddenLine(receipt: Receipt): string | null {
  const { finished_at: finishedAt, not_erased: left, steps, subject } = receipt;
  if (finishedAt === null || left.length === 0 || !isSeenThrough(steps)) return null;
  const only = subject.sendbird_id === null ? ['--provider', 'stream'] : [];
  const command = (flags: readonly string[]): string =>
    `gdpr ${eraseWords(subject, { before: only, after: ['--hard', ...flags] })}`;
  if (left.includes('account') || left.includes('feed_data')) {
    const shared = LEFT_OPEN.filter((part) => steps.some((step) => isSoft(step, part)));
    const flags = shared.flatMap(({ harder }) => harder);
    return `Hidden at Stream, not erased: Art. 17 is not met. To finish: ${command(flags)}.`;
  }
  const flags = LEFT_OPEN.flatMap(({ what, harder }) => (left.includes(what) ? harder : []));
  const what = list(left.map((each) => STREAM_PARTS[each].label));
  return `Not erased at Stream: ${what}. Art. 17 is not met. To finish: ${command(flags)}.`;
}

/** What `--hard` alone leaves to a profile that says otherwise. */
const LEFT_OPEN = [STREAM_PARTS.conversations, STREAM_PARTS.calls, STREAM_PARTS.files];

function isSoft({ provider, options }: ReceiptStep, part: StreamPart): boolean {
  return provider === 'stream' && partMode(part, options) === 'soft';
}

const DONE: ReadonlySet<ReceiptStep['state']> = new Set(['succeeded', 'not_found']);

/** Whether everything that was to be deleted at Stream is away: nothing failed, nothing is seen. */
function isSeenThrough(steps: readonly ReceiptStep[]): boolean {
  return steps.every(
    ({ provider, operation, state }) =>
      provider !== 'stream' || isExport(operation) || DONE.has(state),
  );
}
