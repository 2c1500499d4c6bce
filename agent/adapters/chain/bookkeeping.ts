// What a mined transaction of ours moved, as its own logs say: the entries of the double-entry book.
import { type Address, erc20Abi, type Log, parseEventLogs } from 'viem'
import type { EngineDeployment, VaultDeployment } from '../../domain/network.ts'
import { type Entry, type LedgerAccount, move, opened, type Posting, received } from '../../domain/posting.ts'
import type { ChainId } from '../../domain/units.ts'
import { liquidatorExecutorAbi } from './abi/liquidator-executor.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import type { Mined } from './receipt.ts'

/** What is ours on one chain. */
export type Premises = {
  readonly chain: ChainId
  readonly executor: Address
  /** Absent where no engine stands. */
  readonly engine: EngineDeployment | undefined
  /** Vaults on this chain. */
  readonly vaults: readonly VaultDeployment[]
  /** Vaults whose mirrors stand on this chain, with our executor on the vault's own. */
  readonly mirrored: readonly { readonly vault: VaultDeployment; readonly beneficiary: Address }[]
}

/** Everything a transaction of our own moved. Its gas moved even when it reverted. */
export function postingOf(premises: Premises | undefined, mined: Mined, leg: string): Posting {
  const { chain, number: block } = mined.anchor
  const gas = move({ chain, asset: 'coin', amount: mined.gasCost, from: 'actual', to: 'gas' })
  const moved =
    premises === undefined || mined.status === 'reverted'
      ? []
      : [...engineCash(premises, mined, leg), ...claimsIn(premises, mined.logs), ...tokensIn(premises, mined.logs)]
  return { ref: mined.hash, chain, block, entries: [...gas, ...moved] }
}

/** The executor says what the whole call changed; trade fees are named apart. */
function engineCash({ chain, executor, engine }: Premises, { logs }: Mined, leg: string): readonly Entry[] {
  if (engine === undefined) return []
  const found = parseEventLogs({ abi: CASH_EVENTS, logs: [...logs] })
  const change = found.reduce(
    (sum, log) => (log.eventName === 'Executed' && same(log.address, executor) ? sum + log.args.change : sum),
    0n,
  )
  const fees = found.reduce(
    (sum, log) =>
      log.eventName === 'Traded' && same(log.address, engine.engine) && same(log.args.account, executor)
        ? sum + log.args.fee
        : sum,
    0n,
  )
  return [
    ...move({ chain, asset: 'cash', amount: change + fees, from: counterOf(leg), to: 'actual' }),
    ...move({ chain, asset: 'cash', amount: fees, from: 'actual', to: 'fees' }),
  ]
}

/** Where cash came from, or went to, by what was sent. */
const counterOf = (leg: string): LedgerAccount => (leg === 'line' ? 'lines' : leg === 'trade' ? 'trades' : 'bids')

/** Collateral that mirrors on this chain owe us from now on, on the chains of their vaults. */
export function claimsIn({ mirrored }: Premises, logs: readonly Log[]): readonly Entry[] {
  return parseEventLogs({ abi: vaultMirrorAbi, eventName: 'Owed', logs: [...logs] }).flatMap(({ address, args }) => {
    const at = mirrored.find(({ vault }) => same(vault.mirror, address))
    if (at === undefined || !same(args.beneficiary, at.beneficiary)) return []
    return opened(at.vault.chain, lower(args.asset), args.amount)
  })
}

/** Tokens that reached our executor or left it: from a vault they were in flight, else they were bought or sold. */
export function tokensIn(
  { chain, executor, vaults }: Premises,
  logs: readonly Log[],
  otherwise: LedgerAccount = 'sales',
): readonly Entry[] {
  const tokens = tokensOf(vaults)
  return parseEventLogs({ abi: erc20Abi, eventName: 'Transfer', logs: [...logs] }).flatMap(({ address, args }) => {
    const asset = lower(address)
    const [arrives, leaves] = [same(args.to, executor), same(args.from, executor)]
    if (!tokens.includes(asset) || arrives === leaves) return []
    if (leaves) return move({ chain, asset, amount: args.value, from: 'actual', to: otherwise })
    if (vaults.some(({ vault }) => same(vault, args.from))) return received(chain, asset, args.value)
    return move({ chain, asset, amount: args.value, from: otherwise, to: 'actual' })
  })
}

/** Tokens that the books of a chain are kept in: collateral and the dollars it is sold for. */
export const tokensOf = (vaults: readonly VaultDeployment[]): readonly Address[] => [
  ...new Set(vaults.flatMap(({ dollar, assets }) => [dollar, ...assets.map(({ token }) => token)]).map(lower)),
]

const CASH_EVENTS = [...liquidatorExecutorAbi, ...marginEngineAbi].filter((item) => item.type === 'event')

const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
