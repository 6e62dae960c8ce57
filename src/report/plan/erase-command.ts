import { OPERATIONS } from '../../requests/operations.ts';
import type { Receipt, ReceiptStep } from '../../requests/receipt.ts';
import { STREAM_FLAGS, readStreamOptions, streamOptions } from '../../requests/stream-options.ts';
import { shellWord } from '../words.ts';

/** An erase as it is typed, behind the name of the command: the ids of a request, and flags. */
export function eraseWords(
  { user_id: user, stream_id: stream, sendbird_id: sendbird }: Receipt['subject'],
  { before = [], after }: { before?: readonly string[]; after: readonly string[] },
): string {
  const ids = [
    ...(stream === null || stream === user ? [] : ['--stream-id', shellWord(stream)]),
    ...(sendbird === null || sendbird === user ? [] : ['--sendbird-id', shellWord(sendbird)]),
    ...before,
  ];
  // Behind `--` a user id that begins with a dash is no flag.
  return user.startsWith('-')
    ? ['erase', ...ids, ...after, '--', shellWord(user)].join(' ')
    : ['erase', shellWord(user), ...ids, ...after].join(' ');
}

/**
 * The flags that make the same erase again whatever the profile says: mode, Stream's and Sendbird's
 * own options, providers, ticket and date. What a profile can only leave out has no flag.
 */
export function sameFlags(receipt: Receipt): string[] {
  const { mode, steps, reference, received_on: received } = receipt;
  const providers = [...new Set(steps.map(({ provider }) => provider))];
  return [
    ...(providers.length === 1 ? providers.flatMap((name) => ['--provider', name]) : []),
    ...modeFlags(mode),
    ...steps.flatMap(optionFlags),
    ...(reference === null ? [] : ['--reference', shellWord(reference)]),
    '--received',
    received,
  ];
}

function modeFlags(mode: Receipt['mode']): string[] {
  if (mode === 'hard') return ['--hard'];
  return mode === 'pruning' ? ['--mode', mode] : [];
}

function optionFlags({ operation, options }: ReceiptStep): string[] {
  if (OPERATIONS[operation].does !== 'delete') return [];
  if (OPERATIONS[operation].provider === 'sendbird') {
    const channels = options['channel_delete_option'];
    const isUsual = typeof channels !== 'string' || channels === 'do_not_delete';
    return isUsual ? [] : ['--channels', channels];
  }
  if (OPERATIONS[operation].check === 'feed_data') return [];
  const asked = readStreamOptions(options);
  const usual = streamOptions(asked.user, {}, {});
  return STREAM_FLAGS.flatMap(([option, flag]) => {
    const value = asked[option];
    if (value === undefined || value === usual[option]) return [];
    return typeof value === 'string' ? [flag, shellWord(value)] : [flag];
  });
}
