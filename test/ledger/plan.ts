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
