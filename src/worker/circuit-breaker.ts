import { TRIES, backoff } from '../host/backoff.ts';
import type { ProviderName, StepError } from '../requests/request.ts';
import type { Unreachable } from '../requests/transitions/answers.ts';

/** Why a provider is not asked any more in this run. */
export interface Stoppage {
  kind: 'credentials' | 'unavailable';
  error: StepError;
  /** How often it was tried, and over how long (ms). */
  tries: number;
  lasted: number;
}

/** Longest wait that a 429 may ask for, ms: Stream's windows are a minute (docs/providers/stream.md 6). */
const LONGEST_TOLD = 300_000;

/** 429s in a row after which the provider is left for later, if they also lasted `REFUSALS_LAST`. */
const REFUSALS = 10;
const REFUSALS_LAST = 30;

/** Reads in a row, all about one request, after which the provider is left for later. */
const READ_MISSES = 4;

interface Record {
  misses: number;
  since: number;
  refusals: number;
  epoch: number;
  round: number;
  pausedUntil: number;
  stoppage: Stoppage | null;
  filesStoppage: Stoppage | null;
  readMisses: number;
  missing: Set<string>;
}

/**
 * What a run has learnt about whether its providers can be asked. Kept per run: the next one finds
 * out anew.
 */
export class CircuitBreaker {
  readonly #records = new Map<ProviderName, Record>();
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #pollInterval: number;

  constructor(now: () => number, random: () => number, pollInterval: number) {
    this.#now = now;
    this.#random = random;
    this.#pollInterval = pollInterval;
  }

  stoppage(provider: ProviderName): Stoppage | null {
    return this.#of(provider).stoppage;
  }

  /** Why no files are fetched from the provider any more in this run. */
  filesStoppage(provider: ProviderName): Stoppage | null {
    return this.#of(provider).filesStoppage;
  }

  /** The server of its files, which may be down alone, was tried so often since `since` (ms). */
  filesDown(provider: ProviderName, error: StepError, tries: number, since: number): void {
    const lasted = this.#now() - since;
    this.#of(provider).filesStoppage ??= { kind: 'unavailable', error, tries, lasted };
  }

  /** The provider answered: what was counted against it is forgotten. */
  well(provider: ProviderName): void {
    Object.assign(this.#of(provider), { misses: 0, refusals: 0 });
  }

  /** Counts the misses of the whole run: which of them a call that leaves now knows of. */
  round(provider: ProviderName): number {
    return this.#of(provider).round;
  }

  /** Until when (ms) nothing is sent to the provider, because it could not be reached. */
  pausedUntil(provider: ProviderName): number {
    return this.#of(provider).pausedUntil;
  }

  /**
   * It could not be reached, or its answer is lost. Answers with the instant of the next try; after
   * `TRIES` in a row the provider is stopped. Calls that were under way beside each other meet the
   * same outage: those begun before the `round` that counted it do not count again.
   */
  missed(provider: ProviderName, round: number, error: StepError): number {
    if (round < this.round(provider)) return Math.max(this.#now(), this.pausedUntil(provider));
    const record = this.#count(provider, 'misses');
    if (record.misses >= TRIES) this.#stop(provider, 'unavailable', error, record);
    const pause = this.#pause(record.misses + 1);
    record.round += 1;
    record.pausedUntil = this.#now() + pause;
    return record.pausedUntil;
  }

  /** It has a fault, and what was asked of it must not be asked again and again. */
  giveUp(provider: ProviderName, error: StepError): void {
    this.#stop(provider, 'unavailable', error, this.#of(provider));
  }

  /** It refused for its rate limit. Answers with the instant of the next try; what it said beats ours. */
  refused(provider: ProviderName, error: StepError, retryAt: number | null): number {
    const record = this.#count(provider, 'refusals');
    const now = this.#now();
    const lasted = now - record.since >= REFUSALS_LAST * this.#pollInterval;
    const tooLong = retryAt !== null && retryAt - now > LONGEST_TOLD;
    if (tooLong || (record.refusals >= REFUSALS && lasted)) {
      this.#stop(provider, 'unavailable', error, { misses: record.refusals, since: record.since });
    }
    const ours = now + this.#pause(record.refusals + 1);
    // Told or not, nobody waits longer: a later run asks again instead of sleeping till then.
    return Math.ceil(Math.min(retryAt ?? ours, now + LONGEST_TOLD));
  }

  /** Counts how often the credentials were resolved anew: what a call was sent with. */
  epoch(provider: ProviderName): number {
    return this.#of(provider).epoch;
  }

  /**
   * Its credentials of that epoch were refused. True if they should be resolved anew, which is done
   * once; the calls that were under way with the old ones do not count again.
   */
  denied(provider: ProviderName, epoch: number, error: StepError): boolean {
    const record = this.#of(provider);
    if (epoch < record.epoch) return false;
    if (record.epoch > 0) {
      this.#stop(provider, 'credentials', error, { misses: 2, since: record.since });
      return false;
    }
    record.epoch += 1;
    return true;
  }

  /** A read was answered: misses of reads are forgotten. */
  readWell(provider: ProviderName): void {
    Object.assign(this.#of(provider), { readMisses: 0, missing: new Set() });
  }

  /**
   * A read, begun at `since` (ms), that was tried as often as its own budget allows. Answers with
   * the instant of the next try. It may be about this task only: a 429, a second request that meets
   * the same, or several misses in a row stop the provider.
   */
  unreachable(
    provider: ProviderName,
    answer: Exclude<Unreachable, { kind: 'credentials' }>,
    since: number,
    requestId: string,
  ): number {
    const record = this.#of(provider);
    record.readMisses += 1;
    record.missing.add(requestId);
    const isWide = record.missing.size > 1 || record.readMisses >= READ_MISSES;
    if (answer.kind === 'limited' || isWide) {
      this.#stop(provider, 'unavailable', answer.error, { misses: TRIES, since });
    }
    return Math.ceil(this.#now() + this.#pause(2));
  }

  /** The pause before try `next`, ms. */
  #pause(next: number): number {
    return backoff(next, this.#random(), this.#pollInterval / 2_000);
  }

  #stop(
    provider: ProviderName,
    kind: Stoppage['kind'],
    error: StepError,
    { misses: tries, since }: Pick<Record, 'misses' | 'since'>,
  ): void {
    this.#of(provider).stoppage ??= { kind, error, tries, lasted: this.#now() - since };
  }

  #count(provider: ProviderName, what: 'misses' | 'refusals'): Record {
    const record = this.#of(provider);
    if (record.misses === 0 && record.refusals === 0) record.since = this.#now();
    record[what] += 1;
    return record;
  }

  #of(provider: ProviderName): Record {
    let record = this.#records.get(provider);
    if (record === undefined) {
      const since = this.#now();
      const counts = { misses: 0, refusals: 0, epoch: 0, round: 0, pausedUntil: 0, readMisses: 0 };
      const missing = new Set<string>();
      record = { ...counts, since, stoppage: null, filesStoppage: null, missing };
      this.#records.set(provider, record);
    }
    return record;
  }
}
