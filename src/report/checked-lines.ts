import type { Receipt, ReceiptStep, VerificationRow } from '../requests/receipt.ts';
import { isHard } from '../requests/verification.ts';
import { PROVIDER, isExport, shellWord, utc } from './words.ts';
import { wrap } from './wrap.ts';

const INDENT = '  ';
const COLUMN = 12;

/** What was looked at, before and after, and what that can show; empty where nothing was yet. */
export function checkedLines(receipt: Receipt): string[] {
  const rows = receipt.verification.filter(
    ({ result }) => result !== null || receipt.finished_at !== null,
  );
  return rows
    .flatMap((row) => [found(row), ...(row.result === null ? [] : [row.shows])])
    .flatMap((line, index) => wrap(line, COLUMN, index === 0 ? `${INDENT}Checked` : ''));
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
  const first = before === null ? 'nobody looked before' : `${BEFORE[before]} before`;
  if (result === null || at === null) return `${what}: ${first}; ${shows}`;
  return `${what}: ${first}, ${AFTER[result]} ${utc(at)}:`;
}

const BEFORE = { visible: 'visible', not_visible: 'not visible' } as const;

const AFTER = {
  visible: 'visible',
  not_visible: 'not visible',
  still_visible: 'still visible',
  not_checkable: 'not checkable',
} as const;

/**
 * The last line of a receipt whose deletion at Stream only hides (SPEC section 3); null where Stream
 * has deleted nothing, or removed it. The command names the ids as this request had them.
 */
export function hiddenLine({ action, steps, subject }: Receipt): string | null {
  if (action !== 'erase' || !steps.some(isHidden)) return null;
  return `Hidden at Stream, not erased: Art. 17 is not met. To finish: gdpr erase ${whom(subject)}.`;
}

function isHidden(step: ReceiptStep): boolean {
  const isDeletion = step.provider === 'stream' && !isExport(step.operation);
  return isDeletion && step.state === 'succeeded' && !isHard(step);
}

function whom(subject: Receipt['subject']): string {
  const { user_id: user, stream_id: stream, sendbird_id: sendbird } = subject;
  const ids = [
    ...(stream === null || stream === user ? [] : ['--stream-id', shellWord(stream)]),
    ...(sendbird === null || sendbird === user ? [] : ['--sendbird-id', shellWord(sendbird)]),
    ...(sendbird === null ? ['--provider', 'stream'] : []),
  ];
  // Behind `--` a user id that begins with a dash is no flag.
  return user.startsWith('-')
    ? [...ids, '--hard', '--', shellWord(user)].join(' ')
    : [shellWord(user), ...ids, '--hard'].join(' ');
}
