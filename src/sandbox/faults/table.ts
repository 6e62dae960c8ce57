import { DOWNLOAD, batchOperations, endpoints } from '../operations.ts';

/**
 * What a fault is about, which decides when it is drawn and which scopes it takes.
 * `call`: each matching call; `batch`: each that acts on users named in its body. `task`: once, when
 * a task is started. `file`: each download; besides `downloadFile` and a provider, the scope may be
 * the operation that made the file.
 */
type FaultKind = 'call' | 'batch' | 'task' | 'file';

export interface FaultDescription {
  name: string;
  kind: FaultKind;
  text: string;
}

/** Every fault by name, one sentence each; for `--help` and for the error of `parseFault`. */
export const faultTable: readonly FaultDescription[] = [
  ...ofKind('call', {
    hold: 'The call waits at a gate before it has any effect; dropped if its caller goes.',
    'hold-answer': 'The call takes effect, then its answer waits at a gate.',
    slow: 'The answer takes two seconds longer.',
    hang: 'No effect and never an answer; the connection stays open.',
    reset: 'The connection is reset before the call has any effect.',
    'edge-text': 'The edge answers 503, then 502, in plain text: upstream connect error.',
    'http-500': "HTTP 500 with the provider's own error body, without effect.",
    'http-503': 'HTTP 503 in JSON with Retry-After: 1, without effect.',
    'http-429': 'A real refusal for rate: HTTP 429, its headers, a reset one second away.',
    unauthorized: 'Credentials refused: Stream 401 code 5, Sendbird HTTP 400 code 400401.',
    'unauthorized-401': 'As unauthorized, but Sendbird answers HTTP 401, as one source says.',
  }),
  ...ofKind('batch', {
    'batch-refused':
      'A call that acts on users in its body is refused for one id, as is each call with that id.',
  }),
  ...ofKind('call', {
    'answer-lost': 'The call takes effect, then the connection dies without an answer.',
    'bad-json': 'The call takes effect; the answer is JSON cut short.',
    'wrong-shape': 'The call takes effect; a required field of the answer is missing or wrong.',
  }),
  ...ofKind('task', {
    'task-fails': 'Stream: the task ends failed. Sendbird: no_data, its only word for it.',
    'task-fails-bare': 'Stream: the task ends failed without an error object.',
    'task-fails-then-completes': 'Stream: the first look at the end says failed, later ones not.',
    'task-unknown-status': 'Two looks at the end say "archiving", a word nobody documented.',
    'task-never-ends': 'The task stays running (Sendbird: processing) for ever.',
    'task-forgotten': 'The provider does not know the task id afterwards, nor lists it.',
    'task-no-url': 'The export ends well but its result has no url.',
    'no-data': 'Sendbird: the request ends as no_data although the user exists.',
    'unknown-user-no-data': 'Sendbird: unknown users are registered and end as no_data.',
    'unknown-user-accepted': 'Stream: unknown users are accepted; their file has no entries.',
    'delete-user-fails': 'Stream deleteUsers: the task completes, one user of it with an error.',
    'user-stays-visible': 'The deletion is reported as done, but nothing of that user was deleted.',
    'link-not-renewed': 'Sendbird: every view gives the same link, and it has expired.',
    'cancel-shown': 'Sendbird: once cancelled, the request is still shown, as canceled.',
    'cancel-ignored': 'Sendbird: a cancellation is answered with 200 and has no effect.',
  }),
  ...ofKind('file', {
    'hold-file': 'The download waits at a gate in the middle of its body.',
    'link-expired': 'The link answers as an expired signed link does: 403 AccessDenied, XML.',
    redirect: 'One redirect to another loopback address, then the file.',
    'redirect-loop': 'Redirects without end.',
    'redirect-file': 'A redirect to file:///etc/passwd.',
    'file-html': 'HTTP 200 with an HTML page in place of the file.',
    'file-xml': 'HTTP 200 with an XML error in place of the file.',
    'file-empty': 'HTTP 200 with no content.',
    'file-error': 'HTTP 200 with {"message":"Internal Server Error"} in place of the file.',
    'file-error-own': "HTTP 200 with the provider's own error body in place of the file.",
    'file-hollow': 'HTTP 200 with {} in place of the file.',
    'file-foreign': 'HTTP 200 with JSON that is neither data nor error in place of the file.',
    'file-truncated': 'A valid HTTP answer whose content is cut: Content-Length fits the cut.',
    'file-short': 'The connection ends properly before Content-Length is reached.',
    'file-reset': 'The connection is reset in the middle of the body; Range goes on.',
    'file-changed': 'As file-reset, and afterwards the content and its ETag are different.',
    'file-corrupt': 'One byte is wrong: JSON does not parse, a zip entry has a wrong CRC.',
    'no-length': 'Sent in chunks, without Content-Length.',
  }),
];

function ofKind(kind: FaultKind, texts: Readonly<Record<string, string>>): FaultDescription[] {
  return Object.entries(texts).map(([name, text]) => ({ name, kind, text }));
}

export interface FaultSpec {
  name: string;
  /** A provider, an operation of the sandbox's table or `downloadFile`; null = wherever it can happen. */
  scope: string | null;
  /** The first n matches only. */
  count: number | null;
  /** The share of matches, above 0 and below 1. */
  rate: number | null;
  /** Only what concerns this user id. */
  userId: string | null;
}

/**
 * Reads `<name>[@<scope>][=<value>]`. The value is a count (integer of 1 or more), a rate
 * (between 0 and 1) or `id:<user id>`; without it the fault happens always.
 * @throws Error with a sentence that lists what is known.
 */
export function parseFault(text: string): FaultSpec {
  const [, name = '', scope = null, value = null] =
    /^([^@=]*)(?:@([^=]*))?(?:=([^]*))?$/.exec(text) ?? [];
  const described = faultTable.find((fault) => fault.name === name);
  if (!described) {
    const known = faultTable.map((fault) => fault.name).join(', ');
    throw new Error(`Unknown fault "${name}" in "${text}". Known faults: ${known}.`);
  }
  if (scope !== null && !scopesOf(described).includes(scope)) {
    throw new Error(
      `The fault "${name}" has no scope "${scope}". It takes: ${scopesOf(described).join(', ')}.`,
    );
  }
  return { name, scope, ...parseValue(text, value) };
}

/** The scopes a fault can take. */
export function scopesOf(fault: FaultDescription): string[] {
  const providers = ['stream', 'sendbird'];
  switch (fault.kind) {
    case 'call':
      return [...providers, ...endpoints.map(({ name }) => name), DOWNLOAD];
    case 'batch':
      return [...providers, ...batchOperations];
    case 'task':
      return [...providers, ...starters(['export', 'deletion', 'change'])];
    case 'file':
      return [...providers, DOWNLOAD, ...starters(['export'])];
  }
}

function starters(kinds: readonly string[]): string[] {
  return endpoints.flatMap(({ name, starts }) =>
    starts !== null && kinds.includes(starts) ? [name] : [],
  );
}

function parseValue(text: string, value: string | null): Omit<FaultSpec, 'name' | 'scope'> {
  const always = { count: null, rate: null, userId: null };
  if (value === null) return always;
  if (value.startsWith('id:') && value.length > 3) return { ...always, userId: value.slice(3) };
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isInteger(number) && number >= 1) return { ...always, count: number };
  if (number > 0 && number < 1) return { ...always, rate: number };
  throw new Error(
    `The value "${value}" in "${text}" is neither a count (1, 2, …), nor a rate between 0 and 1, nor id:<user id>.`,
  );
}
