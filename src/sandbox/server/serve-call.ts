import { type VendorName, batchOperations } from '../operations.ts';
import { ErrorAnswer, type ReceivedCall, type VendorAnswer } from '../vendor.ts';
import { idsOf, registrationOf } from './call-ids.ts';
import { beforeAnswer, onTheWay, spoil } from './transport-faults.ts';
import {
  JSON_TYPE,
  type SandboxContext,
  type ServerContext,
  type Visit,
  handled,
  visitOf,
  writeAnswer,
} from './visit.ts';

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
  const visit = visitOf(context, provider, route, http);
  const call = await readCall(visit, http);
  const { operation, params } = call;
  visit.operation = operation;
  visit.labels = [operation, provider];
  visit.taskId = params['task_id'] ?? null;
  // A look at a task concerns the users of the task.
  visit.ids = visit.taskId === null ? idsOf(call) : visit.vendor.subjects(visit.taskId);

  const ended = await onTheWay(visit);
  if (ended) {
    context.log.write(visit, ended.status, ended.fault);
    return handled;
  }
  call.now = context.options.clock.now();
  const outcome = await carryOut(visit, call);
  visit.taskId = outcome.answer.taskId ?? visit.taskId;
  const lost = await beforeAnswer(visit);
  if (lost) context.log.write(visit, lost.status, lost.fault);
  else respond(visit, outcome);
  return handled;
}

async function readCall({ url, at, ...visit }: Visit, http: SandboxContext): Promise<ReceivedCall> {
  const mark = url.indexOf('?');
  const rawQuery = mark === -1 ? '' : url.slice(mark + 1);
  const body = await http.req.text().catch(() => '');
  const isRegistration = visit.operation.startsWith('registerGdpr');
  return {
    operation: isRegistration ? registrationOf(body) : visit.operation,
    params: http.req.param(),
    query: new URLSearchParams(rawQuery),
    rawQuery,
    body,
    headers: visit.incoming.headers,
    now: at,
  };
}

/** Credentials, limits and the handler; faults that refuse stand between limits and handler. */
async function carryOut(visit: Visit, call: ReceivedCall): Promise<Outcome> {
  const { vendor } = visit;
  let headers: Record<string, string> = {};
  let fault: string | null = null;
  try {
    await vendor.authenticate(call);
    headers = vendor.charge(call.operation, call.now);
    const refused = refusalByFault(visit, call.now);
    fault = refused?.fault ?? null;
    if (refused) throw refused.refusal;
    vendor.settle(call.now);
    const answer = vendor.handle(call);
    if (!answer) throw vendor.refusals.noSuchPath(call.operation);
    // A task of no length ends in the call that starts it, so that its effects hold at once.
    vendor.settle(call.now);
    return { answer, headers, fault };
  } catch (error) {
    if (!(error instanceof ErrorAnswer)) throw error;
    const { status, body } = error;
    return { answer: { status, body }, headers: { ...headers, ...error.headers }, fault };
  }
}

function refusalByFault(visit: Visit, now: number): { fault: string; refusal: ErrorAnswer } | null {
  const { operation, vendor } = visit;
  const { faults } = visit.context;
  const { refusals } = vendor;
  const make: Record<string, () => ErrorAnswer> = {
    unauthorized: () => refusals.unauthorized(false),
    'unauthorized-401': () => refusals.unauthorized(true),
    'http-429': () => refusals.rateLimited(operation, now),
    'http-500': () => refusals.internal(),
    'http-503': () => refusals.unavailable(),
  };
  for (const [fault, refusal] of Object.entries(make)) {
    if (faults.hits(fault, visit)) return { fault, refusal: refusal() };
  }
  if (!batchOperations.includes(operation)) return null;
  const [culprit] = faults.culprits('batch-refused', visit);
  if (culprit === undefined) return null;
  return { fault: 'batch-refused', refusal: refusals.oneBadId(operation, culprit) };
}

function respond(visit: Visit, outcome: Outcome): void {
  const { faults, options, log } = visit.context;
  const { status, body } = outcome.answer;
  const good = status < 300 && body !== null;
  const duration = `${(options.clock.now() - visit.at).toFixed(2)}ms`;
  const whole = body && visit.provider === 'stream' ? { ...body, duration } : body;
  let { fault } = outcome;
  let text = whole === null ? '' : JSON.stringify(whole);
  if (good && faults.hits('bad-json', visit)) {
    fault = 'bad-json';
    text = text.slice(0, Math.floor(text.length * 0.6));
  } else if (good && faults.hits('wrong-shape', visit)) {
    fault = 'wrong-shape';
    text = JSON.stringify(spoil(visit.operation, whole ?? {}));
  }
  log.write(visit, status, fault);
  const type = text === '' ? {} : JSON_TYPE;
  writeAnswer(visit, status, { ...type, ...outcome.headers }, text);
}
