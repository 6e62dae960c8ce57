import type { Effect } from '../../requests/plan/effects.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { wrap } from '../text.ts';
import { PROVIDER, inWords } from '../words.ts';

/** Where the code is not the word. */
const WHAT: Readonly<Partial<Record<Effect['what'], string>>> = {
  conversations: '1:1 chats',
  calls: '1:1 calls',
  memberships: 'channels',
  owned_channels: 'channels',
  owned_calls: 'calls',
};

const HOW: Readonly<Partial<Record<Effect['how'], string>>> = {
  hidden: 'hidden, its data kept',
  emptied: 'hidden, its content removed',
  one_to_one_removed: '1-on-1 channels removed, for the other person too (1_on_1)',
  all_removed: 'every group channel they are in removed, for everybody (all)',
  restored: 'shown again, with its own data',
  not_restored: 'does not come back',
  unsupported: 'no restore here: a deletion at Sendbird is permanent',
};

/** Where the plain word would not say enough: at this provider, for this kind of data. */
const EXACTLY: Readonly<Record<string, string>> = {
  'stream.feed_data.hidden': 'hidden, rows kept',
  'stream.feed_data.untouched': 'stays: not asked for (stream.products has no feeds)',
  'stream.follows.removed': 'removed for good, in both directions',
  'stream.account.emptied': 'hidden, and the profile emptied',
  'stream.messages.hidden': 'hidden, content kept',
  'stream.messages.emptied': 'hidden, content and reactions removed',
  'stream.conversations.hidden': 'hidden, for the other person too',
  'stream.conversations.removed': 'removed, for the other person too',
  'stream.calls.hidden': 'hidden, for the other person too',
  'stream.calls.removed': 'removed, for the other person too',
  'stream.files.removed': 'every file they uploaded removed',
  'stream.memberships.not_restored': 'memberships do not come back',
  'stream.messages.not_restored': 'and reactions may stay hidden: Stream promises the account only',
  'stream.follows.not_restored': 'do not come back',
  'sendbird.account.removed': 'removed: Sendbird knows no soft delete',
  'sendbird.messages.removed': 'removed with the account',
  'sendbird.channels.untouched': 'group channels stay (do_not_delete)',
};

/** What an action does, a line or more for each kind of data, under the name of the provider. */
export function effectLines(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect, at) => {
    const provider = effects[at - 1]?.provider === effect.provider ? '' : PROVIDER[effect.provider];
    const label = `  ${provider.padEnd(10)}${WHAT[effect.what] ?? inWords(effect.what)}`;
    return wrap(`${wordsOf(effect)}${undoOf(effect)}`, 23, label);
  });
}

function wordsOf({ provider, what, how, owner }: Effect): string {
  if (how !== 'handed_over')
    return EXACTLY[`${provider}.${what}.${how}`] ?? HOW[how] ?? inWords(how);
  const heir = owner === null ? 'a user that Stream makes up (delete-user-…)' : subjectName(owner);
  return `those they own go to ${heir}`;
}

function undoOf({ undo }: Effect): string {
  switch (undo) {
    case 'never':
      return '; cannot be undone';
    case 'restore':
      return '; can be restored: gdpr restore';
    case 'unsure':
      return '; may stay hidden after a restore';
    case null:
      return '';
  }
}
