import { type VendorName, batchOperations } from '../operations.ts';
import { ErrorAnswer, type ReceivedCall, type Vendor, type VendorAnswer } from '../vendor.ts';
import { idsOf, registrationOf } from './call-ids.ts';
import {
  JSON_TYPE,
  type RawExchange,
  type SandboxContext,
  type ServerContext,
  exchangeOf,
  handled,
  send,
} from './exchange.ts';
import { type Arrival, beforeAnswer, onTheWay } from './transport-faults.ts';
import { spoil } from './wrong-shape.ts';

interface Outcome {
  answer: VendorAnswer;
  headers: Record<string, string>;
  fault: string | null;
}

/** Serves one API call: on the way, credentials, limits, effect, answer. */
export async function serveCall(
  context: ServerContext,
  provider: VendorName,
  route: string,
  http: SandboxContext,
): Promise<Response> {
  const { clock } = context.options;
  const vendor: Vendor = context.vendors[provider];
  const exchange = exchangeOf(http);
  const at = clock.now();
  const call = await readCall(route, at, http);
  const arrival: Arrival = {
    operation: call.operation,
    labels: [call.operation, provider],
    ids: subjectsOf(vendor, call),
    taskId: call.params['task_id'] ?? null,
  };
  const { method } = http.req;
  const { url } = exchange;
  const log = (status: number | null, fault: string | null) =>
    context.log.write({ provider, method, url, at, ...arrival }, status, fault);

  const ended = await onTheWay(context, exchange, arrival);
  if (ended) {
    log(ended.status, ended.fault);
    return handled;
  }
  call.now = clock.now();
  const outcome = await carryOut(context, vendor, call, arrival);
  arrival.taskId = outcome.answer.taskId ?? arrival.taskId;
  const lost = await beforeAnswer(context, exchange, arrival);
  if (lost) {
    log(lost.status, lost.fault);
    return handled;
  }
  respond(context, exchange, provider, { call, arrival, outcome, at }, log);
  return handled;
}

async function readCall(route: string, now: number, http: SandboxContext): Promise<ReceivedCall> {
  const url = http.env.incoming.url ?? '';
  const mark = url.indexOf('?');
  const rawQuery = mark === -1 ? '' : url.slice(mark + 1);
  const body = await http.req.text().catch(() => '');
  return {
    operation: route.startsWith('registerGdpr') ? registrationOf(body) : route,
    params: http.req.param(),
    query: new URLSearchParams(rawQuery),
    rawQuery,
    body,
    headers: http.env.incoming.headers,
    now,
  };
}

/** Whom a call concerns; a look at a task concerns the users of the task. */
function subjectsOf(vendor: Vendor, call: ReceivedCall): readonly string[] {
  const taskId = call.params['task_id'];
  return taskId === undefined ? idsOf(call) : vendor.subjects(taskId);
}

/** Credentials, limits and the handler; faults that refuse stand between limits and handler. */
async function carryOut(
  context: ServerContext,
  vendor: Vendor,
  call: ReceivedCall,
  arrival: Arrival,
): Promise<Outcome> {
  let headers: Record<string, string> = {};
  let fault: string | null = null;
  try {
    await vendor.authenticate(call);
    const charge = vendor.charge(call.operation, call.now);
    headers = charge.headers;
    if (charge.refusal) throw charge.refusal;
    const refused = refusalByFault(context, vendor, call, arrival);
    fault = refused?.fault ?? null;
    if (refused) throw refused.refusal;
    vendor.settle(call.now);
    const handler = vendor.handlers[call.operation];
    if (!handler) throw vendor.refusals.noSuchPath(call.operation);
    const answer = handler(call);
    // A task of no length ends in the call that starts it, so that its effects hold at once.
    vendor.settle(call.now);
    return { answer, headers, fault };
  } catch (error) {
    if (!(error instanceof ErrorAnswer)) throw error;
    const { status, body } = error;
    return { answer: { status, body }, headers: { ...headers, ...error.headers }, fault };
  }
}

function refusalByFault(
  context: ServerContext,
  vendor: Vendor,
  call: ReceivedCall,
  arrival: Arrival,
): { fault: string; refusal: ErrorAnswer } | null {
  const { refusals } = vendor;
  const make: Record<string, () => ErrorAnswer> = {
    unauthorized: () => refusals.unauthorized(false),
    'unauthorized-401': () => refusals.unauthorized(true),
    'http-429': () => refusals.rateLimited(call.operation, call.now),
    'http-500': () => refusals.internal(),
    'http-503': () => refusals.unavailable(),
  };
  for (const [fault, refusal] of Object.entries(make)) {
    if (context.faults.hits(fault, arrival)) return { fault, refusal: refusal() };
  }
  if (!batchOperations.includes(call.operation)) return null;
  const [culprit] = context.faults.culprits('batch-refused', arrival);
  if (culprit === undefined) return null;
  return { fault: 'batch-refused', refusal: refusals.oneBadId(call.operation, culprit) };
}

function respond(
  context: ServerContext,
  exchange: RawExchange,
  provider: VendorName,
  done: { call: ReceivedCall; arrival: Arrival; outcome: Outcome; at: number },
  log: (status: number, fault: string | null) => void,
): void {
  const { call, arrival, outcome, at } = done;
  const { status, body } = outcome.answer;
  const good = status < 300 && body !== null;
  const duration = `${(context.options.clock.now() - at).toFixed(2)}ms`;
  const whole = body && provider === 'stream' ? { ...body, duration } : body;
  let { fault } = outcome;
  let text = whole === null ? '' : JSON.stringify(whole);
  if (good && context.faults.hits('bad-json', arrival)) {
    fault = 'bad-json';
    text = text.slice(0, Math.floor(text.length * 0.6));
  } else if (good && context.faults.hits('wrong-shape', arrival)) {
    fault = 'wrong-shape';
    text = JSON.stringify(spoil(call.operation, whole ?? {}));
  }
  log(status, fault);
  const type = text === '' ? {} : JSON_TYPE;
  send(exchange, status, { ...type, ...outcome.headers }, text);
}
