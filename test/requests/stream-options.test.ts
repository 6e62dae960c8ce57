import { describe, expect, it, test } from 'vitest';
import {
  type StreamChoice,
  optionFault,
  ownersOf,
  streamOptions,
} from '../../src/requests/stream-options.ts';

describe('streamOptions', () => {
  test.each([
    ['soft', { user: 'soft', messages: 'soft' }],
    ['pruning', { user: 'pruning', messages: 'pruning' }],
    ['hard', { user: 'hard', messages: 'hard', conversations: 'hard', calls: 'hard', files: true }],
  ] as const)('%s is what the table of the modes says', (mode, options) => {
    expect(streamOptions(mode, {}, {})).toEqual(options);
    expect(optionFault(options, ['ada'])).toBeNull();
  });

  it('takes the flags first, then the profile, then the mode', () => {
    const profile = { messages: 'pruning', calls: 'soft', files: true } as const;
    const flags = { messages: 'hard', conversations: undefined } as const;
    expect(streamOptions('soft', profile, flags)).toEqual({
      user: 'soft',
      messages: 'hard',
      calls: 'soft',
      files: true,
    });
  });

  it('sends no option that is not set, so that equal options are equal', () => {
    expect(Object.keys(streamOptions('soft', { files: false, calls: undefined }, {}))).toEqual([
      'user',
      'messages',
    ]);
    expect(streamOptions('hard', { files: false }, {})).not.toHaveProperty('files');
  });

  it("uses the profile's new owners only where there is something to own", () => {
    const profile = { new_channel_owner_id: 'bob', new_call_owner_id: 'eve' };
    expect(streamOptions('soft', profile, {})).not.toHaveProperty('new_channel_owner_id');
    expect(ownersOf(streamOptions('hard', profile, { new_call_owner_id: 'zoe' }))).toEqual([
      ['--new-channel-owner', 'bob'],
      ['--new-call-owner', 'zoe'],
    ]);
  });
});

const fault = (mode: 'soft' | 'pruning' | 'hard', flags: StreamChoice) =>
  optionFault(streamOptions(mode, {}, flags), ['ada', 'grace']);

describe('optionFault', () => {
  it.each<StreamChoice>([{ messages: 'soft' }, { messages: 'pruning' }, { conversations: 'soft' }])(
    'refuses a hard user without what Stream wants with it: %j',
    (flags) => {
      expect(fault('hard', flags)?.message).toContain(
        'messages and conversations must be hard as well',
      );
    },
  );

  it.each<StreamChoice>([{ messages: 'hard' }, { conversations: 'hard' }, { calls: 'hard' }])(
    'allows a soft user with harder parts: %j',
    (flags) => {
      expect(fault('soft', flags)).toBeNull();
    },
  );

  it.each(['soft', 'pruning'] as const)('refuses a new owner of a %s user', (mode) => {
    expect(fault(mode, { new_call_owner_id: 'bob' })?.message).toContain(
      '--new-call-owner has no effect here',
    );
  });

  it('refuses a new owner who is erased as well', () => {
    expect(fault('hard', { new_channel_owner_id: 'grace' })?.message).toContain(
      '--new-channel-owner: "grace" is to be erased',
    );
    expect(fault('hard', { new_channel_owner_id: 'Grace' })).toBeNull();
  });

  it.each([
    ['', 'is empty'],
    ['a/b', 'holds a slash'],
    ['a'.repeat(256), 'is longer'],
  ])('refuses the id %j of a new owner', (id, why) => {
    expect(fault('hard', { new_channel_owner_id: id })?.message).toContain(why);
  });
});
