// The named points at which a life may end: every place where what is durable, what is sent and what is believed part.

/**
 * Every point, in the order in which a life comes by. Most are inside the agent, around its journal or just before it says
 * something. At those of `send` and `receipt` the campaign ends the life on the wire: bytes that were sent and have arrived
 * or not, news not yet told.
 */
export const POINTS = [
  'recover:read',
  'event:agent:started',
  'commit:before:bid',
  'commit:inside:bid',
  'commit:after:bid',
  'send:before:bid',
  'send:after:bid',
  'event:bid:submitted',
  'receipt:before:bid',
  'event:bid:won',
  'settle:before:bid',
  'settle:after:bid',
  'commit:before:claim',
  'commit:inside:claim',
  'commit:after:claim',
  'send:before:claim',
  'send:after:claim',
  'receipt:before:claim',
  'event:claim:sold',
  'paid:after',
  'settle:before:claim',
  'settle:after:claim',
  'commit:after:replacement',
  'send:after:again',
  'event:head:reorg',
] as const

export type Point = (typeof POINTS)[number]
