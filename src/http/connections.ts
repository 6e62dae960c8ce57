import { Agent } from 'undici';

const CONNECT = 10_000;

/**
 * An idle connection is given up after this long, ms. Servers and balancers close theirs after 5 s
 * and more; a POST that meets the closing is `lost` and in doubt, so we close first. A batch keeps
 * its connections: its calls follow each other faster.
 */
const IDLE = 1_000;

/**
 * The connections to everywhere. One request at a time on each and no HTTP/2, so that undici has
 * none to send a second time when a connection ends. Its own time limits are off: the clock of
 * `Host` keeps them.
 */
export function createConnections(): Agent {
  return new Agent({
    connect: { timeout: CONNECT },
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: IDLE,
    keepAliveMaxTimeout: IDLE,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
