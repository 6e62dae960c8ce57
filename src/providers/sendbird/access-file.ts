import { failure } from '../../http/exchange.ts';
import type { Http } from '../../http/http.ts';
import { Secret } from '../../secret.ts';
import type { Collection } from '../provider.ts';
import { Files, type GdprRequest } from './schemas.ts';

/**
 * The zip of an access request that is done. `files` is one object and may be there with an empty
 * `url` (docs/providers/sendbird.md 2.6); `expires_at` 0 says nothing.
 */
export function accessFile(request: GdprRequest, http: Http, origin: string): Collection {
  const files = Files.safeParse(request.files);
  if (!files.success) {
    const message = "Sendbird's request is done and holds no link to a file (files.url)";
    return { kind: 'no_link', error: failure('no_link', message, { httpStatus: 200 }) };
  }
  const source = { link: new Secret(files.data.url), provider: 'Sendbird', origin };
  const expiresAt = files.data.expires_at ?? 0;
  return {
    kind: 'file',
    download: {
      open: (signal) => http.openDownload(source, signal),
      expiresAt: expiresAt > 0 ? expiresAt : null,
    },
  };
}
