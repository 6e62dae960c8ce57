import type { SendbirdUsers } from '../population/accounts.ts';
import type { VendorAnswer } from '../vendor.ts';
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
export const register: SendbirdHandler = (call, { faults, users, requests }) => {
  const { userIds: ids, ...order } = readRegisterBody(call);
  const subject = { labels: [call.operation, 'sendbird'], ids };
  const unknown = ids.some((id) => !existing(users, id));
  if (unknown && !faults.hits('unknown-user-no-data', subject)) throw notFound('User');
  const staying = order.action === 'delete' ? faults.hitIds('user-stays-visible', subject) : [];
  const request = requests.register(call, ids, { ...order, staying }, (ended) =>
    finish(ended, users),
  );
  // The answer to a registration says scheduled even when there is nothing to wait for.
  return { status: 200, body: base(request, 'scheduled'), taskId: request.id };
};

/** All requests, [U] newest first as in the documented sample. */
export const list: SendbirdHandler = (call, context) => {
  const limit = readLimit(call.query);
  const found = context.requests.newest(readToken(call.query, 'gdpr'), limit + 1);
  const page = found.slice(0, limit);
  const next = found.length > limit ? makeToken('gdpr', page.at(-1)?.sequence ?? 0) : '';
  const requests = page.map((request) => shown(request, call.now, context));
  return { status: 200, body: { requests, next } };
};

/** A handler for one request. Unknown ids: HTTP 400, [U] with code 400201. */
function ofOne(
  answer: (request: GdprRequest, now: number, context: SendbirdContext) => VendorAnswer['body'],
): SendbirdHandler {
  return ({ params, now }, context) => {
    const request = context.requests.known(params['task_id'] ?? '');
    if (!request) throw notFound('GDPR request');
    return { status: 200, body: answer(request, now, context), taskId: request.id };
  };
}

export const view = ofOne(shown);

/**
 * Cancels: an empty answer, and [U] the request is unknown from then on; the fault `cancel-shown`
 * is the other answer. [U] works while scheduled; later it is refused with 400111.
 */
export const cancel = ofOne((request, now, { requests }) => {
  if (requests.status(request, now) !== 'scheduled') {
    throw sendbirdError(400111, 'The GDPR request can no longer be canceled.');
  }
  requests.cancel(request);
  return null;
});

/** Takes effect: users of a deletion are gone, an access file shows this moment. */
function finish(request: GdprRequest, users: SendbirdUsers): 'done' | 'no_data' {
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
function files(
  request: GdprRequest,
  status: string,
  now: number,
  { options, links }: SendbirdContext,
) {
  const none = request.action === 'delete' || status !== 'done';
  if (none || request.faults.includes('task-no-url')) return { url: '', expires_at: 0 };
  const linkTo = (expiresAt: number) => ({
    url: links.mint(`/files/sendbird/gdpr/${request.id}.zip`, expiresAt),
    expires_at: expiresAt,
  });
  if (request.faults.includes('link-not-renewed')) {
    request.frozenLink ??= linkTo(request.endsAt ?? request.createdAt);
    return request.frozenLink;
  }
  return linkTo(now + (options.linkTime ?? LINK_TIME));
}
