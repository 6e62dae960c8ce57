import { type ExportFile, ZIP, type ZipEntry, zipChunks } from '../files/export-file.ts';
import { type SendbirdUsers, type SendbirdView, viewAt } from '../population/accounts.ts';
import type { SandboxUser } from '../population/people.ts';
import {
  channelMessages,
  groupChannels,
  presentMembers,
  profile,
} from '../population/sendbird-chat.ts';
import type { GdprRequest } from './requests.ts';

/**
 * The zip of an access request: `<user>.json` on top, folders `channels/` and `messages/`
 * (third-party data-privacy.interface.ts). [U] the names and the schema of the files inside.
 */
export function accessFile(users: SendbirdUsers, request: GdprRequest): ExportFile {
  const person = users.population.bySendbirdId(request.userIds[0] ?? '');
  return {
    key: `${request.id}/${request.version}`,
    contentType: ZIP,
    createdAt: request.endsAt ?? request.createdAt,
    ids: request.userIds,
    operation: request.operation,
    chunks: (revision) =>
      zipChunks(person ? entries(viewAt(users, request.version, revision), person) : []),
  };
}

function* entries(view: SendbirdView, person: SandboxUser): Generator<ZipEntry> {
  const name = encodeURIComponent(person.sendbirdId ?? '');
  yield { name: `${name}.json`, pieces: () => [json(profile(view, person))] };
  const channels = groupChannels(view, person);
  for (const channel of channels) {
    const members = presentMembers(view, channel);
    yield {
      name: `channels/${channel.url}.json`,
      pieces: () => [
        json({
          channel_url: channel.url,
          name: channel.name,
          is_distinct: channel.oneOnOne,
          member_count: members.length,
          members: members.map((member) => ({ user_id: member.sendbirdId, nickname: member.name })),
        }),
      ],
    };
  }
  for (const channel of channels) {
    yield {
      name: `messages/${channel.url}.json`,
      pieces: () => list(channelMessages(view, person, channel)),
    };
  }
}

function* list(items: Iterable<unknown>): Generator<string> {
  let before = '[\n';
  for (const item of items) {
    yield `${before}${JSON.stringify(item)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
