import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseConfig } from '../../../src/config/config-file.ts';
import { PROFILE_NAME } from '../../../src/config/profile.ts';
import { newFile, profileLines, withProfile } from '../../../src/config/write/add-profile.ts';

const ADDED = { name: 'added', profile: { stream: { apiKey: 'k2', apiSecret: { env: 'S2' } } } };

const LINES = `  added:
    stream:
      apiKey: k2
      apiSecret:
        env: S2
`;

describe('a profile more in a YAML file', () => {
  const two = `# ours, see the wiki
profile:   one   # the live one
profiles:
  # one per app
  one:
    stream: { apiKey: "k", apiSecret: {env: S} }   # asked for in March
  two:
    sendbird:
      applicationId: A
      apiToken:
        command: [op, 'read',   token]
`;

  it('comes after the others, and every byte of them stays', () => {
    expect(withProfile('/x/.gdprrc.yaml', two, ADDED)).toBe(`${two}${LINES}`);
  });

  it.each(['# the end\n', '\n\n# the end', 'profile: one\n'])('comes before %j', (rest) => {
    const text = two.replace(/^profile: .*\n/m, '');
    const choice = rest.startsWith('profile') ? '' : 'profile: two\n';
    const whole = `${choice}${text}`;
    expect(withProfile('/x/.gdprrc', `${whole}${rest}`, ADDED)).toBe(
      `${whole}${LINES}${rest}${rest.endsWith('\n') ? '' : '\n'}`,
    );
  });

  it('is put as far in as the others', () => {
    const text = 'profile: a\nprofiles:\n      a:\n        stream:\n          apiKey: k\n';
    const added = withProfile('/x.yml', text, ADDED);
    expect(added).toBe(`${text}${LINES.replaceAll(/^/gm, '    ').trimEnd()}\n`);
  });

  it('keeps what was used unnamed as the one that is', () => {
    const text = '# mine\nprofiles:\n  only:\n    erase: {}\n';
    const added = withProfile('/x.yml', text, ADDED);
    expect(added).toBe(`# mine\nprofile: only\nprofiles:\n  only:\n    erase: {}\n${LINES}`);
  });

  it('keeps line ends as they are', () => {
    const text = 'profile: a\r\nprofiles:\r\n  a:\r\n    erase: {}\r\n';
    expect(withProfile('/x.yml', text, ADDED)).toBe(`${text}${LINES.replaceAll('\n', '\r\n')}`);
  });

  it.each(['', '# nothing yet', '{}', 'profile: added'])('is the first one in %j', (text) => {
    const added = withProfile('/x.yaml', text, ADDED) ?? '';
    expect(added).toContain(text === '{}' ? '"added"' : text.trimEnd());
    expect(parseConfig('/x.yaml', added)).toEqual({
      value: { profile: 'added', profiles: { added: ADDED.profile } },
    });
  });

  it.each([
    [
      'profile: a\nprofiles:\n  a:\n    erase:\n      protected:\n        - |\n          x\n          # y\n',
      '\n# z\n',
    ],
    ['profile: a\nprofiles:\n  a:\n    erase:\n', '# none\n'],
    ['%YAML 1.2\n---\nprofile: a\nprofiles:\n  a: { erase: {} }\n', '...\n'],
    ['profile: a\nprofiles: # by reference\n  a: &a\n    erase: {}\n  <<: { b: *a }\n', ''],
  ])('comes between %j and %j', (before, after) => {
    expect(withProfile('/x.yaml', `${before}${after}`, ADDED)).toBe(`${before}${LINES}${after}`);
  });

  it.each([
    'profiles: { a: { erase: {} } } # mine\n',
    '# mine\n{ profiles: { a: { erase: {} } } }\n',
    'profiles:\n  ? a\n  : erase: {}\n',
    'profiles: [',
  ])('is not forced into %j', (text) => {
    expect(withProfile('/x.yaml', text, ADDED)).toBeNull();
  });
});

test('a file in JSON keeps what it says, and how far in', () => {
  const text = JSON.stringify({ $schema: 's', profiles: { a: { erase: {} } } }, null, 4);
  const content = {
    $schema: 's',
    profiles: { a: { erase: {} }, added: ADDED.profile },
    profile: 'a',
  };
  const added = withProfile('/x.json', text, ADDED);
  expect(added).toBe(`${JSON.stringify(content, null, 4)}\n`);
});

test('a new file says where its schema is, as editors look for it', () => {
  expect(newFile('/x.yaml', ADDED, './s.json')).toBe(
    `# yaml-language-server: $schema=./s.json\nprofile: added\nprofiles:\n${LINES}`,
  );
  expect(JSON.parse(newFile('/x.json', ADDED, './s.json'))).toEqual({
    $schema: './s.json',
    profile: 'added',
    profiles: { added: ADDED.profile },
  });
  expect(`${profileLines(ADDED)}\n`).toBe(LINES);
});

const names = fc.oneof(
  fc.stringMatching(PROFILE_NAME),
  fc.constantFrom('null', 'yes', 'NO', '2026-11-22', '1e3', '0o14', '0x1f', '12', 'y', '__proto__'),
);
const texts = fc.oneof(
  fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
  fc.constantFrom('null', 'yes', '2026-11-22', '0o14', '1_000', '~', '<<', '- x', 'a: b', 'x #y'),
  fc.string({ unit: 'binary-ascii' }),
);
const profiles = fc.record({
  stream: fc.record({ apiKey: texts, apiSecret: fc.record({ command: fc.array(texts) }) }),
});

test('any name and values are read back as they were meant, or refused', () => {
  fc.assert(
    fc.property(names, profiles, names, profiles, (first, profile, second, other) => {
      fc.pre(first !== second && ![first, second].includes('__proto__'));
      for (const path of ['/x.yaml', '/x.json']) {
        const made = newFile(path, { name: first, profile }, './s.json');
        const parsed = parseConfig(path, made);
        expect(parsed).toMatchObject({ value: { profile: first, profiles: { [first]: profile } } });
        const added = withProfile(path, made, { name: second, profile: other });
        expect(added).not.toBeNull();
        expect(parseConfig(path, added ?? '')).toMatchObject({
          value: { profile: first, profiles: { [first]: profile, [second]: other } },
        });
      }
    }),
  );
});
