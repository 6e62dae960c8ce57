import type { PlannedRequest } from '../../src/requests/request.ts';

export const STREAM = 'stream:key@https://stream.test';
export const SENDBIRD = 'sendbird:app@https://sendbird.test';

/** An export of one subject: a step at Stream and one at Sendbird. */
export function plan(name: string, more: Partial<PlannedRequest> = {}): PlannedRequest {
  return {
    id: `req_${name}`,
    action: 'export',
    mode: null,
    subject: { userId: `user ${name}`, streamId: `user ${name}`, sendbirdId: `user ${name}` },
    reference: 'ZD-1042',
    profile: 'production',
    operator: 'jane',
    receivedOn: '2026-11-20',
    dueOn: '2026-12-21',
    outDir: '/exports',
    steps: [
      {
        id: `st_${name}_users`,
        provider: 'stream',
        operation: 'export_users',
        account: STREAM,
        subjectId: `user ${name}`,
        options: {},
      },
      {
        id: `st_${name}_access`,
        provider: 'sendbird',
        operation: 'access',
        account: SENDBIRD,
        subjectId: `user ${name}`,
        options: { channels: { z: 1, a: [2, { c: 3, b: 4 }] } },
      },
    ],
    ...more,
  };
}

/** A hard erase of one subject: feed data, then the account at Stream, and Sendbird beside it. */
export function erasure(name: string, more: Partial<PlannedRequest> = {}): PlannedRequest {
  const subjectId = `user ${name}`;
  const at = { provider: 'stream', account: STREAM, subjectId, before: 'visible' } as const;
  return plan(name, {
    action: 'erase',
    mode: 'hard',
    outDir: null,
    steps: [
      { ...at, id: `st_${name}_feeds`, operation: 'delete_feeds', options: { hard_delete: true } },
      { ...at, id: `st_${name}_users`, operation: 'delete_users', options: { user: 'hard' } },
      {
        id: `st_${name}_delete`,
        provider: 'sendbird',
        operation: 'delete',
        account: SENDBIRD,
        subjectId,
        options: { channel_delete_option: 'do_not_delete' },
        before: 'not_visible',
        earlier: 'req_before',
      },
    ],
    ...more,
  });
}

/** A restore of one subject: asked of Stream, and not possible at Sendbird. */
export function restoration(name: string, more: Partial<PlannedRequest> = {}): PlannedRequest {
  const subjectId = `user ${name}`;
  const step = { subjectId, operation: 'restore_users', options: {} } as const;
  return plan(name, {
    action: 'restore',
    outDir: null,
    steps: [
      { ...step, id: `st_${name}_restore`, provider: 'stream', account: STREAM },
      {
        ...step,
        id: `st_${name}_none`,
        provider: 'sendbird',
        account: SENDBIRD,
        state: 'unsupported',
        note: 'Sendbird has no restore',
      },
    ],
    ...more,
  });
}
