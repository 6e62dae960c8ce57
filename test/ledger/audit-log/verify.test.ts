import { describe, expect, it } from 'vitest';
import {
  type ChainedEvent,
  type LedgerEvent,
  eventHash,
} from '../../../src/ledger/audit-log/event.ts';
import { chainFault } from '../../../src/ledger/audit-log/verify.ts';

function chain(length: number): ChainedEvent[] {
  const events: ChainedEvent[] = [];
  let head = '';
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const event: LedgerEvent = {
      requestId: 'req_1',
      sequence,
      at: 5,
      kind: 'step',
      stepId: 'st_1',
      state: 'planned',
      callId: null,
      taskId: null,
      errorCode: null,
      ordinal: null,
      sha256: null,
      bytes: null,
    };
    head = eventHash(head, event);
    events.push({ ...event, hash: head });
  }
  return events;
}
const end = (events: readonly ChainedEvent[]) => ({
  sequence: events.length,
  head: events.at(-1)?.hash ?? '',
});

describe('chainFault', () => {
  it('finds nothing wrong with a whole chain', () => {
    const events = chain(5);
    expect(chainFault('req_1', events, end(events))).toBeNull();
  });

  it.each(
    Object.entries({
      at: 6,
      kind: 'request',
      stepId: 'st_2',
      state: 'failed',
      callId: 'c',
      taskId: 't',
      errorCode: 'e',
      ordinal: 1,
      sha256: 's',
      bytes: 1,
      hash: `sha256:${'0'.repeat(64)}`,
    }),
  )('sees that %s of an event was changed', (key, value) => {
    for (const index of [0, 2, 4]) {
      const events = chain(5);
      const changed = events.map((event, place) =>
        place === index ? { ...event, [key]: value } : event,
      );
      expect(chainFault('req_1', changed, end(events))).toBe(`event ${index + 1} was changed`);
    }
  });

  it('sees a hole, a cut end, a cut beginning, swapped hashes and events of another request', () => {
    const events = chain(5);
    const whole = end(events);
    expect(chainFault('req_1', events.toSpliced(2, 1), whole)).toBe('event 3 is missing');
    expect(chainFault('req_1', events.slice(1), whole)).toBe('event 1 is missing');
    expect(chainFault('req_1', events.slice(0, 4), whole)).toBe('it has 4 events instead of 5');
    const swapped = events.with(1, { ...events[1]!, hash: events[2]!.hash });
    expect(chainFault('req_1', swapped, whole)).toBe('event 2 was changed');
    expect(chainFault('req_2', events, whole)).toBe("event 1 is another request's");
  });

  it('sees an empty chain and an end that is not the last event', () => {
    const events = chain(2);
    expect(chainFault('req_1', [], { sequence: 0, head: '' })).not.toBeNull();
    expect(chainFault('req_1', events, { sequence: 2, head: 'sha256:1' })).not.toBeNull();
  });

  it('sees a chain cut and its request row cut to match', () => {
    const [first] = chain(2);
    const other = chain(3).slice(0, 2);
    expect(chainFault('req_1', [first!], { sequence: 1, head: other[1]!.hash })).not.toBeNull();
  });
});
