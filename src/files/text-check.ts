import type { Artifact, StepError } from '../requests/request.ts';
import { Census } from './census.ts';
import { JsonScan, MAX_DEPTH } from './json-scan.ts';
import { NOT_JSON, refusal } from './refusal.ts';
import { Utf8Check } from './utf8-check.ts';

/** What a check found out about a whole file. */
export type Found = Pick<Artifact, 'format' | 'records'> & { cut: boolean };

/** Which of two readings a file of one line gets, and whether Stream's limit matters. */
export interface Reading {
  preferLines: boolean;
  countMessages: boolean;
}

/** Checks JSON and JSON lines in one pass over the blocks of a file, and tells which of them it is. */
export class TextCheck {
  readonly #preferLines: boolean;
  readonly #census: Census;
  readonly #scan: JsonScan;
  readonly #utf8 = new Utf8Check();

  constructor(reading: Reading) {
    this.#preferLines = reading.preferLines;
    this.#census = new Census(reading.countMessages);
    this.#scan = new JsonScan(this.#census);
  }

  /** The error as soon as there is one: nothing need be fed from then on. */
  feed(block: Uint8Array): StepError | null {
    if (!this.#utf8.feed(block)) return refusal('file_not_utf8', 'the file is not UTF-8');
    return this.#scan.feed(block) ? null : this.#broken();
  }

  /** The file ends here. */
  end(): Found | StepError {
    const scan = this.#scan;
    if (!scan.end()) return this.#unfinished();
    if (!this.#utf8.end()) return refusal('file_not_utf8', 'the file is not UTF-8');
    if (scan.values === 0) return refusal('file_blank', 'the file holds nothing but white space');
    if (!scan.structured) return refusal('file_unknown', `${NOT_JSON}: no object or list is in it`);
    if (scan.values > 1 && scan.innerLines > 0) {
      return refusal('file_broken', 'the file holds several JSON documents, not one to a line');
    }
    const asLines = scan.values > 1 || (this.#preferLines && scan.innerLines === 0);
    const records = asLines ? scan.values : this.#census.elements;
    return { format: asLines ? 'jsonl' : 'json', records, cut: this.#census.cut(records) };
  }

  #unfinished(): StepError {
    const { structured, values, innerLines } = this.#scan;
    if (!structured) return refusal('file_unknown', NOT_JSON);
    const where = values > 0 && innerLines === 0 ? ` in line ${values + 1}` : '';
    return refusal('file_cut', `the file breaks off in the middle${where}`);
  }

  #broken(): StepError {
    const { fault, structured, offset } = this.#scan;
    if (fault === 'too_deep') {
      return refusal('file_too_deep', `the file is nested deeper than ${MAX_DEPTH} levels`);
    }
    if (!structured) return refusal('file_unknown', NOT_JSON);
    return refusal('file_broken', `the file stops being JSON at byte ${offset}`);
  }
}
