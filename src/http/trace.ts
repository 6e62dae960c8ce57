import type { ApiCall, Exchange } from './exchange.ts';
import type { FileExchange } from './file-request.ts';

/**
 * One line about a call for `--verbose`: method, path, what came, how long, and the rate limit that
 * the answer told. Never the query (it holds an api key), a header or a body.
 */
export function traceLine(call: ApiCall, exchange: Exchange, ms: number): string {
  const outcome = exchange.kind === 'answer' ? String(exchange.answer.status) : exchange.kind;
  const limit = exchange.kind === 'answer' ? limitWords(exchange.answer.headers) : '';
  const [path = ''] = call.path.split('?');
  return `${call.method} ${path} ${outcome} ${Math.round(ms)} ms${limit}`;
}

/** The same about a request for a file, whose link is secret as a whole. */
export function fileTraceLine(exchange: FileExchange, ms: number): string {
  const outcome = exchange.kind === 'answer' ? String(exchange.status) : exchange.kind;
  return `GET the download link ${outcome} ${Math.round(ms)} ms`;
}

function limitWords(headers: Readonly<Record<string, string>>): string {
  const words = ['limit', 'remaining', 'reset'].flatMap((part) => {
    const value = headers[`x-ratelimit-${part}`];
    return value === undefined || !/^[\d.;=w, ]{1,40}$/.test(value) ? [] : [`${part} ${value}`];
  });
  return words.length === 0 ? '' : `, rate ${words.join(', ')}`;
}
