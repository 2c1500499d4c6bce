// An engine chain on paper: everything is read, nothing is sent, and a bid is judged by what the market did meanwhile.
import { type Address, concatHex, keccak256, stringToHex } from 'viem'
import type { Fill, Intent, Outcome } from '../../domain/liquidation.ts'
import type { EngineTerms, Head, MarginAccount } from '../../domain/market.ts'
import type { Network } from '../../domain/network.ts'
import { type Millis, wad } from '../../domain/units.ts'
import { max } from '../../maths/fixed-point.ts'
import { holdings, share, tradeFeeUp } from '../../maths/margin.ts'
import { quorumPrices } from '../../maths/oracle.ts'
import type { ChainReader, EngineChain } from '../../ports/chain.ts'
import { baseFeeNow, type FeePolicy } from './fees.ts'
import type { ChainLink } from './link.ts'
import type { Owed, PaperBook } from './paper-book.ts'

/** What a paper chain needs besides the real one that it watches. */
export type Paper = {
  readonly link: ChainLink
  readonly book: PaperBook
  /** From a decision until its transaction would have reached whoever builds blocks. */
  readonly latency: Millis
  readonly fees: FeePolicy
}

type PaperEngine = Paper & { readonly real: EngineChain; readonly executor: Address; readonly network: Network }

/**
 * The engine as a paper agent has it: its cash and its claims are the book's, and no transaction leaves. An account that it
 * took is gone from its sight until somebody really changes it, so that nothing is won twice.
 */
export const paperEngine = (engine: PaperEngine): EngineChain => ({
  ...engine.real,
  cash: async (account) =>
    same(account, engine.executor) ? engine.book.cash(engine.real.id) : engine.real.cash(account),
  accounts: async (ids, at) =>
    (await engine.real.accounts(ids, at)).filter(
      ({ id, version }) => engine.book.taken(engine.real.id, id) !== version,
    ),
  owed: async (vault, _beneficiary, asset) => engine.book.owed(vault, asset),
  bid: (intent, _offer, signal) => bidOnPaper(engine, intent, signal),
  openAuctions: async () => ({ gasCost: 0n, started: [] }),
  orderLine: async () => ({ kind: 'refused', reason: 'PAPER', gasCost: 0n }),
  trade: async () => ({ kind: 'refused', reason: 'PAPER', gasCost: 0n }),
  credit: async () => ({ kind: 'nothing', held: [] }),
})

/** Gas that a bid uses with prices (contracts/gas.json), and one that reverts at its first check. */
const GAS = { won: 650_000n, lost: 250_000n }

/**
 * The bid lands in the first block after its latency. Whoever took the account up to and in that block was faster: a tie
 * is lost. An account that nobody touched is ours at the quoted pay, which the auction's clock can only have lowered.
 */
async function bidOnPaper(engine: PaperEngine, intent: Intent, signal: AbortSignal): Promise<Outcome> {
  const { real, link } = engine
  if (link.clock.now() >= intent.validUntil) return { kind: 'expired', reason: 'TOO_LATE' }
  const { id, version } = intent.quote.candidate.account
  if (engine.book.taken(real.id, id) === version) return { kind: 'declined', reason: 'TAKEN_ON_PAPER' }
  const head = await nextBlock(engine, real, signal)
  if (head === undefined || Number(head.timestamp) * 1_000 > intent.validUntil)
    return { kind: 'expired', reason: 'NOT_INCLUDED' }
  const [account] = await real.accounts([id], head)
  const price = await gasPrice(engine)
  if (account?.version !== version)
    return { kind: 'lost', reason: 'LOST_RACE', gasCost: GAS.lost * price, anchor: head }
  const fill = fillOf(intent, { account, head, terms: await real.terms(), gasCost: GAS.won * price })
  if (fill === undefined) return { kind: 'declined', reason: 'PRICES_MISSING' }
  engine.book.take(real.id, id, version)
  engine.book.filled(real.id, fill.cashChange, owedBy(engine.network, intent, fill))
  return { kind: 'won', fill }
}

type Landed = {
  readonly account: MarginAccount
  readonly head: Head
  readonly terms: EngineTerms
  readonly gasCost: bigint
}

/** What the transaction would have done; undefined when its prices do not value the account. */
function fillOf({ id, quote }: Intent, { account, head, terms, gasCost }: Landed): Fill | undefined {
  const { candidate, fraction, pay, outlay, collateralValue, legs, providerFee, route } = quote
  const held = holdings(account, terms, quorumPrices(candidate.batches))
  if (held === undefined) return undefined
  const fees = held.positions.reduce((sum, { value }) => sum + tradeFeeUp(share(value, fraction), terms.tradeFee), 0n)
  const saleProceeds = route.settlement === 'liquidity-service' ? collateralValue - providerFee : 0n
  return {
    tx: keccak256(concatHex([stringToHex('paper'), id])),
    anchor: head,
    ...{ fraction, pay, outlay, collateralValue, legs, gasCost },
    cashChange: wad(saleProceeds - outlay - fees),
    saleProceeds: wad(saleProceeds),
    tradeFees: wad(fees),
    funding: wad(0n),
  }
}

/** What would have to come home; a provider that paid has it instead. */
function owedBy(network: Network, { quote }: Intent, { legs }: Fill): readonly Owed[] {
  if (quote.route.settlement !== 'state-proof') return []
  return legs.flatMap(({ vault, collateral, amount }) => {
    const deployed = network.vaults.find(({ id }) => id === vault)
    const asset = deployed?.assets.find((one) => one.collateral === collateral)
    return asset === undefined ? [] : [{ vault, asset: asset.token, amount }]
  })
}

/** The block that a transaction sent now would be in; undefined when the signal fires first. */
export async function nextBlock(
  { link: { clock }, latency }: Paper,
  reader: Pick<ChainReader, 'heads' | 'latest'>,
  signal: AbortSignal,
): Promise<Head | undefined> {
  await clock.sleep(latency, signal)
  const { number } = await reader.latest()
  for await (const event of reader.heads(signal))
    if (event.kind === 'head' && event.head.number > number) return event.head
  return undefined
}

/** Wei per gas that would be paid now. */
export async function gasPrice({ link, fees }: Paper): Promise<bigint> {
  return max(1n, (await baseFeeNow(link.rpc, fees)) + fees.tip)
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
