import { expect, it } from 'vitest';
import { profileNames } from '../../src/config/profile-names.ts';
import { profiles, world } from './world.ts';

it('names the profiles of all files, and the built-in ones, each once', async () => {
  const w = world();
  w.file('project/.gdprrc.json', profiles(['ours', 'both']));
  w.file('home/.config/gdpr/.gdprrc', profiles(['mine', 'both']));
  expect(await profileNames(null, w.host())).toEqual([
    'ours',
    'both',
    'mine',
    'sandbox',
    'environment',
  ]);
});

it('names them whatever profile is chosen by now', async () => {
  const w = world();
  w.file('project/.gdprrc', profiles(['ours']));
  expect(await profileNames(null, w.host({ GDPR_PROFILE: 'sandbox' }))).toEqual([
    'ours',
    'sandbox',
    'environment',
  ]);
});

it('names those of one file where it is named', async () => {
  const w = world();
  w.file('project/.gdprrc.json', profiles(['ours']));
  w.file('project/deep/er/other.yaml', 'profiles: {a: 1, b: [], "x y": {}, "\\e[2J": {}}');
  expect(await profileNames('other.yaml', w.host())).toEqual(['a', 'b', 'sandbox', 'environment']);
  expect(await profileNames('missing.yaml', w.host())).toEqual(['sandbox', 'environment']);
});

it.each(['{', 'profiles: 7', 'profiles: [a]', 'text', ''])('is silent about %j', async (text) => {
  const w = world();
  w.file('project/.gdprrc', text);
  expect((await profileNames(null, w.host())).filter((name) => !/^\d+$/.test(name))).toEqual([
    'sandbox',
    'environment',
  ]);
});

it('passes over the file of a project that is not trusted, or not any more', async () => {
  const w = world();
  w.file('home/.config/gdpr/.gdprrc', profiles(['mine']));
  w.foreign('project/.gdprrc', profiles(['theirs']));
  expect(await profileNames(null, w.host())).toEqual(['mine', 'sandbox', 'environment']);
  w.file('project/.gdprrc', profiles(['ours']));
  expect(await profileNames(null, w.host())).toEqual(['ours', 'mine', 'sandbox', 'environment']);
  w.foreign('project/.gdprrc', profiles(['changed']));
  expect(await profileNames(null, w.host())).toEqual(['mine', 'sandbox', 'environment']);
});

it('reads no file that others can write', async () => {
  const w = world();
  w.file('project/.gdprrc', profiles(['theirs']), 0o666);
  expect(await profileNames(null, w.host())).toEqual(['sandbox', 'environment']);
});
