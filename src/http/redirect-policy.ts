import { BlockList, isIP, isIPv6 } from 'node:net';

const LOOPBACK = list(['127.0.0.0', 8, 'ipv4'], ['::1', 128, 'ipv6']);
const HERE = list(['0.0.0.0', 8, 'ipv4'], ['::', 128, 'ipv6']);
const PRIVATE = list(
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  // What holds an IPv4 address that a gateway takes out again (RFC 4291, 2765, 6052, 8215, 3056).
  ['::', 96, 'ipv6'],
  ['::ffff:0:0:0', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
);

/** Names that only a local network gives (RFC 6762, 8375, ICANN's `.internal`), or of one label. */
const LOCAL_NAME = /^[^.:]+$|\.(?:internal|local|home\.arpa)$/;

/**
 * Why a download must not go from one place to the next; null: it may. `from` is where the link or
 * the redirect came from. https everywhere, http only on loopback; and never to a place that is
 * closer to this machine than the one that pointed there.
 */
export function redirectFault(from: URL, to: URL): string | null {
  const host = hostOf(to);
  if (to.username !== '' || to.password !== '') return 'it holds credentials';
  if (to.protocol === 'http:') {
    if (!isLoopback(host)) return 'it is not https';
  } else if (to.protocol !== 'https:') {
    return 'it is not https';
  }
  return closeness(host) > closeness(hostOf(from)) ? 'it leads into a private network' : null;
}

/** 0: the internet. 1: a private network. 2: this machine. */
function closeness(host: string): number {
  if (isLoopback(host) || host.endsWith('.localhost') || isIn(HERE, host)) return 2;
  return isIn(PRIVATE, host) || (isIP(host) === 0 && LOCAL_NAME.test(host)) ? 1 : 0;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || isIn(LOOPBACK, host);
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isIn(addresses: BlockList, host: string): boolean {
  return isIP(host) !== 0 && addresses.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

function list(...subnets: readonly [string, number, 'ipv4' | 'ipv6'][]): BlockList {
  const addresses = new BlockList();
  for (const [net, prefix, family] of subnets) addresses.addSubnet(net, prefix, family);
  return addresses;
}
