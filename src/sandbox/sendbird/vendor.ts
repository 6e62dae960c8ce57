import { UNTOUCHED_AT_SENDBIRD, createHistory } from '../population/accounts.ts';
import type { Vendor } from '../vendor.ts';
import type { World } from '../world.ts';
import { accessFile } from './access-file.ts';
import { cancel, finish, list, register, view } from './gdpr.ts';
import { notFound, sendbirdError } from './input.ts';
import { createSendbirdLimits } from './limits.ts';
import { createGdprRequests } from './requests.ts';
import { type SendbirdUsers, existing, getUser, listUsers } from './users.ts';

/** Sendbird, as its fact sheet describes it. */
export function createSendbird(world: World): Vendor {
  const { options, population } = world;
  const users: SendbirdUsers = { population, accounts: createHistory(UNTOUCHED_AT_SENDBIRD) };
  const requests = createGdprRequests(world);
  const limits = createSendbirdLimits(options.rate);
  const end = finish(users);
  const registration = register(world, users, requests);

  return {
    accounts: users.accounts,
    visible: (id) => existing(users, id) !== null,
    setActive: (id, active) => users.accounts.change(id, { active }),
    authenticate(call) {
      const good = call.headers['api-token'] === options.credentials.sendbird.apiToken;
      return good ? Promise.resolve() : Promise.reject(invalidToken(400));
    },
    charge: (operation, now) => limits.charge(operation, now),
    settle: (now) => requests.settle(now, end),
    tasks: () => requests.all(),
    subjects: (id) => requests.get(id)?.userIds ?? [],
    file(id) {
      const request = requests.get(id);
      const ready = request?.action === 'access' && request.end === 'done';
      return request && ready ? accessFile(users, request) : null;
    },
    handlers: {
      registerGdprAccess: registration,
      registerGdprDelete: registration,
      viewGdprRequest: view(world, requests),
      listGdprRequests: list(world, requests),
      cancelGdprRequest: cancel(requests),
      getUser: getUser(users),
      listUsers: listUsers(users),
    },
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
