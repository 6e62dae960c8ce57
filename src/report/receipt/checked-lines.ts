import { isExport } from '../../requests/operations.ts';
import type { Receipt, ReceiptStep, VerificationRow } from '../../requests/receipt.ts';
import { STREAM_PARTS, type StreamPart, partMode } from '../../requests/stream-options.ts';
import { eraseWords } from '../plan/erase-command.ts';
import { wrapAll } from '../text.ts';
import { PROVIDER, inWords, list, utc } from '../words.ts';

const INDENT = '  ';
const COLUMN = 12;

/** What was looked at, before and after, and what that can show; empty where nothing was yet. */
export function checkedLines(receipt: Receipt): string[] {
  const rows = receipt.verification.filter(
    ({ result }) => result !== null || receipt.finished_at !== null,
  );
  const lines = rows.flatMap((row) => [found(row), ...(row.result === null ? [] : [row.shows])]);
  return wrapAll(lines, COLUMN, `${INDENT}Checked`);
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
