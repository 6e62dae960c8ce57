const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ECONNRESET: 'connection broken off',
  EPIPE: 'connection broken off',
  UND_ERR_SOCKET: 'connection broken off',
  UND_ERR_ABORTED: 'connection broken off',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'answer cut short',
  UND_ERR_HEADERS_OVERFLOW: 'answer with too many headers',
};

/**
 * What went wrong below HTTP, in words. Only known codes are used and never a message: those quote
 * hosts and addresses, and a download's are secret.
 */
export function transportFault(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === null) return 'connection failed';
  const words = WORDS[code];
  if (words !== undefined) return words;
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return `TLS certificate not accepted (${code})`;
  if (code.startsWith('HPE_')) return 'answer is not HTTP';
  return `connection failed (${code})`;
}

function codeOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error)) return null;
  const code = 'code' in thrown ? thrown.code : null;
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  return codeOf(thrown.cause);
}
