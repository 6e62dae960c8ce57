/**
 * What Stream's exports may hold, and how they may name it. Their exact schemas are [U] (unconfirmed,
 * docs/providers/stream.md): documented are "one entity per line" (users) and the kinds of feed data.
 */
const KIND =
  /^(?:user|message|reaction|call|call_member|call_session|channel|member|membership|read|device|thread|draft|reminder|poll|vote|poll_vote|ban|mute|block|flag|attachment|feed|follow|comment|bookmark|bookmark_folder|folder|collection|pin)s?$|^(?:activity|activities|reply|replies|followers|following)$/v;
/** Fields of entities that stand for themselves. Ids do not: errors name the id that they are about. */
const FIELD =
  /^(?:text|html|role|custom|cid|own_data|last_active|source_feed|target_feed|fid|actor|verb|foreign_id|feed_id|reaction_counts)$/v;
const MESSAGE_TYPE = /^(?:messages?|message\..*|regular|reply|system|deleted|ephemeral|error)$/v;
const WORD_OF_ERRORS = new Set(['error', 'system', 'deleted']);

export function isKind(key: string): boolean {
  return KIND.test(key);
}

/** A list of entities by its name alone: it may be null. `messages` are errors too. */
export function isListOfKind(key: string): boolean {
  return key !== 'messages' && /ies$|s$/v.test(key) && isKind(key);
}

export function isEntityField(key: string): boolean {
  return FIELD.test(key);
}

/** Whether `type` says that an entity is a message: of that kind, or one of a message's own types. */
export function isMessageType(type: string): boolean {
  return MESSAGE_TYPE.test(type);
}

/** Whether `type` says what an entity is. */
export function isEntityType(type: string): boolean {
  const [kind = ''] = type.split('.', 1);
  return isKind(kind) || (isMessageType(type) && !WORD_OF_ERRORS.has(type));
}
