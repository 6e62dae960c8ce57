import { afterEach, describe, expect, test } from 'vitest';
import { createPopulation } from '../../src/sandbox/population/people.ts';
import { GRACE_AT_SENDBIRD } from '../../src/sandbox/sandbox.ts';
import { type Box, accessed, exported, openBox } from './box.ts';
import { unzip } from './unzip.ts';

let box: Box | null = null;
afterEach(async () => {
  await box?.close();
  box = null;
});

const id = (n: number) => `user-${String(n).padStart(6, '0')}`;

describe('people', () => {
  test('linus is at Stream only, grace has two ids', () => {
    const people = createPopulation(1, 10);
    expect(people.byStreamId('linus')?.sendbirdId).toBeNull();
    expect(people.bySendbirdId('linus')).toBeNull();
    expect(people.byStreamId('grace')?.sendbirdId).toBe(GRACE_AT_SENDBIRD);
    expect(people.bySendbirdId('grace')).toBeNull();
    expect(people.byStreamId(GRACE_AT_SENDBIRD)).toBeNull();
    expect(people.bySendbirdId(GRACE_AT_SENDBIRD)?.streamId).toBe('grace');
  });

  test.each([0, 1, 10, 5_000_000])('%i numbered users, none beyond', (users) => {
    const people = createPopulation(1, users);
    expect(people.size).toBe(users + 5);
    expect(people.byStreamId(id(users + 1))).toBeNull();
    expect(people.byStreamId(id(0))).toBeNull();
    expect(people.byStreamId(id(users))?.streamId).toBe(users > 0 ? id(users) : undefined);
    expect(people.at(people.size - 1).streamId).toBe(users > 0 ? id(users) : 'quiet');
  });

  test('an id has one way to be written', () => {
    const people = createPopulation(1, 10);
    expect(people.byStreamId('user-0000001')).toBeNull();
    expect(people.byStreamId('user-1')).toBeNull();
  });

  test('neighbours are mutual, rooms are shared', () => {
    const people = createPopulation(1, 30);
    for (let ring = 0; ring < 34; ring += 1) {
      const next = people.neighbour(ring, 1);
      expect(people.neighbour(next.ring ?? -1, -1).ring).toBe(ring);
      const { members } = people.room(ring);
      expect(members.map((member) => member.ring)).toContain(ring);
    }
  });
});

const bytes = async (seed: number) => {
  const one = await openBox({ seed });
  const files = [
    await one.get(await exported(one, 'feeds', 'user-000007')),
    await one.get(await exported(one, 'users', 'user-000007')),
    await one.get(await accessed(one, 'user-000007')),
  ];
  await one.close();
  return files.map((file) => file.bytes.toString('base64'));
};

describe('files', () => {
  test('the zip: the user on top, channels and messages, every CRC right', async () => {
    box = await openBox();
    const { entries, damaged } = await unzip((await box.get(await accessed(box, 'ada'))).bytes);
    expect(damaged).toEqual([]);
    expect(Object.keys(entries)[0]).toBe('ada.json');
    const folders = Object.keys(entries).map((name) => name.split('/')[0]);
    expect(folders.filter((folder) => folder === 'channels')).toHaveLength(3);
    expect(folders.filter((folder) => folder === 'messages')).toHaveLength(3);
    for (const content of Object.values(entries)) expect(JSON.parse(content)).not.toBeNull();
    expect(entries['channels/sendbird_group_channel_dm_ada.json']).toContain(GRACE_AT_SENDBIRD);
    expect(Object.values(entries).join('')).not.toContain('access_token');
  });

  test('quiet has a profile and nothing else', async () => {
    box = await openBox();
    const { entries } = await unzip((await box.get(await accessed(box, 'quiet'))).bytes);
    expect(Object.keys(entries)).toEqual(['quiet.json']);
    const users = await box.get(await exported(box, 'users', 'quiet'));
    expect(users.text.split('\n')).toHaveLength(2);
  });

  test('the same seed gives the same bytes, another seed others', async () => {
    const first = await bytes(3);
    expect(await bytes(3)).toEqual(first);
    expect(await bytes(4)).not.toEqual(first);
  });

  test('a file read twice is the same', async () => {
    box = await openBox();
    const url = await accessed(box, 'ada');
    const [one, two] = [await box.get(url), await box.get(url)];
    expect(one.bytes).toEqual(two.bytes);
    expect(one.headers['etag']).toBe(two.headers['etag']);
  });
});
