/**
 * What a fault is about, which decides when it is drawn and which scopes it takes.
 * `call`: each matching call; `batch`: each that acts on users named in its body. `task`: once, when a task is started. `file`: each download;
 * besides `downloadFile` and a provider, the scope may be the operation that made the file.
 */
type FaultKind = 'call' | 'batch' | 'task' | 'file';

export interface FaultDescription {
  name: string;
  kind: FaultKind;
  text: string;
}

/** Every fault by name, one sentence each; for `--help` and for the error of `parseFault`. */
export const faultTable: readonly FaultDescription[] = [
  call('hold', 'The call waits at a gate before it has any effect; dropped if its caller goes.'),
  call('hold-answer', 'The call takes effect, then its answer waits at a gate.'),
  call('slow', 'The answer takes two seconds longer.'),
  call('hang', 'No effect and never an answer; the connection stays open.'),
  call('reset', 'The connection is reset before the call has any effect.'),
  call('edge-text', 'The edge answers 503, then 502, in plain text: upstream connect error.'),
  call('http-500', "HTTP 500 with the provider's own error body, without effect."),
  call('http-503', 'HTTP 503 in JSON with Retry-After: 1, without effect.'),
  call('http-429', 'A real refusal for rate: HTTP 429, its headers, a reset one second away.'),
  call('unauthorized', 'Credentials refused: Stream 401 code 5, Sendbird HTTP 400 code 400401.'),
  call('unauthorized-401', 'As unauthorized, but Sendbird answers HTTP 401, as one source says.'),
  {
    name: 'batch-refused',
    kind: 'batch',
    text: 'A call that acts on users in its body is refused for one id, as is each call with that id.',
  },
  call('answer-lost', 'The call takes effect, then the connection dies without an answer.'),
  call('bad-json', 'The call takes effect; the answer is JSON cut short.'),
  call('wrong-shape', 'The call takes effect; a required field of the answer is missing or wrong.'),
  task('task-fails', 'Stream: the task ends failed. Sendbird: no_data, its only word for it.'),
  task('task-fails-bare', 'Stream: the task ends failed without an error object.'),
  task(
    'task-fails-then-completes',
    'Stream: the first look at the end says failed, later ones not.',
  ),
  task('task-unknown-status', 'Two looks at the end say "archiving", a word nobody documented.'),
  task('task-never-ends', 'The task stays running (Sendbird: processing) for ever.'),
  task('task-forgotten', 'The provider does not know the task id afterwards, nor lists it.'),
  task('task-no-url', 'The export ends well but its result has no url.'),
  task('no-data', 'Sendbird: the request ends as no_data although the user exists.'),
  task('unknown-user-no-data', 'Sendbird: unknown users are registered and end as no_data.'),
  task('unknown-user-accepted', 'Stream: unknown users are accepted; their file has no entries.'),
  task(
    'delete-user-fails',
    'Stream deleteUsers: the task completes, one user of it with an error.',
  ),
  task(
    'user-stays-visible',
    'The deletion is reported as done, but nothing of that user was deleted.',
  ),
  task('link-not-renewed', 'Sendbird: every view gives the same link, and it has expired.'),
  task('cancel-shown', 'Sendbird: once cancelled, the request is still shown, as canceled.'),
  task('cancel-ignored', 'Sendbird: a cancellation is answered with 200 and has no effect.'),
  file('hold-file', 'The download waits at a gate in the middle of its body.'),
  file('link-expired', 'The link answers as an expired signed link does: 403 AccessDenied, XML.'),
  file('redirect', 'One redirect to another loopback address, then the file.'),
  file('redirect-loop', 'Redirects without end.'),
  file('redirect-file', 'A redirect to file:///etc/passwd.'),
  file('file-html', 'HTTP 200 with an HTML page in place of the file.'),
  file('file-xml', 'HTTP 200 with an XML error in place of the file.'),
  file('file-empty', 'HTTP 200 with no content.'),
  file('file-error', 'HTTP 200 with {"message":"Internal Server Error"} in place of the file.'),
  file('file-error-own', "HTTP 200 with the provider's own error body in place of the file."),
  file('file-hollow', 'HTTP 200 with {} in place of the file.'),
  file('file-foreign', 'HTTP 200 with JSON that is neither data nor error in place of the file.'),
  file('file-truncated', 'A valid HTTP answer whose content is cut: Content-Length fits the cut.'),
  file('file-short', 'The connection ends properly before Content-Length is reached.'),
  file('file-reset', 'The connection is reset in the middle of the body; Range goes on.'),
  file('file-changed', 'As file-reset, and afterwards the content and its ETag are different.'),
  file('file-corrupt', 'One byte is wrong: JSON does not parse, a zip entry has a wrong CRC.'),
  file('no-length', 'Sent in chunks, without Content-Length.'),
];

function call(name: string, text: string): FaultDescription {
  return { name, kind: 'call', text };
}

function task(name: string, text: string): FaultDescription {
  return { name, kind: 'task', text };
}

function file(name: string, text: string): FaultDescription {
  return { name, kind: 'file', text };
}
