/** An answer of the file store, which speaks XML and not the provider's JSON. */
export interface StoreAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An error as S3 writes it. */
export function storeError(status: number, code: string, message: string, more = ''): StoreAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/xml' },
    body:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>SANDBOX</RequestId></Error>`,
  };
}

/** What an expired signed link answers. */
export function expired(now: number): StoreAnswer {
  const time = `<ServerTime>${new Date(now).toISOString()}</ServerTime>`;
  return storeError(403, 'AccessDenied', 'Request has expired', time);
}
