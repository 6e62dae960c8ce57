import {
  type SendbirdUsers,
  UNTOUCHED_AT_SENDBIRD,
  createHistory,
} from '../population/accounts.ts';
import type { Vendor, World } from '../vendor.ts';
import { accessFile } from './access-file.ts';
import { cancel, list, register, view } from './gdpr.ts';
import { notFound, sendbirdError } from './input.ts';
import { createSendbirdLimits } from './limits.ts';
import { createGdprRequests } from './requests.ts';
import {
  type SendbirdContext,
  type SendbirdHandler,
  existing,
  getUser,
  listUsers,
} from './users.ts';

const HANDLERS: Readonly<Record<string, SendbirdHandler>> = {
  registerGdprAccess: register,
  registerGdprDelete: register,
  viewGdprRequest: view,
  listGdprRequests: list,
  cancelGdprRequest: cancel,
  getUser,
  listUsers,
};

/** Sendbird, as its fact sheet describes it. */
export function createSendbird(world: World): Vendor {
  const { options, population } = world;
  const users: SendbirdUsers = { population, accounts: createHistory(UNTOUCHED_AT_SENDBIRD) };
  const requests = createGdprRequests(world);
  const limits = createSendbirdLimits(options.rate);
  const context: SendbirdContext = { ...world, users, requests };

  return {
    accounts: users.accounts,
    visible: (id) => existing(users, id) !== null,
    setActive: (id, active) => users.accounts.change(id, { active }),
    authenticate(call) {
      const good = call.headers['api-token'] === options.credentials.sendbird.apiToken;
      return good ? Promise.resolve() : Promise.reject(invalidToken(400));
    },
    charge: (operation, now) => limits.charge(operation, now),
    settle: (now) => requests.settle(now),
    tasks: () => [...requests.all.values()],
    subjects: (id) => requests.known(id)?.userIds ?? [],
    file(id) {
      const request = requests.known(id);
      const ready = request?.action === 'access' && request.end === 'done';
      return request && ready ? accessFile(users, request) : null;
    },
    handle: (call) => HANDLERS[call.operation]?.(call, context) ?? null,
    refusals: {
      internal: () => sendbirdError(500901, 'Internal server error.', 500),
      unavailable: () => sendbirdError(503, 'Service unavailable.', 503, { 'Retry-After': '1' }),
      rateLimited: (operation, now) => limits.refusal(operation, now),
      unauthorized: (http401) => invalidToken(http401 ? 401 : 400),
      // [U] which code a refused batch has: 400201, as for one unknown user.
      oneBadId: () => notFound('User'),
      noSuchPath: () => sendbirdError(400404, 'Invalid URL.'),
    },
  };
}

/** [U] HTTP 400 or 401: the docs know only 400 and 500; the fault `unauthorized-401` is the other. */
function invalidToken(status: number) {
  return sendbirdError(400401, 'Invalid API token.', status);
}
