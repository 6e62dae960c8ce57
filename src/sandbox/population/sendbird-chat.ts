import { hash, shortMessage } from '../random.ts';
import type { SendbirdView } from './accounts.ts';
import type { SandboxUser } from './people.ts';

export interface GroupChannel {
  url: string;
  name: string;
  members: SandboxUser[];
  oneOnOne: boolean;
}

/** The profile as the Platform API and the export give it; `access_token` is a secret there. */
export function profile(view: SendbirdView, person: SandboxUser): Record<string, unknown> {
  const id = person.sendbirdId ?? '';
  return {
    user_id: id,
    nickname: person.name,
    profile_url: `https://images.example.test/${id}.png`,
    is_active: view.account(id).active,
    is_online: false,
    has_ever_logged_in: true,
    last_seen_at: person.lastActive,
    created_at: Math.floor(person.createdAt / 1000),
    metadata: { team: 'R&D', revision: String(view.revision) },
    preferred_languages: [person.language],
    discovery_keys: [],
  };
}

/** The group channels of someone: 1:1 with either neighbour, and a room; deleted ones are gone. */
export function groupChannels(view: SendbirdView, person: SandboxUser): GroupChannel[] {
  if (person.ring === null) return [];
  const { population } = view;
  const direct = [person.ring, person.ring - 1].map((ring) => {
    const first = population.neighbour(ring, 0);
    return {
      url: `sendbird_group_channel_dm_${first.sendbirdId ?? ''}`,
      name: 'Group Channel',
      members: [first, population.neighbour(ring, 1)],
      oneOnOne: true,
    };
  });
  const block = population.room(person.ring);
  const room = {
    url: `sendbird_group_channel_room_${block.id}`,
    name: `Room ${block.id} · Büro`,
    members: block.members.filter((member) => member.sendbirdId !== null),
    oneOnOne: false,
  };
  return [...direct, room].filter(
    (channel) =>
      channel.members.every((member) => member.sendbirdId !== null) && !isGone(view, channel),
  );
}

/** The members who still have an account. */
export function presentMembers(view: SendbirdView, channel: GroupChannel): SandboxUser[] {
  return channel.members.filter((member) => view.account(member.sendbirdId ?? '').deleted === null);
}

/** What someone wrote in a channel. Times are milliseconds. */
export function* channelMessages(
  view: SendbirdView,
  person: SandboxUser,
  channel: GroupChannel,
): Generator<Record<string, unknown>> {
  const { seed } = view.population;
  const id = person.sendbirdId ?? '';
  const named: Record<string, number> = { ada: 20, prolific: 400 };
  const amount = named[id] ?? 1 + (hash(seed, id, channel.url) % 5);
  for (let i = 0; i < amount; i += 1) {
    yield {
      message_id: hash(seed, 'sendbird', channel.url, id, i),
      type: 'MESG',
      channel_url: channel.url,
      user: { user_id: id, nickname: person.name },
      message: shortMessage(seed, id, channel.url, i),
      created_at: person.createdAt + i * 3_456_789,
      updated_at: 0,
    };
  }
}

function isGone(view: SendbirdView, channel: GroupChannel): boolean {
  return channel.members.some((member) => {
    const option = view.account(member.sendbirdId ?? '').deleted?.channels;
    return option === 'all' || (option === '1_on_1' && channel.oneOnOne);
  });
}
