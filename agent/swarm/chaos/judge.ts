// What a world says in the end: both chains, block by block, against the journal and against themselves.
import { type Address, type Hash, type Hex, hexToBigInt, parseEventLogs, toHex } from 'viem'
import { liquidatorExecutorAbi } from '../../adapters/chain/abi/liquidator-executor.ts'
import { marginEngineAbi } from '../../adapters/chain/abi/margin-engine.ts'
import { testTokenAbi } from '../../adapters/chain/abi/test-token.ts'
import { LEG } from '../../adapters/chain/executor-call.ts'
import { openSqliteJournal } from '../../adapters/store/sqlite-journal.ts'
import { invariantBroken } from '../../domain/errors.ts'
import type { JournaledTx, Life } from '../../ports/journal.ts'
import { VAULT_ARTEFACTS } from '../../suite/contracts.ts'
import { read } from '../calls.ts'
import type { LocalChain } from '../local-chain.ts'
import type { World } from './world.ts'

/** What is ours on both chains: cash and coin on the engine's, dollars, collateral and coin on the vault's. */
export type Holdings = {
  readonly cash: bigint
  readonly engineCoin: bigint
  readonly dollars: bigint
  readonly tokens: bigint
  readonly vaultCoin: bigint
}

/** The verdict on one world. Differences in wei, cash and dollars in their own smallest units, all added up. */
export type Verdict = {
  readonly liquidations: number
  readonly doublePayments: number
  readonly lost: number
  readonly weiDifferenceA: bigint
  readonly weiDifferenceB: bigint
  /** What was found, for people. */
  readonly findings: readonly string[]
}

/** Reads what we have now. */
export async function holdingsOf({ deployment, seat, engine, vault }: World): Promise<Holdings> {
  const place = placeOf(deployment.network)
  const coin = async ({ rpc }: LocalChain) =>
    BigInt(await rpc.request<Hex>('eth_getBalance', [seat.operator, 'latest']))
  const token = (to: Address) =>
    read<bigint>(vault.chain.rpc, { to, abi: testTokenAbi, name: 'balanceOf', args: [seat.executor] })
  const cash = { to: place.engine, abi: marginEngineAbi, name: 'cashOf', args: [seat.executor] }
  return {
    cash: await read<bigint>(engine.chain.rpc, cash),
    engineCoin: await coin(engine.chain),
    dollars: await token(place.dollar),
    tokens: await token(place.token),
    vaultCoin: await coin(vault.chain),
  }
}

/** What the mirror owes us and what the vault has paid. */
export async function claimsOf({ deployment, seat, engine, vault }: World): Promise<{ owed: bigint; claimed: bigint }> {
  const place = placeOf(deployment.network)
  const args = [seat.executor, place.token]
  return {
    owed: await read<bigint>(engine.chain.rpc, {
      to: place.mirror,
      abi: VAULT_ARTEFACTS.VaultMirror.abi,
      name: 'owed',
      args,
    }),
    claimed: await read<bigint>(vault.chain.rpc, {
      to: place.vault,
      abi: VAULT_ARTEFACTS.CollateralVault.abi,
      name: 'claimed',
      args,
    }),
  }
}

export type Judging = {
  readonly world: World
  readonly before: Holdings
  /** The journal's file; undefined when it was lost on purpose: then the chains alone are judged. */
  readonly journal: string | undefined
}

/** Reads the chains and the journal once everything is quiet. */
export async function judge({ world, before, journal }: Judging): Promise<Verdict> {
  const { seat, engine, vault } = world
  const after = await holdingsOf(world)
  const [onEngine, onVault] = [await sentOn(engine.chain, seat), await sentOn(vault.chain, seat)]
  const written = journal === undefined ? undefined : rowsOf(journal, world)
  const a = account(onVault, written?.vault)
  const b = account(onEngine, written?.engine)
  const { owed, claimed } = await claimsOf(world)
  const moved = after.tokens - before.tokens
  const bids = paid(onEngine, LEG.bid)
  const twice = repeated(bids.map(({ intent }) => intent)) + repeated(bids.map(({ intent }) => shortfallOf(intent)))
  const again = repeated(paid(onVault, LEG.claim).map(({ intent }) => intent))
  const missing = owed > claimed ? [`${owed - claimed} of the collateral owed was not claimed`] : []
  const unsold = moved === 0n ? [] : [`${moved} of the collateral claimed was not sold`]
  const held = (written?.lives ?? []).map(
    ({ intent, state }) => `the liquidation ${intent} is still ${state} in the journal`,
  )
  const losses = [...missing, ...unsold, ...held, ...a.losses, ...b.losses]
  return {
    liquidations: bids.length,
    doublePayments: twice + again,
    lost: losses.length,
    weiDifferenceA: gap(after.dollars - before.dollars, a.change) + gap(after.vaultCoin - before.vaultCoin, -a.gas),
    weiDifferenceB: gap(after.cash - before.cash, b.change) + gap(after.engineCoin - before.engineCoin, -b.gas),
    findings: [...losses, ...a.findings, ...b.findings],
  }
}

/** Account, engine and version: one shortfall is paid for once. */
const shortfallOf = (intent: Hex): Hex => `0x${intent.slice(2, 2 + 56)}`

const repeated = (names: readonly string[]): number => names.length - new Set(names).size

const gap = (one: bigint, other: bigint): bigint => (one > other ? one - other : other - one)

/** A transaction of ours in the chain. */
type Sent = {
  readonly hash: Hash
  readonly nonce: number
  readonly succeeded: boolean
  readonly gas: bigint
  /** What the executor says of it. */
  readonly executed: { readonly intent: Hex; readonly leg: number; readonly change: bigint } | undefined
}

const paid = (sent: readonly Sent[], leg: number) =>
  sent.flatMap(({ executed }) => (executed?.leg === leg ? [executed] : []))

type Ours = { readonly operator: Address; readonly executor: Address }
type Block = { readonly transactions: readonly { readonly from: Address; readonly hash: Hash; readonly nonce: Hex }[] }

/** Every transaction of our key, in order, as the canonical chain has it. */
async function sentOn({ rpc }: LocalChain, { operator, executor }: Ours): Promise<readonly Sent[]> {
  const height = Number(await rpc.request<Hex>('eth_blockNumber'))
  const found: Sent[] = []
  for (let from = 0; from <= height; from += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, height - from + 1) }, (_, i) => toHex(from + i))
    const blocks = await rpc.batch<Block>(
      numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [number, true] })),
    )
    const mine = blocks.flatMap(({ transactions }) => transactions.filter((one) => same(one.from, operator)))
    const receipts = await rpc.batch<Receipt>(
      mine.map(({ hash }) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
    )
    found.push(...mine.map(({ nonce }, i) => sentOf(receipts[i], Number(nonce), executor)))
  }
  return found
}

const CHUNK = 100

type Receipt = {
  readonly transactionHash: Hash
  readonly status: Hex
  readonly gasUsed: Hex
  readonly effectiveGasPrice: Hex
  readonly logs: Parameters<typeof parseEventLogs>[0]['logs']
}

function sentOf(receipt: Receipt | undefined, nonce: number, executor: Address): Sent {
  if (receipt === undefined) throw invariantBroken('a node has a transaction without a receipt', { nonce })
  const logs = parseEventLogs({ abi: liquidatorExecutorAbi, eventName: 'Executed', logs: receipt.logs })
  const log = logs.find(({ address }) => same(address, executor))
  return {
    hash: receipt.transactionHash,
    nonce,
    succeeded: receipt.status === '0x1',
    gas: hexToBigInt(receipt.gasUsed) * hexToBigInt(receipt.effectiveGasPrice),
    executed: log && { intent: log.args.intent, leg: log.args.leg, change: log.args.change },
  }
}

type Rows = {
  readonly engine: readonly JournaledTx[]
  readonly vault: readonly JournaledTx[]
  /** Liquidations that still hold capital. */
  readonly lives: readonly Life[]
}

function rowsOf(path: string, { seat, engine, vault }: World): Rows {
  const journal = openSqliteJournal({ path })
  try {
    return {
      engine: journal.history(engine.chain.id, seat.operator, 0),
      vault: journal.history(vault.chain.id, seat.operator, 0),
      lives: journal.lives(),
    }
  } finally {
    journal.close()
  }
}

/** What the journal makes of a chain: money moved and gas spent by what it calls included, and where it is wrong. */
function account(sent: readonly Sent[], rows: readonly JournaledTx[] | undefined) {
  const known = new Map(sent.map((one) => [one.hash, one]))
  const counted = rows === undefined ? sent : sent.filter(({ hash }) => isFinal(rows, hash))
  const open = (rows ?? []).filter(({ state }) => state === 'signed')
  const imagined = (rows ?? []).filter((row) => {
    const found = known.get(row.hash)
    if (row.state === 'included') return found?.succeeded !== true
    return row.state === 'reverted' && found?.succeeded !== false
  })
  const foreign = rows === undefined ? [] : sent.filter(({ hash }) => !rows.some((row) => row.hash === hash))
  return {
    change: counted.reduce((sum, { executed }) => sum + (executed?.change ?? 0n), 0n),
    gas: counted.reduce((sum, { gas }) => sum + gas, 0n),
    losses: [
      ...open.map(({ leg, nonce }) => `a ${leg} at nonce ${nonce} is without an end in the journal`),
      ...imagined.map(({ leg, nonce, state }) => `a ${leg} at nonce ${nonce} is ${state} in the journal only`),
    ],
    findings: foreign.map(({ nonce }) => `nonce ${nonce} was used by bytes that the journal does not have`),
  }
}

const isFinal = (rows: readonly JournaledTx[], hash: Hash): boolean =>
  rows.some((row) => row.hash === hash && (row.state === 'included' || row.state === 'reverted'))

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function placeOf({ engines, vaults }: World['deployment']['network']) {
  const [engine, vault] = [engines[0], vaults[0]]
  const token = vault?.assets[0]?.token
  if (engine === undefined || vault === undefined || token === undefined)
    throw invariantBroken('a campaign has an engine, a vault and an asset', {})
  return { engine: engine.engine, mirror: vault.mirror, vault: vault.vault, dollar: vault.dollar, token }
}
