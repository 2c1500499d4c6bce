// Money on its way: reserved (promised), in flight (paid, not yet received), inventory (free to spend). Outcomes and
// sales close the circle; the parts of a settlement sum exactly to what the tokens did.
import { invariantBroken } from '../domain/errors.ts'
import type { Attribution, Claim, Fill, Intent, IntentId, Sale } from '../domain/liquidation.ts'
import type { ChainId, Instant, Wad } from '../domain/units.ts'
import { wad } from '../domain/units.ts'
import { max, prorate } from '../maths/fixed-point.ts'

/** Promised to an intent whose fate is unknown. */
export type Reservation = {
  readonly intent: Intent
  /** Cash that the bid may take, with the margin that it must leave meanwhile. */
  readonly amount: Wad
  /** When an earlier run made it, if one did. */
  readonly since?: Instant | undefined
}

/** One claim on its way to us. `value` is what it was worth at the bid, `debt` what we paid for it. */
export type OpenClaim = { readonly claim: Claim; readonly value: Wad; readonly debt: Wad }

/** A won liquidation until its last claim is sold. Gas in dollars. */
type OpenSettlement = {
  readonly intent: Intent
  readonly fill: Fill
  readonly gasOfBid: Wad
  readonly lostRaceGas: Wad
  readonly claims: Map<string, OpenClaim>
  /** Whether any collateral had to come home: only then was there a gap. */
  readonly travelled: boolean
  proceeds: bigint
  saleValue: bigint
  gasOfSales: bigint
}

export type Ledger = {
  /** How often it changed: what was worked out from it holds until then. */
  changes: number
  readonly cash: Map<ChainId, Wad>
  readonly reserved: Map<IntentId, Reservation>
  readonly settlements: Map<IntentId, OpenSettlement>
  /** What our own positions on an engine are worth, and the initial margin they take. */
  readonly standing: Map<ChainId, { readonly value: Wad; readonly margin: Wad }>
  /** Settlements of this run that are over. */
  readonly closed: Set<IntentId>
  /** Claims that no bid we know of explains: found on the chain, or bought. By claim. */
  readonly orphans: Map<string, OpenClaim>
  /** Those of them that had no price yet: what they are worth is not known, and is not nothing. */
  readonly unvalued: Map<string, Claim>
  /** Gas of lost races since the last settlement, in dollars. */
  lostRaceGas: bigint
  /** Gas spent on claims of a vault chain since its last sale, in dollars. */
  readonly claimGas: Map<ChainId, bigint>
  /** Gas of attesting and crediting, in dollars: nobody's settlement. */
  overhead: bigint
}

/** Everything settled of one intent. */
export type Settled = {
  readonly intent: IntentId
  readonly strategy: string
  readonly attribution: Attribution
  readonly fill: Fill
}

export const openLedger = (): Ledger => ({
  changes: 0,
  cash: new Map(),
  reserved: new Map(),
  settlements: new Map(),
  standing: new Map(),
  closed: new Set(),
  orphans: new Map(),
  unvalued: new Map(),
  lostRaceGas: 0n,
  claimGas: new Map(),
  overhead: 0n,
})

/** Promises capital to an intent. */
export function reserve(ledger: Ledger, reservation: Reservation): void {
  if (ledger.reserved.has(reservation.intent.id))
    throw invariantBroken('an intent was reserved twice', { intent: reservation.intent.id })
  ledger.changes++
  ledger.reserved.set(reservation.intent.id, reservation)
}

/** Gives a reservation back. False when there was none. */
export function release(ledger: Ledger, intent: IntentId): boolean {
  ledger.changes++
  return ledger.reserved.delete(intent)
}

/** Whether a bid is in these books: its fate is open, its claims are on their way, or it is over. */
export const carries = ({ reserved, settlements, closed }: Ledger, intent: IntentId): boolean =>
  reserved.has(intent) || settlements.has(intent) || closed.has(intent)

/** Cash on an engine, as its chain says. */
export function count(ledger: Ledger, engine: ChainId, cash: Wad): void {
  ledger.changes++
  ledger.cash.set(engine, cash)
}

/** What our own positions on an engine are worth and take; undefined when there are none. */
export function stand(
  ledger: Ledger,
  engine: ChainId,
  own: { readonly value: Wad; readonly margin: Wad } | undefined,
): void {
  const known = ledger.standing.get(engine)
  if (known?.value === own?.value && known?.margin === own?.margin) return
  ledger.changes++
  if (own === undefined) ledger.standing.delete(engine)
  else ledger.standing.set(engine, own)
}

/** Free to spend on an engine after reservations; never below zero. */
export function free(ledger: Ledger, engine: ChainId, reserve: Wad): Wad {
  const promised = [...ledger.reserved.values()].filter(({ intent }) => engineOf(intent) === engine)
  const cash =
    (ledger.cash.get(engine) ?? 0n) - tied(ledger, engine) - promised.reduce((sum, { amount }) => sum + amount, 0n)
  return wad(max(0n, cash - reserve))
}

/** Cash that positions of ours take: what closing them costs, and their margin. What is short was paid in cash. */
function tied({ standing }: Ledger, engine: ChainId): bigint {
  const own = standing.get(engine)
  return own === undefined ? 0n : max(0n, -own.value) + own.margin
}

const worthOf = ({ cash, standing }: Ledger, engine: ChainId): bigint =>
  (cash.get(engine) ?? 0n) + (standing.get(engine)?.value ?? 0n)

/** Paid and not yet received, over all engines. */
export const inFlight = (ledger: Ledger): Wad => sumsOf(ledger).inFlight

/** Outlay of state-proof intents whose fate is unknown: as good as in flight for the limits. */
export const pledged = (ledger: Ledger): Wad => sumsOf(ledger).pledged

/** Cash and positions on every engine, and what is in flight. */
export const wealth = (ledger: Ledger): Wad =>
  wad(sum([...ledger.cash.keys()], (engine) => wad(worthOf(ledger, engine))) + inFlight(ledger))

/**
 * Gas in dollars that no settlement has carried: races lost since the last one, claims under way, attesting, crediting
 * and opening. Attributions less this are the change of our tokens and coins.
 */
export const unsettledGas = (ledger: Ledger): Wad =>
  wad(ledger.lostRaceGas + ledger.overhead + [...ledger.claimGas.values()].reduce((total, gas) => total + gas, 0n))

/** What a strategy uses of an engine's capital and of the tail, and all capital there: cash and what is in flight. */
export type Usage = { readonly used: Wad; readonly whole: Wad; readonly shortfall: Wad }

/** The shortfall is the sum of what each of its bids added when it was quoted. */
export function usage(ledger: Ledger, engine: ChainId, strategy: string): Usage {
  const settlements = [...ledger.settlements.values()]
  const debts = (of: typeof settlements): bigint =>
    sum(
      of.filter(({ intent }) => engineOf(intent) === engine).flatMap(({ claims }) => [...claims.values()]),
      ({ debt }) => debt,
    )
  const own = settlements.filter(({ intent }) => intent.strategy === strategy)
  const promised = [...ledger.reserved.values()].filter(({ intent }) => intent.strategy === strategy)
  const here = promised.filter(({ intent }) => engineOf(intent) === engine)
  return {
    used: wad(debts(own) + sum(here, ({ amount }) => amount)),
    whole: wad(worthOf(ledger, engine) + debts(settlements)),
    shortfall: sum([...own, ...promised], ({ intent }) => intent.quote.gap.shortfall),
  }
}

export type Won = {
  readonly intent: Intent
  readonly fill: Fill
  readonly at: Instant
  readonly gas: Wad
  /** The token of a collateral on its vault's chain. */
  readonly asset: (leg: Fill['legs'][number]) => Claim['asset'] | undefined
}

/** Books a won bid. Answers the claims that must now come home; without any, the settlement is complete. */
export function openSettlement(
  ledger: Ledger,
  won: Won,
): { readonly claims: readonly Claim[]; readonly settled: Settled | undefined } {
  const { intent, fill, gas } = won
  const engine = engineOf(intent)
  count(ledger, engine, wad((ledger.cash.get(engine) ?? 0n) + fill.cashChange))
  const claims = intent.quote.route.settlement === 'state-proof' ? claimsOf(won) : new Map<string, OpenClaim>()
  for (const key of claims.keys()) forget(ledger, key)
  const settlement: OpenSettlement = {
    intent,
    fill,
    gasOfBid: gas,
    lostRaceGas: wad(ledger.lostRaceGas),
    claims,
    travelled: claims.size > 0,
    proceeds: 0n,
    saleValue: 0n,
    gasOfSales: 0n,
  }
  ledger.lostRaceGas = 0n
  if (claims.size === 0) return { claims: [], settled: close(ledger, settlement) }
  ledger.settlements.set(intent.id, settlement)
  ledger.changes++
  return { claims: [...claims.values()].map(({ claim }) => claim), settled: undefined }
}

/** Keeps a claim that no settlement explains, at its value if that is known. False when it is already known. */
export function adopt(ledger: Ledger, claim: Claim, value: Wad | undefined, debt = value): boolean {
  const key = claimKey(claim)
  if (ledger.settlements.get(claim.intent)?.claims.has(key) || ledger.orphans.has(key) || ledger.unvalued.has(key))
    return false
  ledger.changes++
  if (value === undefined) ledger.unvalued.set(key, claim)
  else ledger.orphans.set(key, { claim, value, debt: debt ?? value })
  return true
}

/** Values claims that had no price yet. */
export function valueClaims(ledger: Ledger, worth: (claim: Claim) => Wad | undefined): void {
  for (const [key, claim] of ledger.unvalued) {
    const found = worth(claim)
    if (found === undefined) continue
    ledger.unvalued.delete(key)
    adopt(ledger, claim, found)
  }
}

function forget({ orphans, unvalued }: Ledger, key: string): void {
  orphans.delete(key)
  unvalued.delete(key)
}

/** Lets go of claims that came home, nobody knows for how much. Answers the intents that were in these books. */
export function letGo(ledger: Ledger, intents: readonly IntentId[]): readonly IntentId[] {
  const known = intents.filter((intent) => ledger.settlements.delete(intent))
  for (const intent of known) ledger.closed.add(intent)
  if (known.length > 0) ledger.changes++
  return known
}

/** One sale of one or more claims, with what each was worth when sold. Gas in dollars. */
export type SaleOfClaims = {
  readonly claims: readonly Claim[]
  readonly weights: readonly bigint[]
  readonly sale: Sale
  readonly gas: Wad
}

/** What claims without a settlement of their own gained or lost since they were found, by this sale. */
export function foundIn(ledger: Ledger, sold: SaleOfClaims): readonly Pick<Attribution, 'total' | 'gap'>[] {
  const [proceeds, values, gases] = sharesOf(ledger, sold)
  return sold.claims.flatMap((claim, i) => {
    const orphan = ledger.orphans.get(claimKey(claim))
    if (orphan === undefined) return []
    const total = (proceeds?.[i] ?? 0n) - orphan.debt - (gases?.[i] ?? 0n)
    return [{ total: wad(total), gap: wad((values?.[i] ?? 0n) - orphan.value) }]
  })
}

/** Proceeds, value and gas of a sale, shared among its claims. */
const sharesOf = ({ claimGas }: Ledger, { weights, sale, gas }: SaleOfClaims): readonly (readonly bigint[])[] =>
  [sale.proceeds, sale.value, gas + (claimGas.get(sale.anchor.chain) ?? 0n)].map((total) => prorate(total, weights))

/** Shares a sale among its claims, exactly. Answers the settlements that it completed. */
export function bookSale(ledger: Ledger, sold: SaleOfClaims): readonly Settled[] {
  const { claims, sale } = sold
  const [proceeds, values, gases] = sharesOf(ledger, sold)
  ledger.claimGas.delete(sale.anchor.chain)
  ledger.changes++
  return claims.flatMap((claim, i) => {
    const settlement = ledger.settlements.get(claim.intent)
    const key = claimKey(claim)
    if (settlement === undefined || !settlement.claims.delete(key)) {
      forget(ledger, key)
      return []
    }
    settlement.proceeds += proceeds?.[i] ?? 0n
    settlement.saleValue += values?.[i] ?? 0n
    settlement.gasOfSales += gases?.[i] ?? 0n
    if (settlement.claims.size > 0) return []
    ledger.settlements.delete(claim.intent)
    return [close(ledger, settlement)]
  })
}

/** Whether a claim is on its way in these books. */
export const expects = (ledger: Ledger, claim: Claim): boolean =>
  openClaim(ledger, claim) !== undefined || ledger.unvalued.has(claimKey(claim))

/** What the ledger still knows of a claim. */
export const openClaim = (ledger: Ledger, claim: Claim): OpenClaim | undefined =>
  ledger.settlements.get(claim.intent)?.claims.get(claimKey(claim)) ?? ledger.orphans.get(claimKey(claim))

/** Costs are negative, so that the parts sum to the total: the change of our tokens less gas. */
function close({ closed }: Ledger, settlement: OpenSettlement): Settled {
  const { intent, fill, proceeds, saleValue, claims } = settlement
  closed.add(intent.id)
  if (claims.size > 0)
    throw invariantBroken('a settlement closed with claims open', { intent: intent.id, open: claims.size })
  const provided = intent.quote.route.settlement === 'liquidity-service'
  const received = provided ? fill.saleProceeds : settlement.travelled ? 0n : fill.collateralValue
  const total = fill.cashChange + proceeds - settlement.gasOfBid - settlement.gasOfSales - settlement.lostRaceGas
  const parts = {
    bonus: fill.collateralValue - fill.outlay,
    positions: fill.cashChange + fill.outlay + fill.tradeFees - fill.funding - received,
    funding: fill.funding,
    gas: -settlement.gasOfBid - settlement.gasOfSales,
    lostRaceGas: -settlement.lostRaceGas,
    providerFee: provided ? fill.saleProceeds - fill.collateralValue : 0n,
    protocolFee: -fill.tradeFees,
    slippage: settlement.travelled ? proceeds - saleValue : 0n,
    gap: settlement.travelled ? saleValue - fill.collateralValue : 0n,
  }
  return { intent: intent.id, strategy: intent.strategy, attribution: attributionOf(parts, total), fill }
}

type Parts = Readonly<Record<Exclude<keyof Attribution, 'total'>, bigint>>

function attributionOf(parts: Parts, total: bigint): Attribution {
  const whole = Object.values(parts).reduce((sum, part) => sum + part, 0n)
  if (whole !== total)
    throw invariantBroken('the parts of a settlement do not sum to its total', { parts: whole, total })
  return {
    bonus: wad(parts.bonus),
    positions: wad(parts.positions),
    funding: wad(parts.funding),
    gas: wad(parts.gas),
    lostRaceGas: wad(parts.lostRaceGas),
    providerFee: wad(parts.providerFee),
    protocolFee: wad(parts.protocolFee),
    slippage: wad(parts.slippage),
    gap: wad(parts.gap),
    total: wad(total),
  }
}

function claimsOf({ intent, fill, at, asset }: Won): Map<string, OpenClaim> {
  const values = fill.legs.map((leg) => leg.value)
  const debts = prorate(max(wad(0n), fill.outlay), values)
  const claims = new Map<string, OpenClaim>()
  fill.legs.forEach((leg, i) => {
    const token = asset(leg)
    if (token === undefined || leg.amount === 0n) return
    const { vault, collateral, amount, value } = leg
    const claim = { intent: intent.id, vault, collateral, asset: token, amount, openedAt: at, openedIn: fill.anchor }
    claims.set(claimKey(claim), { claim, value, debt: wad(debts[i] ?? 0n) })
  })
  return claims
}

const claimKey = ({ intent, vault, collateral }: Claim): string => `${intent}:${vault}:${collateral}`
const engineOf = (intent: Intent): ChainId => intent.quote.candidate.account.engine

/** Everything on its way to us, valued or not. */
export const coming = (ledger: Ledger): readonly Claim[] => [
  ...openClaims(ledger).map(({ claim }) => claim),
  ...ledger.unvalued.values(),
]

/** Claims on their way to us. */
export const openClaims = (ledger: Ledger): readonly OpenClaim[] => sumsOf(ledger).open

/** Bids under way whose collateral would have to come home. */
export const travelling = (ledger: Ledger): readonly Reservation[] => sumsOf(ledger).travelling

/** What is asked of the ledger for every candidate. */
type Sums = {
  readonly changes: number
  readonly open: readonly OpenClaim[]
  readonly travelling: readonly Reservation[]
  readonly inFlight: Wad
  readonly pledged: Wad
}
const known = new WeakMap<Ledger, Sums>()

/** Added up once per change, whoever asks. */
function sumsOf(ledger: Ledger): Sums {
  const kept = known.get(ledger)
  if (kept?.changes === ledger.changes) return kept
  const claims = [...ledger.settlements.values()].flatMap((settlement) => [...settlement.claims.values()])
  const open = [...claims, ...ledger.orphans.values()]
  const promised = [...ledger.reserved.values()].filter(({ intent }) => intent.quote.route.settlement === 'state-proof')
  const sums = {
    ...{ changes: ledger.changes, open, travelling: promised, inFlight: sum(open, ({ debt }) => debt) },
    pledged: sum(promised, ({ intent }) => max(wad(0n), intent.quote.outlay)),
  }
  known.set(ledger, sums)
  return sums
}
const sum = <T>(items: readonly T[], of: (item: T) => bigint): Wad =>
  wad(items.reduce((total, item) => total + of(item), 0n))
