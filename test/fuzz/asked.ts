import type { Provider } from '../../src/providers/provider.ts';
import type { Operation } from '../../src/requests/request.ts';
import type { Chance } from '../chaos/chance.ts';
import { never } from '../providers/stage.ts';
import { outgoing } from '../shell/adapters.ts';

/** What is asked of an adapter, about whom and which tasks, and the kinds that may be its answer. */
export interface Asked {
  name: string;
  subjectIds: readonly string[];
  kinds: readonly string[];
  ask(): Promise<unknown>;
}

const UNREACHABLE = ['credentials', 'limited', 'unavailable'];
const NEWS = [...UNREACHABLE, 'running', 'done', 'failed', 'no_data', 'forgotten', 'unreadable'];
const STARTED = [...UNREACHABLE, 'accepted', 'absent', 'refused', 'unsent', 'lost'];
const SINCE = 1_000;

const EXPORTS = { stream: ['export_feeds', 'export_users'], sendbird: ['access'] } as const;
const CHANGES = {
  stream: ['delete_feeds', 'delete_users', 'restore_users'],
  sendbird: ['delete'],
} as const;

/** One of the questions that the provider can be asked, about a task that its answers may know. */
export function questionOf(provider: Provider, taskId: string, chance: Chance): Asked {
  const { name } = provider;
  const exported = chance.pick<Operation>(EXPORTS[name]);
  const change = chance.pick<Operation>(CHANGES[name]);
  const operation = chance.is(0.5) ? exported : change;
  const isAlone = operation !== 'delete_users' && operation !== 'delete';
  const subjectIds = isAlone ? ['ada'] : ['ada', 'bob'];
  const running = (id: string, task: string) => ({
    id,
    taskId: task,
    ...outgoing(operation, subjectIds),
  });
  const many = ['ada', 'bob', 'a,b', 'linus'];
  const all: [Asked, ...Asked[]] = [
    {
      name: `submit ${operation}`,
      subjectIds,
      kinds: operation === 'restore_users' ? ['done', ...STARTED] : STARTED,
      ask: () => provider.submit(outgoing(operation, subjectIds), never),
    },
    {
      name: `check ${operation}`,
      subjectIds,
      kinds: NEWS,
      ask: () => provider.check([running('call-1', taskId)], never),
    },
    {
      name: 'check many',
      subjectIds,
      kinds: NEWS,
      ask: () => provider.check([running('call-1', taskId), running('call-2', 'U')], never),
    },
    {
      name: `collect ${exported}`,
      subjectIds: ['ada'],
      kinds: ['file', 'no_link', ...NEWS.filter((kind) => kind !== 'done')],
      ask: () => provider.collect({ id: 'call-1', taskId, ...outgoing(exported, ['ada']) }, never),
    },
    {
      name: 'lookup',
      subjectIds: many,
      kinds: ['found', ...UNREACHABLE],
      ask: () => provider.lookup(many, never),
    },
    {
      name: `look ${change}`,
      subjectIds,
      kinds: ['looked', 'not_checkable', ...UNREACHABLE],
      ask: () => provider.look(outgoing(change, ['ada']), never),
    },
    {
      name: 'withdraw',
      subjectIds,
      kinds: ['withdrawn', 'too_late', 'unclear', ...UNREACHABLE],
      ask: () => provider.withdraw(running('call-1', taskId), never),
    },
    {
      name: `search ${operation}`,
      subjectIds,
      kinds: ['listed', 'unsearchable', ...UNREACHABLE],
      ask: () => provider.search(outgoing(operation, subjectIds), SINCE, never),
    },
    {
      name: 'limits',
      subjectIds: [],
      kinds: [],
      ask: () => provider.limits([exported, change], never),
    },
  ];
  return chance.pick(all);
}
