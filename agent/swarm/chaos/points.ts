// The named points at which a life may end: every place where what is durable, what is sent and what is believed part.

/** Points inside the agent: around its journal, or just before it says something. */
export const INSIDE = [
  'recover:read',
  'event:agent:started',
  'event:bid:submitted',
  'commit:before:bid',
  'commit:inside:bid',
  'commit:after:bid',
  'event:bid:won',
  'commit:before:claim',
  'commit:inside:claim',
  'commit:after:claim',
  'event:claim:sold',
  'paid:after',
  'settle:before:bid',
  'settle:after:bid',
  'settle:before:claim',
  'settle:after:claim',
  'commit:after:replacement',
  'event:head:reorg',
] as const

/** Points on the wire, where the campaign ends the life: bytes that were sent and have arrived or not, news not yet told. */
export const ON_THE_WIRE = [
  'send:before:bid',
  'send:after:bid',
  'send:after:again',
  'receipt:before:bid',
  'send:before:claim',
  'send:after:claim',
  'receipt:before:claim',
] as const

export type Point = (typeof INSIDE)[number] | (typeof ON_THE_WIRE)[number]

/** Every point. */
export const POINTS: readonly Point[] = [...INSIDE, ...ON_THE_WIRE]
