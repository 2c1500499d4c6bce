// What a key may be used for at all, whoever asks: where it sends, what that may cost, and what it states.
import type { Address, Hex } from 'viem'
import { hexToBigInt, slice } from 'viem/utils'
import type { Statement } from '../../domain/statement.ts'
import type { ChainId } from '../../domain/units.ts'
import type { UnsignedTransaction } from '../../ports/signer.ts'
import { isCancel } from './nonce-rule.ts'

/** What may be signed. Whatever is not here is refused. */
export type Policy = {
  readonly chains: readonly ChainPolicy[]
  readonly statements: readonly StatementPolicy[]
}

/** Transactions of one chain. They carry no native coin. */
export type ChainPolicy = {
  readonly chain: ChainId
  readonly destinations: readonly Destination[]
  /** Most wei per gas, and most gas, of one transaction. */
  readonly maxFee: bigint
  readonly maxGas: bigint
}

/** A contract, the only function of it that may be called, and for an executor the most a call may cost it (1e18). */
export type Destination = { readonly to: Address; readonly selector: Hex; readonly maxOutlay?: bigint }

/** Statements of one kind in one place. */
export type StatementPolicy =
  | { readonly kind: 'attestation'; readonly chain: ChainId }
  | { readonly kind: 'offer'; readonly engine: ChainId; readonly creditLines: Address }
  | { readonly kind: 'price'; readonly engine: ChainId; readonly priceBook: Address }
  | { readonly kind: 'status'; readonly network: Hex }

/** Why a transaction is not signed; undefined when it may be. */
export function transactionRefusal(
  policy: Policy,
  self: Address,
  transaction: UnsignedTransaction,
): string | undefined {
  const { chain, to, value, gas, maxFee, tip } = transaction
  const rules = policy.chains.find((one) => one.chain === chain)
  if (rules === undefined) return `chain ${chain} is not ours`
  if (value !== 0n) return `it carries ${value} wei, expected none`
  if (maxFee > rules.maxFee) return `it offers ${maxFee} wei per gas, at most ${rules.maxFee} is allowed`
  if (tip > maxFee) return `its tip of ${tip} wei is above the ${maxFee} it offers in all`
  if (gas > rules.maxGas) return `it may burn ${gas} gas, at most ${rules.maxGas} is allowed`
  if (isCancel(transaction, self)) return undefined
  const known = rules.destinations.filter((one) => same(one.to, to))
  if (known.length === 0) return `${to} is not on the allow-list`
  return known.some((one) => callRefusal(one, transaction.data) === undefined)
    ? undefined
    : known.map((one) => callRefusal(one, transaction.data)).find((one) => one !== undefined)
}

/** Why a statement is not signed; undefined when it may be. */
export function statementRefusal({ statements }: Policy, statement: Statement): string | undefined {
  return statements.some((one) => covers(one, statement))
    ? undefined
    : `no ${statement.kind} of this kind is ours to sign`
}

function callRefusal({ to, selector, maxOutlay }: Destination, data: Hex): string | undefined {
  if (!data.toLowerCase().startsWith(selector.toLowerCase())) return `${to} is not called by ${data.slice(0, 10)}`
  if (maxOutlay === undefined) return undefined
  const floor = floorIn(data)
  if (floor === undefined) return `its call of ${to} is cut short`
  return floor < -maxOutlay ? `it may cost ${-floor}, at most ${maxOutlay} is allowed` : undefined
}

/**
 * The floor of `execute(calls, (intent, leg, deadline, floor))`: the least change of the executor's capital with which
 * the call stands. The guard has no dynamic field, so that it lies in the fifth word.
 */
function floorIn(data: Hex): bigint | undefined {
  const [from, to] = [4 + 4 * 32, 4 + 5 * 32]
  return (data.length - 2) / 2 < to ? undefined : hexToBigInt(slice(data, from, to), { signed: true })
}

function covers(allowed: StatementPolicy, asked: Statement): boolean {
  switch (asked.kind) {
    case 'attestation':
      return allowed.kind === 'attestation' && allowed.chain === asked.chain
    case 'offer':
      return allowed.kind === 'offer' && allowed.engine === asked.engine && same(allowed.creditLines, asked.creditLines)
    case 'price':
      return (
        allowed.kind === 'price' && allowed.engine === asked.batch.engine && same(allowed.priceBook, asked.priceBook)
      )
    case 'status':
      return allowed.kind === 'status' && same(allowed.network, asked.network)
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
