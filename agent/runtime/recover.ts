// What the chains owe us and no book explains: it becomes a claim, and comes home like any other. Recovery is the normal
// start, and it never ends: a bid that is mined late, or again, opens its claim whenever that is.
import { keccak256, stringToHex } from 'viem'
import { carries, coming } from '../core/ledger.ts'
import type { Core } from '../core/state.ts'
import { holdsCapital } from '../domain/life.ts'
import type { Claim } from '../domain/liquidation.ts'
import type { AssetDeployment, VaultDeployment } from '../domain/network.ts'
import { type ChainId, millis, type VaultId } from '../domain/units.ts'
import type { EngineChain, VaultChain } from '../ports/chain.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { Context, VaultSeat } from './context.ts'
import { openIn } from './settlement-notes.ts'
import { createTakeUp } from './take-up.ts'
import { rest } from './tasks.ts'

/** Wall time between two looks at the journal, and looks at it between two at the chains. */
const PAUSE = millis(1_000)
const CHAINS_EVERY = 5

/** Made before anything is bid: what the journal holds by then is an earlier life's. */
type Recovery = { readonly run: (signal: AbortSignal) => Promise<void> }

/** Looks until the signal fires. A look that fails is made again, and forgets nothing. */
export function createRecovery(context: Context, core: Core): Recovery {
  const { ledger, book } = core
  const bids = createTakeUp(context, {
    carries: (intent) => carries(ledger, intent),
    values: (engine) => book.terms.has(engine) && book.lastPrices.has(engine),
  })
  const doubts = createDoubts(context, () => isQuiet(context, core))
  let [looks, first] = [0, true]
  return {
    run: async (signal) => {
      for (; !signal.aborted; await rest(context.clock, PAUSE, signal)) {
        const complete = await bids.look()
        if (!complete || !isQuiet(context, core) || looks++ % CHAINS_EVERY !== 0) continue
        await recoverClaims({ ...context, coming: () => coming(ledger), believes: doubts(first) })
        first = false
      }
    },
  }
}

/** Whether no bid of ours may be about to add to what is owed. */
const isQuiet = ({ engines, journal }: Context, { ledger }: Core): boolean =>
  ledger.reserved.size === 0 && [...engines.keys()].every((engine) => journal.open(engine).length === 0)

/** Looks in a row at which something is unexplained before it is a claim: what was bought is told a few blocks later. */
const PATIENCE = 3

/**
 * At the first quiet look nothing can be on its way to be told; later, what a shared executor is owed may be what others
 * won.
 */
function createDoubts({ fleet }: Pick<Context, 'fleet'>, quiet: () => boolean) {
  const seen = new Map<string, number>()
  return (first: boolean): Recovering['believes'] =>
    ({ intent }) => {
      if (!quiet()) return false
      const times = (seen.get(intent) ?? 0) + 1
      seen.set(intent, times)
      return first || (times >= PATIENCE && fleet.length === 0)
    }
}

/** What recovery reads, and whom it tells. A part of the agent's context. */
type Recovering = {
  readonly journal: Pick<Journal, 'settlements'>
  readonly clock: Pick<Clock, 'now'>
  readonly engines: ReadonlyMap<ChainId, { readonly chain: Pick<EngineChain, 'owed' | 'latest'> }>
  readonly vaults: ReadonlyMap<VaultId, Owing>
  /** Claims that the core knows of. */
  readonly coming: () => readonly Claim[]
  /** Whether what was found is one. */
  readonly believes: (claim: Claim) => boolean
  readonly tell: (found: { readonly kind: 'claim-opened'; readonly claim: Claim }) => void
}

type Owing = Pick<VaultSeat, 'executor'> & {
  readonly chain: Pick<VaultChain, 'claimed'>
  readonly deployment: Pick<VaultDeployment, 'id' | 'engine' | 'assets'>
}

/**
 * Reads every vault once and tells the core what is owed to us beyond what it knows; it answers by settling. The chain
 * decides how much; where the journal's open claims are exactly that, they go on as themselves.
 */
export async function recoverClaims(context: Recovering): Promise<void> {
  for (const seat of context.vaults.values())
    for (const asset of seat.deployment.assets) {
      const claim = await openClaim(context, seat, asset)
      if (claim === undefined || !context.believes(claim)) continue
      for (const one of known(context, claim)) context.tell({ kind: 'claim-opened', claim: one })
    }
}

/** The claims that an amount owed is made of, as far as the journal knows them; else the amount as one. */
function known({ journal, coming }: Recovering, whole: Claim): readonly Claim[] {
  const bids = journal.settlements({}).filter(({ life }) => life === undefined || holdsCapital(life.state))
  const carried = new Set(coming().map(({ intent }) => intent))
  const parts = bids.flatMap(openIn).filter((one) => isAt(whole, one) && !carried.has(one.intent))
  return parts.reduce((sum, { amount }) => sum + amount, 0n) === whole.amount ? parts : [whole]
}

const isAt = (place: Pick<Claim, 'vault' | 'collateral'>, { vault, collateral }: Claim): boolean =>
  vault === place.vault && collateral === place.collateral

async function openClaim(context: Recovering, seat: Owing, asset: AssetDeployment): Promise<Claim | undefined> {
  const engine = context.engines.get(seat.deployment.engine)
  if (engine === undefined) return undefined
  const { id } = seat.deployment
  const [owed, claimed, head] = await Promise.all([
    engine.chain.owed(id, seat.executor, asset.token),
    seat.chain.claimed(seat.executor, asset.token),
    engine.chain.latest(),
  ])
  // What is owed and paid only grows: where this claim begins names it, however often and whenever it is found.
  const place = { vault: id, collateral: asset.collateral }
  const explained = context.coming().filter((one) => isAt(place, one))
  const begins = explained.reduce((sum, { amount }) => sum + amount, claimed)
  if (owed <= begins) return undefined
  return {
    intent: keccak256(stringToHex(`recovered ${id} ${asset.collateral} from ${begins}`)),
    ...place,
    asset: asset.token,
    amount: owed - begins,
    openedAt: context.clock.now(),
    openedIn: head,
  }
}
