import { createRedactor } from '../../http/redaction.ts';
import { unlock } from '../credentials.ts';
import type { ProviderDeps } from '../deps.ts';
import { createFresh } from '../fresh.ts';
import { notOurs } from '../not-ours.ts';
import type { Provider } from '../provider.ts';
import { accessFile } from './access-file.ts';
import { check } from './check.ts';
import { type SendbirdAccount, createSendbirdClient } from './client.ts';
import { SENDBIRD, outcomeOf } from './denial.ts';
import type { SendbirdDeps } from './deps.ts';
import { look, lookUp } from './lookup.ts';
import { registrationOf } from './registered.ts';
import { registrationFor } from './registration.ts';
import { reportOf, viewRequest } from './request-view.ts';
import type { GdprRequest } from './schemas.ts';
import { searchRequests } from './search.ts';
import { withdraw } from './withdraw.ts';

/** Sendbird behind the provider interface: access, deletion, their state, and who can be seen. */
export function createSendbird(account: SendbirdAccount, deps: ProviderDeps): Provider {
  const { http, clock } = deps;
  const redactor = createRedactor();
  const client = createSendbirdClient(account, deps, redactor);
  const fresh = createFresh<GdprRequest>(clock);
  const asking: SendbirdDeps = { client, redactor, clock, fresh };

  return {
    name: 'sendbird',
    account: `sendbird:${account.applicationId}@${account.origin}`,

    unlock: () => unlock(account.apiToken, SENDBIRD, redactor),

    admit: () => client.registrations.admit(),

    turnAt: () => client.registrations.turnAt(),

    limitOf: () => client.registrations.limit,

    get calls() {
      return client.calls;
    },

    async submit(call, signal) {
      const asked = registrationFor(call);
      const reply = await client.registerGdprRequest(asked, signal);
      return registrationOf(outcomeOf(reply, redactor, clock.now()), asked, redactor);
    },

    checksMany: true,

    check: (calls, signal) => check(calls, asking, signal),

    async collect(call, signal) {
      const known = fresh.take(call.taskId);
      if (known !== null) return accessFile(known, http, account.origin);
      const seen = await viewRequest(call, asking, signal);
      const report = reportOf(seen, redactor);
      if (report.kind !== 'done') return report;
      if (seen.kind !== 'request') throw notOurs('a request that is done was not seen');
      return accessFile(seen.request, http, account.origin);
    },

    lookup: (subjectIds, signal) => lookUp(subjectIds, asking, signal),

    look: (call, signal) => look(call, asking, signal),

    withdraw: (call, signal) => withdraw(call, asking, signal),

    // There is no call that tells: the headers of each answer do, and the rateLimiter has heard them.
    limits: async () => new Map(),

    search: (call, since, signal) => searchRequests(registrationFor(call), since, asking, signal),

    renewCredentials: () => account.apiToken.renew(),
  };
}
