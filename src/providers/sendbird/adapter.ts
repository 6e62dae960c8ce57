import { createRedactor } from '../../http/redaction.ts';
import { notOurs } from '../batch.ts';
import { createFresh } from '../check-all.ts';
import type { ProviderDeps } from '../connection.ts';
import type { Provider } from '../provider.ts';
import { accessFile, check, reportOf, viewRequest } from './check.ts';
import { type SendbirdAccount, type SendbirdDeps, createSendbirdClient } from './client.ts';
import { look, lookUp } from './lookup.ts';
import { registrationFor, registrationOf } from './registration.ts';
import type { GdprRequest } from './schemas.ts';
import { searchRequests } from './search.ts';
import { withdraw } from './withdraw.ts';

/** Sendbird behind the provider interface: access, deletion, their state, and who can be seen. */
export function createSendbird(account: SendbirdAccount, deps: ProviderDeps): Provider {
  const redactor = createRedactor();
  const client = createSendbirdClient(account, deps, redactor);
  const { connection } = client;
  const fresh = createFresh<GdprRequest>(deps.clock);
  const asking: SendbirdDeps = { client, redactor, fresh };

  return {
    name: 'sendbird',
    account: `sendbird:${account.applicationId}@${account.origin}`,

    unlock: () => connection.unlock(),

    admit: () => client.registrations().admit(),

    turnAt: () => client.registrations().turnAt(),

    limitOf: () => client.registrations().limit,

    get calls() {
      return connection.calls;
    },

    async submit(call, signal) {
      const asked = registrationFor(call);
      return registrationOf(await client.registerGdprRequest(asked, signal), asked, redactor);
    },

    checksMany: true,

    check: (calls, signal) => check(calls, asking, signal),

    async collect(call, signal) {
      const known = fresh.take(call.taskId);
      if (known !== null) return accessFile(known, connection);
      const seen = await viewRequest(call, asking, signal);
      const report = reportOf(seen, redactor);
      if (report.kind !== 'done') return report;
      if (seen.kind !== 'request') throw notOurs('a request that is done was not seen');
      return accessFile(seen.request, connection);
    },

    lookup: (subjectIds, signal) => lookUp(subjectIds, asking, signal),

    look: (call, signal) => look(call, asking, signal),

    withdraw: (call, signal) => withdraw(call, asking, signal),

    // There is no call that tells: the headers of each answer do, and the rate limiter has heard them.
    limits: async () => new Map(),

    search: (call, since, signal) => searchRequests(registrationFor(call), since, asking, signal),

    renewCredentials: () => account.apiToken.renew(),
  };
}
