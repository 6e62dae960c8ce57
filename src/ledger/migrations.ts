import { VERSION_2 } from './schema-2.ts';
import { VERSION_3 } from './schema-3.ts';
import { VERSION_4 } from './schema-4.ts';
import { VERSION_1 } from './schema.ts';

/** SQL that brings the schema from one version to the next; the first makes version 1. Only ever added to. */
export const MIGRATIONS: readonly string[] = [VERSION_1, VERSION_2, VERSION_3, VERSION_4];
