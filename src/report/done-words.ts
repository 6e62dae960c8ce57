import type { ReceiptStep } from '../requests/receipt.ts';
import { quoteId } from '../requests/ids.ts';
import { list } from './words.ts';

/**
 * What a deletion or restore has done, from its options: `removed, with messages and files`.
 * Sources: api/stream.md 2.2, 2.4 and 2.5, api/sendbird.md 2.1.
 */
export function doneWords({
  operation,
  options,
}: Pick<ReceiptStep, 'operation' | 'options'>): string {
  switch (operation) {
    case 'delete_feeds':
      return options['hard_delete'] === true
        ? 'removed, with follows in both directions'
        : 'hidden, not removed; follows removed in both directions';
    case 'delete_users':
      return userWords(options);
    case 'delete':
      return `removed; ${CHANNELS[word(options['channel_delete_option']) ?? 'do_not_delete']}`;
    case 'restore_users':
      return 'back: the account and nothing else';
    case 'export_feeds':
    case 'export_users':
    case 'access':
      return 'received';
  }
}

const CHANNELS: Readonly<Record<string, string>> = {
  do_not_delete: 'group channels stay (do_not_delete)',
  '1_on_1': '1-on-1 channels removed, for the other person too (1_on_1)',
  all: 'every group channel they were in removed, for everybody (all)',
};

const USER: Readonly<Record<string, string>> = {
  soft: 'hidden',
  pruning: 'hidden, profile cleared',
  hard: 'removed',
};

const VERB: Readonly<Record<string, string>> = {
  soft: 'hidden',
  pruning: 'cleared',
  hard: 'removed',
};

function userWords(options: ReceiptStep['options']): string {
  const how = word(options['user']) ?? 'soft';
  const modes = [
    ['messages', word(options['messages'])],
    ['calls', word(options['calls'])],
    ['files', options['files'] === true ? 'hard' : null],
  ] as const;
  const same = modes.filter(([, mode]) => mode === how).map(([what]) => what);
  const other = modes.flatMap(([what, mode]) =>
    mode === null || mode === how ? [] : [`${what} ${VERB[mode] ?? mode}`],
  );
  const account = USER[how] ?? how;
  return [
    same.length === 0 ? account : `${account}, with ${list(same)}`,
    ...other,
    ...(options['messages'] === undefined ? ['messages untouched'] : []),
    ...conversations(word(options['conversations'])),
    ...owner('channels', word(options['new_channel_owner_id'])),
    ...owner('calls', word(options['new_call_owner_id'])),
  ].join('; ');
}

function conversations(mode: string | null): string[] {
  return mode === null ? [] : [`1:1 conversations ${VERB[mode] ?? mode}, for the other person too`];
}

function owner(what: string, id: string | null): string[] {
  return id === null ? [] : [`${what} now belong to ${quoteId(id)}`];
}

function word(option: unknown): string | null {
  return typeof option === 'string' ? option : null;
}
