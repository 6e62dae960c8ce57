import type { ReceivedCall } from '../vendor.ts';
import {
  makeToken,
  notFound,
  readLimit,
  readRegisterBody,
  readToken,
  sendbirdError,
} from './input.ts';
import type { GdprRequest } from './requests.ts';
import { type SendbirdContext, type SendbirdHandler, existing } from './users.ts';

/** [I] seven days, from the third-party restatement of the docs. */
const LINK_TIME = 7 * 86_400_000;

/**
 * Registers access or delete; `delete` is the default, as the seed page says.
 * [U] unknown users: refused with 400201, a batch as a whole; the fault `unknown-user-no-data`
 * registers them, and they end as no_data.
 */
export const register: SendbirdHandler = (call, { world, users, requests }) => {
  const { action, userIds: ids, channels } = readRegisterBody(call);
  const subject = { labels: [call.operation, 'sendbird'], ids };
  const unknown = ids.some((id) => !existing(users, id));
  if (unknown && !world.faults.hits('unknown-user-no-data', subject)) throw notFound('User');
  const staying = action === 'delete' ? world.faults.hitIds('user-stays-visible', subject) : [];
  const request = requests.register({ action, userIds: ids, channels, staying, now: call.now });
  // The answer to a registration says scheduled even when there is nothing to wait for.
  return { status: 200, body: base(request, 'scheduled'), taskId: request.id };
};

/** One request. Unknown ids: HTTP 400, [U] with code 400201. */
export const view: SendbirdHandler = (call, context) => {
  const request = known(call, context);
  return { status: 200, body: shown(request, call.now, context), taskId: request.id };
};

/** All requests, [U] newest first as in the documented sample. */
export const list: SendbirdHandler = (call, context) => {
  const { requests } = context;
  const limit = readLimit(call.query);
  const before = readToken(call.query, 'gdpr');
  const page = requests.newest(before, limit);
  const last = page.at(-1)?.sequence ?? 0;
  const more = page.length === limit && requests.newest(last, 1).length > 0;
  return {
    status: 200,
    body: {
      requests: page.map((request) => shown(request, call.now, context)),
      next: more ? makeToken('gdpr', last) : '',
    },
  };
};

/**
 * Cancels: an empty answer, and [U] the request is unknown from then on; the fault `cancel-shown`
 * is the other answer. [U] works while scheduled; later it is refused with 400111.
 */
export const cancel: SendbirdHandler = (call, context) => {
  const { requests } = context;
  const request = known(call, context);
  if (requests.status(request, call.now) !== 'scheduled') {
    throw sendbirdError(400111, 'The GDPR request can no longer be canceled.');
  }
  requests.cancel(request);
  return { status: 200, body: null, taskId: request.id };
};

function known({ params }: ReceivedCall, { requests }: SendbirdContext): GdprRequest {
  const request = requests.get(params['task_id'] ?? '');
  if (!request) throw notFound('GDPR request');
  return request;
}

/** Takes effect: users of a deletion are gone, an access file shows this moment. */
export function finish(request: GdprRequest, { users }: SendbirdContext): 'done' | 'no_data' {
  const present = request.userIds.filter((id) => existing(users, id));
  request.version = users.accounts.version();
  if (present.length === 0) return 'no_data';
  if (request.action === 'delete') {
    const channels = request.channels ?? 'do_not_delete';
    for (const id of present) {
      if (!request.staying.includes(id)) users.accounts.change(id, { deleted: { channels } });
    }
  }
  return 'done';
}

function base(request: GdprRequest, status: string): Record<string, unknown> {
  return {
    request_id: request.id,
    action: request.action,
    status,
    ...(request.action === 'access'
      ? { user_id: request.userIds[0] }
      : { user_ids: request.userIds, channel_delete_option: request.channels }),
    created_at: request.createdAt,
  };
}

/** `files` is absent before the end and empty for whatever made no file. */
function shown(request: GdprRequest, now: number, context: SendbirdContext) {
  const status = context.requests.status(request, now);
  const shownAs = base(request, status);
  const ended = status === 'done' || status === 'no_data';
  return ended ? { ...shownAs, files: files(request, status, now, context) } : shownAs;
}

/** [U] whether a link is renewed: a new one on each view; the fault `link-not-renewed` is the other answer. */
function files(request: GdprRequest, status: string, now: number, { world }: SendbirdContext) {
  const { options, links } = world;
  const nothing = { url: '', expires_at: 0 };
  if (request.action === 'delete' || status !== 'done') return nothing;
  if (request.faults.includes('task-no-url')) return nothing;
  const path = `/files/sendbird/gdpr/${request.id}.zip`;
  if (request.faults.includes('link-not-renewed')) {
    const expired = request.endsAt ?? request.createdAt;
    request.frozenLink ??= { url: links.mint(path, expired), expires_at: expired };
    return request.frozenLink;
  }
  const expiresAt = now + (options.linkTime ?? LINK_TIME);
  return { url: links.mint(path, expiresAt), expires_at: expiresAt };
}
