import { z } from 'zod';

/** Handles are opaque; what could not stand in a path or on a screen is none. */
const RequestId = z
  .string()
  .regex(/^[\x21-\x7E]{1,256}$/)
  .refine((id) => id !== '.' && id !== '..');

/** Instants below this are seconds: as ms it is March 1973, as seconds the year 5138. */
const SECONDS = 1e11;

/**
 * An instant in ms. Sendbird's are ms; seconds are read too, because the same API has both
 * (api/sendbird.md trap 11) and the unit of `expires_at` is stated nowhere.
 */
const Instant = z.number().transform((at) => (at < SECONDS ? at * 1_000 : at));

/** What must be in any answer about a GDPR request for its task to be known. */
export const Handle = z.object({ request_id: RequestId });

/** The answer to a registration of `access` (SEED): there are no `files` yet. */
export const Registered = z.object({
  request_id: RequestId,
  action: z.string(),
  status: z.string().min(1),
  user_id: z.string(),
});

/**
 * What an answer says, as far as it says it: to tell one that is merely different from one about
 * something else.
 */
export const Claims = z.object({
  action: z.string().optional().catch(undefined),
  user_id: z.string().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
});

/** The answer of a view of an `access` request, api/sendbird.md section 2.2. */
export const AccessRequest = Registered.extend({ files: z.unknown().optional() });
export type AccessRequest = z.infer<typeof AccessRequest>;

/** What a finished request has: one object, its name notwithstanding. Without a file `url` is empty. */
export const Files = z.object({
  url: z.string().min(1),
  expires_at: Instant.nullish().catch(null),
});

/** A page of the list; all actions come mixed. An empty `next` ends it ([I]). */
export const RequestPage = z.object({
  requests: z.array(
    z.object({
      request_id: RequestId,
      action: z.string(),
      status: z.string(),
      user_id: z.string().nullish(),
      created_at: Instant,
    }),
  ),
  next: z.string().nullish(),
});

/** A user, and nothing of it but the id: the whole holds `access_token`. */
export const User = z.object({ user_id: z.string() });

/** A page of the list of users. */
export const UserPage = z.object({ users: z.array(User), next: z.string().nullish() });

/** The error body, api/sendbird.md section 5. */
export const ApiError = z.object({
  error: z.literal(true),
  code: z.number().int(),
  message: z.string().catch(''),
});
export type ApiError = z.infer<typeof ApiError>;
