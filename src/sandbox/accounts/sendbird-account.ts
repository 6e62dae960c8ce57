import { type History, createHistory } from './history.ts';

export type ChannelDeleteOption = 'do_not_delete' | '1_on_1' | 'all';

/** What happened to a user at Sendbird. `deleted` holds the strongest channel option used. */
export interface SendbirdAccount {
  deleted: null | { channels: ChannelDeleteOption };
  active: boolean;
}

export function createSendbirdAccounts(): History<SendbirdAccount> {
  return createHistory<SendbirdAccount>({ deleted: null, active: true });
}
