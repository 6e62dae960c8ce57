/*
 * Just enough of Stream for a users export, on loopback and cheap to serve: the task of a call for
 * the user `bytes-<n>` is done at once, and its file has n bytes. A process of its own; prints its
 * origin and ends with its parent's end of the pipe.
 */
import { type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { PIECE, exportLines } from './export-lines.ts';

const piece = exportLines();
let calls = 0;

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const bytes = Number(/\/(\d+)(?:-\d+)?$/.exec(pathname)?.[1] ?? 0);
  if (request.method === 'POST') {
    calls += 1;
    answer(response, 201, {
      duration: '1ms',
      task_id: `${bytesAskedFor(await text(request))}-${calls}`,
    });
  } else if (pathname.startsWith('/api/v2/tasks/')) {
    const url = `http://${request.headers.host}/file/${bytes}`;
    const now = Date.now() * 1e6;
    const task = { task_id: pathname.split('/').at(-1), status: 'completed', result: { url } };
    answer(response, 200, { duration: '1ms', created_at: now, updated_at: now, ...task });
  } else {
    serve(response, bytes);
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  console.log(`http://127.0.0.1:${address.port}`);
});
process.stdin.resume().on('end', () => process.exit());

function bytesAskedFor(body: string): string {
  return /"bytes-(\d+)"/.exec(body)?.[1] ?? '0';
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function serve(response: ServerResponse, bytes: number): void {
  response.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'content-length': bytes,
    etag: `"${bytes}"`,
  });
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      left -= PIECE;
      if (!response.write(piece)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}
