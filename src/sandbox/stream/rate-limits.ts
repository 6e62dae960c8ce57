import { streamOperations } from '../operations.ts';
import type { Call, Handler } from '../vendor.ts';
import { operationId } from './errors.ts';
import { type StreamLimits, operationOfId } from './limits.ts';

const PLATFORMS = ['android', 'ios', 'web', 'unity', 'server_side'];

/**
 * GetRateLimits and its feeds twin. Only the server side has calls here, so the other platforms
 * are empty maps. [U] without a platform flag all platforms are given; unknown operation ids
 * are left out. Asking counts against nothing but itself.
 */
export function rateLimits(limits: StreamLimits, feeds: boolean): Handler {
  return (call) => {
    const asked = PLATFORMS.filter((platform) => call.query.get(platform) === 'true');
    const entries = namesAsked(call, feeds).map((name) => [
      operationId(name),
      limits.read(name, call.now),
    ]);
    const serverSide = Object.fromEntries(entries);
    const maps = (asked.length > 0 ? asked : PLATFORMS).map((platform) => [
      platform,
      platform === 'server_side' ? serverSide : {},
    ]);
    return { status: 200, body: Object.fromEntries(maps) };
  };
}

function namesAsked(call: Call, feeds: boolean): string[] {
  const endpoints = call.query.get('endpoints');
  // [U] whether either call knows the other's operations: the general one knows all.
  const known = streamOperations.flatMap(({ name, path }) =>
    !feeds || path.startsWith('/api/v2/feeds/') ? [name] : [],
  );
  if (!endpoints) return known;
  return endpoints.split(',').flatMap((id) => {
    const name = operationOfId(id.trim());
    return name !== null && known.includes(name) ? [name] : [];
  });
}
