import { z } from 'zod';

/** Handles are opaque; what could not stand in a path or on a screen is none. */
const RequestId = z
  .string()
  .regex(/^[\x21-\x7E]{1,256}$/)
  .refine((id) => id !== '.' && id !== '..');

/** Ten times the largest page. */
const MOST_LISTED = 1_000;

/**
 * A list in an answer. Its length is judged before its entries: what is found wrong with millions of
 * them would take gigabytes to say.
 */
function listOf<Item>(item: z.ZodType<Item>) {
  return z.array(z.unknown()).max(MOST_LISTED).pipe(z.array(item));
}

/** What need not be there, and what makes no sense: null, for nothing depends on it. */
function nullFor<Value>(schema: z.ZodType<Value>) {
  return schema
    .nullish()
    .transform((value) => value ?? null)
    .catch(null);
}

/** Instants below this are seconds: as ms it is March 1973, as seconds the year 5138. */
const SECONDS = 1e11;

/**
 * An instant in ms. Sendbird's are ms; seconds are read too, because the same API has both
 * (docs/providers/sendbird.md trap 11) and the unit of `expires_at` is stated nowhere.
 */
const Instant = z.number().transform((at) => (at < SECONDS ? at * 1_000 : at));

/** A cursor goes into an address, and servers take some 8 KiB of that. */
const Next = z.string().max(4_000).nullish();

/** What must be in any answer about a GDPR request for its task to be known. */
export const Handle = z.object({ request_id: RequestId });

/**
 * What an answer says, as far as it says it: to tell one that is merely different from one about
 * something else.
 */
export const Said = z.object({
  action: z.string().nullish().catch(null),
  user_id: z.string().nullish().catch(null),
  user_ids: listOf(z.string()).nullish().catch(null),
  channel_delete_option: z.string().nullish().catch(null),
  status: z.string().min(1).nullish().catch(null),
});

/** Whom a request is about and what becomes of the channels, where it says so. */
const About = {
  user_id: z.string().nullish(),
  user_ids: listOf(z.string()).nullish(),
  channel_delete_option: z.string().nullish(),
};

/** The answer of a view of an `access` request, docs/providers/sendbird.md 2.2. */
export const AccessRequest = z.object({
  request_id: RequestId,
  action: z.string(),
  status: z.string().min(1),
  user_id: z.string(),
  files: z.unknown().optional(),
});

/**
 * The answer of a view of a `delete` request. Nothing of it is fetched, so that it need not say
 * whom it is about ([U]: whether one user stands in `user_id` or `user_ids`); what it says must be
 * what was asked.
 */
export const DeleteRequest = AccessRequest.extend(About);

/** A request of either kind. */
export type GdprRequest = z.infer<typeof AccessRequest> | z.infer<typeof DeleteRequest>;

/** What a finished request has: one object, its name notwithstanding. Without a file `url` is empty. */
export const Files = z.object({
  url: z.string().min(1),
  expires_at: Instant.nullish().catch(null),
});

/** A page of the list; all actions come mixed. An empty `next` ends it ([I]). */
export const RequestPage = z.object({
  requests: listOf(
    z.object({
      request_id: RequestId,
      action: z.string(),
      status: z.string(),
      ...About,
      created_at: Instant,
    }),
  ),
  next: Next,
});

/** A page of the same list, whose entries are each read alone: an odd one spoils no other. */
export const EntryPage = RequestPage.extend({ requests: listOf(z.unknown()) });

/** What is said about a user beside the id may be missing or odd: nothing depends on it. */
const Told = nullFor(Instant);

/** A user, as far as a look-up needs it: the whole holds `access_token`. */
export const User = z.object({
  user_id: z.string(),
  nickname: nullFor(z.string()),
  created_at: Told,
  last_seen_at: Told,
  is_active: z.boolean().optional().catch(undefined),
});
export type User = z.infer<typeof User>;

/** A page of the list of users. */
export const UserPage = z.object({ users: listOf(User), next: Next });

/** The error body, docs/providers/sendbird.md 5. */
export const ApiError = z.object({
  error: z.literal(true),
  code: z.number().int(),
  message: z.string().catch(''),
});
export type ApiError = z.infer<typeof ApiError>;
