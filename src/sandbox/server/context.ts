import type { FaultBook } from '../faults/book.ts';
import type { Gates } from '../gates.ts';
import type { SendbirdVendor } from '../sendbird/vendor.ts';
import type { StreamVendor } from '../stream/vendor.ts';
import type { World } from '../world.ts';
import type { CallLog } from './call-log.ts';

/** What the routes work with. */
export interface ServerContext {
  world: World;
  faults: FaultBook;
  gates: Gates;
  log: CallLog;
  vendors: { stream: StreamVendor; sendbird: SendbirdVendor };
}
