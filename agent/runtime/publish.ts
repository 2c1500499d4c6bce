// Publishing risk parameters: from the laws of prices and routes to what stands on chain, in two steps and within bounds.
import type { Hash } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import { type ChainLink, openLink } from '../adapters/chain/link.ts'
import {
  type Levels,
  type Published,
  type RiskBook,
  readRiskBook,
  sendLevels,
} from '../adapters/chain/risk-parameters.ts'
import { readTerms } from '../adapters/chain/terms.ts'
import { systemClock } from '../adapters/clock/system-clock.ts'
import { openMemoryJournal } from '../adapters/store/memory-journal.ts'
import { configError } from '../domain/errors.ts'
import type { LatencyLaw } from '../domain/liquidation.ts'
import type { Collateral } from '../domain/market.ts'
import type { EngineDeployment, Network } from '../domain/network.ts'
import type { ChainId, CollateralId } from '../domain/units.ts'
import type { Latency } from '../maths/risk/latency.ts'
import type { PriceModel } from '../maths/risk/model.ts'
import { type Publication, type PublicationTerms, publicationOf } from '../maths/risk/published.ts'
import { tiersOf } from './links.ts'
import { openPublisherSigner } from './signing.ts'

/** What one collateral has, what the model says, and what is done about it now. Times in seconds of the chain. */
export type Step = {
  readonly engine: ChainId
  readonly collateral: CollateralId
  readonly symbol: string
  readonly vault: string
  readonly from: Levels
  readonly target: Levels
  /** The target as far as one day allows. */
  readonly to: Levels
  readonly act: 'propose' | 'enact' | 'wait' | 'nothing'
  readonly readyAt: number | undefined
  readonly why: Publication
}

/** How to publish. Without `live` nothing is sent. */
export type Publishing = {
  readonly config: AgentConfig
  readonly network: Network
  readonly model: PriceModel
  readonly terms: Omit<PublicationTerms, 'timeScale'>
  readonly live: boolean
}

/** Every collateral of every engine; with the transaction where one was sent. */
export async function publishRisk(
  publishing: Publishing,
  signal: AbortSignal,
): Promise<readonly (Step & { readonly tx: Hash | undefined })[]> {
  const done: (Step & { readonly tx: Hash | undefined })[] = []
  for (const engine of publishing.network.engines) {
    const link = await linkTo(publishing, engine)
    try {
      for (const step of await planned(publishing, engine, link)) {
        done.push({ ...step, tx: publishing.live ? await perform(link, engine, step, signal) : undefined })
      }
    } finally {
      await link.close()
    }
  }
  return done
}

async function planned(
  { network, model, terms }: Publishing,
  engine: EngineDeployment,
  link: ChainLink,
): Promise<readonly Step[]> {
  const { collaterals } = await readTerms(link.rpc, engine, network)
  const book = await readRiskBook(
    link,
    engine,
    collaterals.map(({ id }) => id),
  )
  return collaterals.flatMap((collateral, i): readonly Step[] => {
    const published = book.published[i]
    const vault = network.vaults.find(({ id }) => id === collateral.vault)
    if (published === undefined || vault === undefined) return []
    const latency = latencyOf(vault.latency)
    const { timeScale } = network
    const why = publicationOf({ model, latency, haircut: collateral.haircut / 1e4 }, { ...terms, timeScale })
    return [stepOf(engine.chain, collateral, why, { published, book })]
  })
}

/** The law of a route in seconds of the market: its body, and its stuck mode on top. */
export function latencyOf({ median, spread, stuckOdds, stuckMedian }: LatencyLaw): Latency {
  const body: Latency =
    spread > 0
      ? { type: 'lognormal', median: median / 1_000, s: spread }
      : { type: 'fixed', l: Math.max(median, 1) / 1_000 }
  if (stuckOdds === 0) return body
  const stuck: Latency = { type: 'lognormal', median: stuckMedian / 1_000, s: STUCK_SPREAD, shift: median / 1_000 }
  return {
    type: 'mixture',
    parts: [
      [1 - stuckOdds, body],
      [stuckOdds, stuck],
    ],
  }
}

/** Log-standard deviation of how long a stuck route stays stuck. */
const STUCK_SPREAD = 0.7

function stepOf(
  engine: ChainId,
  { id, symbol, vault }: Collateral,
  why: Publication,
  { published: { levels: from, proposed }, book }: { readonly published: Published; readonly book: RiskBook },
): Step {
  const { gap, premium, fee } = why
  const target = { gap, premium, fee }
  const to = each((name) => nearer(from[name], Math.min(target[name], book.highest[name]), book.daily[name]))
  const common = { engine, collateral: id, symbol, vault, from, target, to, why }
  if (proposed !== undefined && same(proposed.levels, to)) {
    const act = book.now >= proposed.readyAt ? 'enact' : 'wait'
    return { ...common, act, readyAt: proposed.readyAt }
  }
  const act = same(from, to) ? 'nothing' : 'propose'
  return { ...common, act, readyAt: act === 'propose' ? book.now + book.delay : undefined }
}

const each = (of: (name: keyof Levels) => number): Levels => ({
  gap: of('gap'),
  premium: of('premium'),
  fee: of('fee'),
})

const nearer = (from: number, to: number, most: number): number => Math.max(from - most, Math.min(from + most, to))

const same = (a: Levels, b: Levels): boolean => a.gap === b.gap && a.premium === b.premium && a.fee === b.fee

async function perform(
  link: ChainLink,
  engine: EngineDeployment,
  { act, collateral, to }: Step,
  signal: AbortSignal,
): Promise<Hash | undefined> {
  if (act === 'propose') return sendLevels(link, engine, { collateral, levels: to }, signal)
  if (act === 'enact') return sendLevels(link, engine, { collateral, levels: undefined }, signal)
  return undefined
}

async function linkTo({ config, live }: Publishing, engine: EngineDeployment): Promise<ChainLink> {
  const entry = config.chains.find(({ id }) => id === engine.chain)
  if (entry === undefined)
    throw configError(
      'E_CHAIN_MISSING',
      `chains has no entry for chain ${engine.chain}`,
      'Add its id and rpc to chains.',
    )
  const { rpc: urls, quorum = 1 } = entry
  const reading = { chain: engine.chain, urls, quorum, clock: systemClock }
  if (!live) return openLink(reading)
  const signer = await openPublisherSigner(config, engine)
  // Publishing is repeatable: what is not on chain is proposed again, so that nothing needs to survive this process.
  const journal = openMemoryJournal()
  const link = await openLink({ ...reading, sending: { signer, journal, fees: FEES, finality: tiersOf(engine) } })
  return { ...link, close: () => link.close().then(signer.close) }
}

/** Not a race: a small tip, and twice the base fee of the moment. */
const FEES = { tip: 1_000_000_000n, ceiling: 500_000_000_000n, baseFee: 'market' } as const
