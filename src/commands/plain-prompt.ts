import type { Host } from '../host.ts';

/** What is asked: a text as it is typed, or `yes` and `no`. */
export interface Prompt {
  kind: 'text' | 'yes_or_no';
  message: string;
}

/** The answer; `no`: the input has ended; `stopped`: a signal or Ctrl-C came instead. */
export type Reply = { kind: 'text'; text: string } | { kind: 'no' } | { kind: 'stopped' };

/**
 * Asks with a line of text and nothing else: the terminal itself shows what is typed, and Ctrl-C is a
 * signal.
 */
export async function readPlainAnswer(prompt: Prompt, host: Host): Promise<Reply> {
  const isText = prompt.kind === 'text';
  host.stderr.write(isText ? `${prompt.message} ` : `${prompt.message} (y/N) `);
  const line = await readLine(host);
  if (host.stop.aborted) return { kind: 'stopped' };
  if (line === null) return { kind: 'no' };
  return { kind: 'text', text: isText ? line : yesOrNo(line) };
}

/** The next line without its end; null: there is none, or a signal came. */
async function readLine({ stdin, stop }: Host): Promise<string | null> {
  const { stream } = stdin;
  const over = new AbortController();
  try {
    return await new Promise<string | null>((settle) => {
      const decoder = new TextDecoder();
      let typed = '';
      const take = (chunk: string | Uint8Array): void => {
        typed += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
        const end = typed.indexOf('\n');
        if (end !== -1) settle(typed.slice(0, end).replace(/\r$/, ''));
      };
      const none = (): void => settle(null);
      stream.on('data', take).once('end', none);
      stop.addEventListener('abort', none, { signal: over.signal });
      over.signal.addEventListener('abort', () => stream.off('data', take).off('end', none));
      if (stop.aborted) none();
    });
  } finally {
    over.abort();
    stream.pause();
  }
}

function yesOrNo(text: string): 'yes' | 'no' {
  return /^\s*y(?:es?)?\s*$/i.test(text) ? 'yes' : 'no';
}
