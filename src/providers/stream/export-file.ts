import { failure } from '../../http/exchange.ts';
import type { Http } from '../../http/http.ts';
import { Secret } from '../../secret.ts';
import type { Collection } from '../provider.ts';
import { ExportResult, type Task } from './schemas.ts';

/**
 * The file of a completed export. Stream says nowhere in the answer when the link ends; it makes a
 * new one on each status call (SEED), so it is asked for right before the download.
 */
export function exportFile(task: Task, http: Http, origin: string): Collection {
  const result = ExportResult.safeParse(task.result);
  if (!result.success) {
    const message = "Stream's task is completed and holds no link to a file (result.url)";
    return { kind: 'no_link', error: failure('no_link', message, { httpStatus: 200 }) };
  }
  const source = { link: new Secret(result.data.url), provider: 'Stream', origin };
  return {
    kind: 'file',
    download: { open: (signal) => http.openDownload(source, signal), expiresAt: null },
  };
}
