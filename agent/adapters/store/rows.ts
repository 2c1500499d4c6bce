// Rows of the journal's tables as the words of the trade. We wrote them; a row that does not fit is corruption.
import { invariantBroken } from '../../domain/errors.ts'
import type { GapRecord } from '../../domain/gap-record.ts'
import { LIFE, type LifeState } from '../../domain/life.ts'
import type { Decision, IntentId } from '../../domain/liquidation.ts'
import type { Entry, Posting } from '../../domain/posting.ts'
import type { SettlementStep } from '../../domain/settlement.ts'
import { chainId, wad } from '../../domain/units.ts'
import type { Admitted, JournaledTx, Life } from '../../ports/journal.ts'
import { decode } from './codec.ts'

type Row = Readonly<Record<string, unknown>>

/** A journaled transaction from its row. */
export function transactionOf(row: Row): JournaledTx {
  const { chain, nonce, leg } = row
  if (typeof chain !== 'number' || typeof nonce !== 'number' || typeof leg !== 'string') throw corrupt('tx')
  return {
    chain: chainId(chain),
    from: hex(row['sender']),
    nonce,
    intent: row['intent'] === null ? undefined : hex(row['intent']),
    leg,
    raw: hex(row['raw']),
    hash: hex(row['hash']),
    state: state(row['state']),
  }
}

/** A liquidation's life from its row. */
export function lifeOf(row: Row): Life {
  const { chain, reserved, state: name } = row
  if (typeof chain !== 'number' || typeof reserved !== 'string' || !isLife(name)) throw corrupt('life')
  return { intent: hex(row['intent']), chain: chainId(chain), reserved: wad(BigInt(reserved)), state: name }
}

const isLife = (value: unknown): value is LifeState => typeof value === 'string' && value in LIFE

/** A decision from its row. */
export function decisionOf(row: Row): Decision {
  const value = decode(String(row['body']))
  if (typeof value === 'object' && value !== null && 'candidate' in value && 'reason' in value) return value as Decision
  throw corrupt('decision')
}

/** A gap that ended, from its row. */
export function gapOf(row: Row): GapRecord {
  const value = decode(String(row['body']))
  if (typeof value === 'object' && value !== null && 'forecast' in value && 'realised' in value)
    return value as GapRecord
  throw corrupt('gap')
}

/** A bid as it was admitted, from its row. */
export function admittedOf(row: Row): Admitted {
  const value = decode(String(row['body']))
  if (typeof value === 'object' && value !== null && 'intent' in value && 'at' in value) return value as Admitted
  throw corrupt('bid')
}

/** The liquidation that a row is about. */
export const intentOf = (row: Row): IntentId => hex(row['intent'])

/** A posting from its row. */
export function postingOf(row: Row): Posting {
  const { chain, ref, block } = row
  const entries = decode(String(row['body']))
  if (typeof chain !== 'number' || typeof ref !== 'string' || typeof block !== 'number' || !Array.isArray(entries))
    throw corrupt('posting')
  return { ref, chain: chainId(chain), block: BigInt(block), entries: entries as readonly Entry[] }
}

/** A step of claims on their way home, from its row. */
export function stepOf(row: Row): SettlementStep {
  const value = decode(String(row['body']))
  if (typeof value === 'object' && value !== null && 'kind' in value && 'intents' in value)
    return value as SettlementStep
  throw corrupt('step')
}

const STATES: readonly JournaledTx['state'][] = ['signed', 'included', 'reverted', 'dropped']

function state(value: unknown): JournaledTx['state'] {
  const found = STATES.find((known) => known === value)
  if (found === undefined) throw corrupt('tx')
  return found
}

function hex(value: unknown): `0x${string}` {
  if (typeof value === 'string' && value.startsWith('0x')) return `0x${value.slice(2)}`
  throw corrupt('tx')
}

const corrupt = (table: string) =>
  invariantBroken(`The journal's table ${table} holds a row that nobody wrote.`, { table })
