// A price book, an engine, two mirrors and an auction on a throw-away chain, read under overridden storage: any
// portfolio at any prices costs one call and no transaction.
import { readFileSync } from 'node:fs'
import { type Abi, type Address, encodeDeployData, encodeFunctionData, type Hex, keccak256 } from 'viem'
import { accessManagerAbi } from '../../agent/adapters/chain/abi/access-manager.ts'
import { liquidationAuctionAbi } from '../../agent/adapters/chain/abi/liquidation-auction.ts'
import { marginEngineAbi } from '../../agent/adapters/chain/abi/margin-engine.ts'
import { marginLensAbi } from '../../agent/adapters/chain/abi/margin-lens.ts'
import { priceBookAbi } from '../../agent/adapters/chain/abi/price-book.ts'
import { testTokenAbi } from '../../agent/adapters/chain/abi/test-token.ts'
import { vaultMirrorAbi } from '../../agent/adapters/chain/abi/vault-mirror.ts'
import type { EngineTerms, MarginAccount, PriceEntry } from '../../agent/domain/market.ts'
import { creditedSlot, heldSlot, positionSlot, wordSlot } from '../../agent/maths/slots.ts'
import type { Anvil } from './anvil.ts'
import { address } from './builders.ts'

/** Storage by contract and slot, as eth_call takes it. */
export type Overrides = Record<Address, { readonly stateDiff: Record<Hex, Hex> }>

export type MarginChain = {
  readonly engine: Address
  readonly auction: Address
  readonly book: Address
  readonly lens: Address
  /** The chain's time, in seconds, in every call. */
  readonly now: bigint
  /** Calls under overrides, many at once; a revert is undefined. */
  read(calls: readonly Call[]): Promise<readonly (Hex | undefined)[]>
  /** A transaction from the chain's first account; throws when it reverts. */
  send(to: Address | undefined, data: Hex): Promise<Address | undefined>
}

export type Call = { readonly to: Address; readonly data: Hex; readonly from?: Address; readonly overrides: Overrides }

/** Whoever bids under overrides: a bonded account with a fortune. */
export const BIDDER = address(0xb1dd)
export const MIRRORS = ['vault-fast', 'vault-slow'] as const

/** Deploys everything on a chain started with --no-mining, and lists what the terms say. Mirrors stand in the order of `MIRRORS`. */
export async function deployMarginChain(
  anvil: Anvil,
  terms: EngineTerms,
  publishers: readonly Address[],
): Promise<MarginChain> {
  const [sender] = (await anvil.ask('eth_accounts')) as Address[]
  const send = (to: Address | undefined, data: Hex) => transact(anvil, sender, to, data)
  const create = async (name: string, abi: Abi, args: readonly unknown[]): Promise<Address> => {
    const made = await send(undefined, encodeDeployData({ abi, bytecode: bytecodeOf(name), args }))
    if (made === undefined) throw new Error(`${name} was not created`)
    return made
  }
  const authority = await create('AccessManager', accessManagerAbi, [sender])
  const cash = await create('TestToken', testTokenAbi, ['Dollar', 'USD', 6])
  const book = await create('PriceBook', priceBookAbi, [
    authority,
    BigInt(terms.priceQuorum),
    terms.priceMaxAge,
    10_000,
  ])
  const engine = await create('MarginEngine', marginEngineAbi, [
    authority,
    cash,
    book,
    terms.initialFactor,
    terms.tradeFee,
  ])
  const mirrors = [await mirror(), await mirror()]
  async function mirror(): Promise<Address> {
    const made = await create('VaultMirror', vaultMirrorAbi, [
      authority,
      address(1),
      address(2),
      { staleAfter: 86_400n, resetDelay: 86_400n },
    ])
    await send(made, encodeFunctionData({ abi: vaultMirrorAbi, functionName: 'setModule', args: [engine, true] }))
    return made
  }
  const auction = await create('LiquidationAuction', liquidationAuctionAbi, [
    engine,
    address(3),
    address(4),
    { ...terms.auction, reserveSeconds: 0, reserveBond: 0n },
  ])
  const lens = await create('MarginLens', marginLensAbi, [engine])
  await send(engine, encodeFunctionData({ abi: marginEngineAbi, functionName: 'setModule', args: [auction, true] }))
  for (const one of terms.instruments) await send(engine, listInstrument(one))
  for (const one of terms.collaterals)
    await send(engine, listCollateral(one, mirrors[MIRRORS.indexOf(one.vault as 'vault-fast')]))
  for (const publisher of publishers)
    await send(book, encodeFunctionData({ abi: priceBookAbi, functionName: 'setPublisher', args: [publisher, true] }))
  const { timestamp } = (await anvil.ask('eth_getBlockByNumber', 'latest', false)) as { timestamp: Hex }
  const now = BigInt(timestamp) + 1_000n
  return { engine, auction, book, lens, now, send, read: (calls) => callAll(anvil.url, calls, now) }
}

type Listed = EngineTerms['instruments'][number]
const listInstrument = ({ kind, markFeed, underlyingFeed, contingency, shocks }: Listed): Hex =>
  encodeFunctionData({
    abi: marginEngineAbi,
    functionName: 'listInstrument',
    args: [{ kind: kind === 'perpetual' ? 1 : 2, markFeed, underlyingFeed, contingency, shocks }],
  })

type Lodged = EngineTerms['collaterals'][number]
const listCollateral = ({ asset, feed, decimals, haircut, gap }: Lodged, mirror: Address | undefined): Hex =>
  encodeFunctionData({
    abi: marginEngineAbi,
    functionName: 'listCollateral',
    args: [{ mirror: mirror ?? address(0), asset, feed, decimals, haircut, gap }],
  })

/** A published price, as the book keeps it. */
export type QuotedEntry = PriceEntry & { readonly degraded?: boolean }

/** Everything one portfolio is made of, at prices published now; its auction, if any, began at `startedAt`. */
export async function overridesFor(
  chain: MarginChain,
  terms: EngineTerms,
  account: MarginAccount,
  entries: readonly QuotedEntry[],
): Promise<Overrides> {
  const mirrors = await mirrorsOf(chain, terms)
  const engine: Record<Hex, Hex> = {
    [wordSlot(account.id, keccak256)]: packWord(account),
    [heldSlot(account.id, keccak256)]: pad(
      account.positions.reduce((bits, { instrument }) => bits | (1n << BigInt(instrument)), 0n),
    ),
    [wordSlot(BIDDER, keccak256)]: packWord({ version: 1n, mode: 'cross', cash: 10n ** 36n }),
  }
  for (const { instrument, size, entryFunding = 0n } of account.positions)
    engine[positionSlot(account.id, instrument, keccak256)] = pad(
      BigInt.asUintN(128, size) | (BigInt.asUintN(128, entryFunding) << 128n),
    )
  for (const one of terms.instruments) engine[lineSlot(one.id)] = packLine(one)
  const overrides: Overrides = {
    [chain.engine]: { stateDiff: engine },
    [chain.book]: { stateDiff: pricesOf(entries, chain.now) },
  }
  for (const { collateral, amount } of account.credit) {
    const listed = terms.collaterals.find(({ id }) => id === collateral)
    const mirror = mirrors[collateral]
    if (listed === undefined || mirror === undefined) throw new Error(`collateral ${collateral} is not listed`)
    const diff = overrides[mirror]?.stateDiff ?? {}
    diff[creditedSlot(account.id, listed.asset, keccak256)] = pad(amount)
    diff[mapped(pad(BigInt(listed.asset)), BOOKS)] = pad(10n ** 30n)
    overrides[mirror] = { stateDiff: diff }
  }
  const started: Record<Hex, Hex> = {
    [mapped(pad(BigInt(account.id)), STARTED_AT)]: pad(account.auctionStartedAt ?? 0n),
  }
  return { ...overrides, [chain.auction]: { stateDiff: started } }
}

const known = new WeakMap<MarginChain, Promise<readonly Address[]>>()
/** The mirror of every collateral, by id. */
export function mirrorsOf(chain: MarginChain, terms: EngineTerms): Promise<readonly Address[]> {
  const found = known.get(chain) ?? readMirrors(chain, terms)
  known.set(chain, found)
  return found
}

async function readMirrors(chain: MarginChain, terms: EngineTerms): Promise<readonly Address[]> {
  const calls = terms.collaterals.map(({ id }) => ({
    to: chain.engine,
    data: encodeFunctionData({ abi: marginEngineAbi, functionName: 'collaterals', args: [id] }),
    overrides: {},
  }))
  return (await chain.read(calls)).map((word): Address => `0x${(word ?? '0x').slice(26, 66)}`)
}

/** PriceBook slots 3 and 4: the stored price (low to high: price, confidence, sequence, publishedAt, degraded, reference) and the risk array. */
function pricesOf(entries: readonly QuotedEntry[], now: bigint): Record<Hex, Hex> {
  const diff: Record<Hex, Hex> = {}
  for (const { feed, price, confidence, shocks, degraded } of entries) {
    const at = now * 1_000n
    diff[mapped(pad(BigInt(feed)), pad(3n))] = pad(
      price |
        (BigInt(confidence) << 64n) |
        (at << 80n) |
        (at << 128n) |
        (degraded === true ? 1n << 176n : 0n) |
        (price << 184n),
    )
    diff[mapped(pad(BigInt(feed)), pad(4n))] = pad(shocks)
  }
  return diff
}

const MODES = { isolated: 1n, cross: 2n, unified: 3n } as const
const packWord = ({ version, mode, cash }: Pick<MarginAccount, 'version' | 'mode'> & { readonly cash: bigint }): Hex =>
  pad(version | (MODES[mode] << 64n) | (BigInt.asUintN(128, cash) << 72n))

/** MarginListing.Line, low to high: kind, markFeed, underlyingFeed, contingency, maxFunding, moment, fixed, index. */
export const packLine = ({ kind, markFeed, underlyingFeed, contingency, fundingIndex, payoff }: Listed): Hex =>
  pad(
    (kind === 'perpetual' ? 1n : 2n) |
      (BigInt(markFeed) << 8n) |
      (BigInt(underlyingFeed) << 24n) |
      (BigInt(contingency) << 40n) |
      (payoff === undefined ? 0n : 1n << 112n) |
      (BigInt.asUintN(128, payoff ?? fundingIndex ?? 0n) << 120n),
  )
/** Where it stands. */
export const lineSlot = (id: number): Hex => pad(BigInt(keccak256(INSTRUMENTS)) + 2n * BigInt(id))

const pad = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`
const mapped = (key: Hex, root: Hex): Hex => keccak256(`0x${key.slice(2)}${root.slice(2)}`)
const BOOKS = pad(10n)
const STARTED_AT = pad(2n)
/** Where the engine keeps its list of instruments. */
const INSTRUMENTS = pad(5n)

function bytecodeOf(name: string): Hex {
  const file = new URL(`../../contracts/artifacts/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).bytecode
}

async function transact(
  anvil: Anvil,
  from: Address | undefined,
  to: Address | undefined,
  data: Hex,
): Promise<Address | undefined> {
  const hash = await anvil.ask('eth_sendTransaction', { from, ...(to && { to }), data, gas: '0x2faf080' })
  await anvil.ask('evm_mine')
  const receipt = (await anvil.ask('eth_getTransactionReceipt', hash)) as { status: Hex; contractAddress?: Address }
  if (receipt.status !== '0x1') throw new Error(`reverted: ${data.slice(0, 10)} to ${to}`)
  return receipt.contractAddress
}

const BATCH = 150

async function callAll(url: string, calls: readonly Call[], now: bigint): Promise<readonly (Hex | undefined)[]> {
  const results: (Hex | undefined)[] = []
  for (let from = 0; from < calls.length; from += BATCH)
    results.push(...(await callSome(url, calls.slice(from, from + BATCH), now)))
  return results
}

async function callSome(url: string, calls: readonly Call[], now: bigint): Promise<readonly (Hex | undefined)[]> {
  const time = { time: `0x${now.toString(16)}` }
  const body = calls.map(({ to, data, from, overrides }, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'eth_call',
    params: [{ to, data, ...(from && { from }) }, 'latest', overrides, time],
  }))
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answers = (await answer.json()) as readonly { id: number; result?: Hex }[]
  return [...answers].sort((a, b) => a.id - b.id).map(({ result }) => result)
}
