import { type Visit, hangUp, reset, writeAnswer } from './visit.ts';

/** How a call ended on its way, before anyone looked at it; null = it went through. */
export interface Ended {
  status: number | null;
  fault: string;
}

const SLOW = 2000;
const EDGE_TEXT =
  'upstream connect error or disconnect/reset before headers. reset reason: connection termination';

/** What can happen before a call has any effect: gate, delay, silence, reset, the edge's own errors. */
export async function onTheWay(visit: Visit): Promise<Ended | null> {
  const { options, faults } = visit.context;
  const hits = (name: string) => faults.hits(name, visit);
  if (options.latency > 0) await options.clock.sleep(options.latency, visit.gone);
  if (hits('hold') && (await holdAt(visit, 'hold')) === 'gone') {
    return { status: null, fault: 'hold' };
  }
  if (hits('slow')) await options.clock.sleep(SLOW, visit.gone);
  // Nothing is written and nothing closed: the caller waits until it gives up.
  if (hits('hang')) {
    void options.clock.sleep(Infinity, visit.gone);
    return { status: null, fault: 'hang' };
  }
  if (hits('reset')) {
    reset(visit);
    return { status: null, fault: 'reset' };
  }
  if (hits('edge-text')) {
    const status = happened(visit, 'edge-text') % 2 === 1 ? 503 : 502;
    writeAnswer(visit, status, { 'Content-Type': 'text/plain' }, EDGE_TEXT);
    return { status, fault: 'edge-text' };
  }
  return null;
}

/** Waits at a gate until a test opens it; to the clock that is sleep. */
export async function holdAt(visit: Visit, fault: string): Promise<'opened' | 'gone'> {
  const { context, gone, operation, labels, ids, taskId } = visit;
  const over = new AbortController();
  void context.options.clock.sleep(Infinity, over.signal);
  const how = await context.gates.wait({ fault, operation, labels, ids, taskId }, gone);
  over.abort();
  return how;
}

/** What can happen to an answer after the call took effect; null = it may be sent. */
export async function beforeAnswer(visit: Visit): Promise<Ended | null> {
  const { faults } = visit.context;
  if (faults.hits('answer-lost', visit)) {
    hangUp(visit);
    return { status: null, fault: 'answer-lost' };
  }
  if (!faults.hits('hold-answer', visit)) return null;
  const how = await holdAt(visit, 'hold-answer');
  return how === 'gone' ? { status: null, fault: 'hold-answer' } : null;
}

function happened({ context }: Visit, name: string): number {
  return context.faults
    .list()
    .filter((fault) => fault.name === name)
    .reduce((sum, fault) => sum + fault.happened, 0);
}

const MISSING = Symbol('missing');

/** Which field of which answer is spoilt, and how. */
const SPOILT: Record<string, readonly [string, unknown]> = {
  getTask: ['status', 7],
  restoreUsers: ['duration', MISSING],
  exportUser: ['messages', {}],
  queryUsers: ['users', null],
  queryActivities: ['activities', MISSING],
  queryFeeds: ['feeds', MISSING],
  queryComments: ['comments', null],
  queryBookmarks: ['bookmarks', {}],
  queryBookmarkFolders: ['bookmark_folders', MISSING],
  queryCollections: ['collections', 'none'],
  getRateLimits: ['server_side', []],
  getFeedsRateLimits: ['server_side', []],
  registerGdprAccess: ['request_id', MISSING],
  registerGdprDelete: ['request_id', MISSING],
  viewGdprRequest: ['status', MISSING],
  listGdprRequests: ['requests', {}],
  getUser: ['user_id', MISSING],
  listUsers: ['users', MISSING],
};

/** An answer with a required field missing or of the wrong type; tasks lose their `task_id`. */
export function spoil(operation: string, body: Record<string, unknown>): Record<string, unknown> {
  const [field, value] = SPOILT[operation] ?? ['task_id', MISSING];
  const { [field]: _taken, ...rest } = body;
  return value === MISSING ? rest : { ...rest, [field]: value };
}
