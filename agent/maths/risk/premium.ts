// What a liquidation must earn: the least bonus that pays for costs, lost races and the tail capital it binds.
// Closed form, because VaR and ES are affine in h.
import { Refusal, within } from './refusal.ts'

/** Terms per unit of debt. `rho` is the shadow price of tail capital per event, `m1` is E[exp X]. */
export type PremiumTerms = {
  readonly rho: number
  readonly slippage: number
  readonly cost_frac: number
  readonly lost_race_cost_frac: number
  readonly pWin: number
  readonly m1: number
}

/** The least h and the bonus that gives it. `g` is E[exp X | X in the tail]. */
export function leastBonus(g: number, terms: PremiumTerms): { readonly h_min: number; readonly beta_min: number } {
  const { rho, slippage, cost_frac, lost_race_cost_frac, pWin, m1 } = terms
  if (!(pWin > 0 && pWin <= 1 && slippage >= 0 && slippage < 1 && rho >= 0 && m1 > 0 && g >= 0)) refuse(g, terms)
  const left = m1 - rho * (m1 - g)
  if (!(left > 0)) throw new Refusal('out-of-range', `no bonus pays for tail capital at ${rho} per unit`)
  const h_min = (1 + cost_frac + ((1 - pWin) / pWin) * lost_race_cost_frac) / left
  return { h_min, beta_min: h_min / (1 - slippage) - 1 }
}

function refuse(g: number, { rho, slippage, pWin, m1 }: PremiumTerms): never {
  within('pWin', pWin, { above: 0, most: 1 })
  within('slippage', slippage, { least: 0, below: 1 })
  within('rho', rho, { least: 0 })
  within('m1', m1, { above: 0 })
  within('g', g, { least: 0 })
  throw new Refusal('not-a-number', 'expected finite terms')
}

/**
 * The bid price of tail capital: what the best other use of it earned lately, at least the floor, rising as the limit
 * comes near. At the limit there is no price.
 */
export function shadowPrice(lately: number, floor: number, used: number, limit: number): number {
  within('limit', limit, { above: 0 })
  if (used >= limit) return Infinity
  return Math.max(floor, lately) / (1 - Math.max(0, used) / limit)
}

/** How near to the limit the bid price is followed; beyond, it stays as high as it is there. */
const NEAR = 0.98

/**
 * What `more` tail capital costs on top of `used`: the integral of the bid price over it, which is
 * -price limit ln(1 - more / (limit - used)). A busy agent asks more, and a large slice more than two small ones.
 */
export function charge(
  used: number,
  more: number,
  { price, limit }: { readonly price: number; readonly limit: number },
): number {
  const whole = Math.max(limit, 1e-18)
  const from = Math.min(used, whole) / whole
  const near = Math.min(more, Math.max(0, NEAR - from) * whole)
  const beyond = (more - near) / (1 - NEAR)
  return price * (beyond - whole * Math.log1p(-near / (whole * (1 - from) || 1)))
}

/** What decides the size: slippage is `slippage` + `impact` D, tail capital `marginal` D + `curvature` D^2 / 2. */
export type SizeTerms = {
  readonly bonus: number
  readonly basis: number
  readonly slippage: number
  readonly impact: number
  readonly m1: number
  readonly K: number
  readonly rho: number
  readonly marginal: number
  readonly curvature: number
  readonly fixedCost: number
}

/** The debt that earns most between bounds, and what it earns; no debt when none covers the fixed cost. */
export function bestSize(
  terms: SizeTerms,
  least: number,
  most: number,
): { readonly debt: number; readonly value: number } {
  const { bonus, basis, slippage, impact, m1, K, rho, marginal, curvature, fixedCost } = terms
  within('most', most, { least: 0 })
  within('impact', impact, { least: 0 })
  within('curvature', curvature, { least: 0 })
  const scale = (1 + bonus) * basis * m1
  const margin = scale * (1 - slippage) - K - rho * marginal
  const bend = 2 * scale * impact + rho * curvature
  const inner = bend > 0 ? margin / bend : margin > 0 ? most : 0
  const debt = Math.min(most, Math.max(least, inner))
  const value = debt * margin - 0.5 * bend * debt * debt - fixedCost
  return value > 0 && least <= most ? { debt, value } : { debt: 0, value: 0 }
}

/** Latency and other terms that change in steps with size: the best of the steps. */
export function bestOverSteps(
  steps: readonly { readonly upTo: number; readonly terms: SizeTerms }[],
  least: number,
  most: number,
): { readonly debt: number; readonly value: number } {
  let best = { debt: 0, value: 0 }
  let from = least
  for (const { upTo, terms } of steps) {
    const found = bestSize(terms, from, Math.min(upTo, most))
    if (found.value > best.value) best = found
    from = Math.max(least, upTo)
  }
  return best
}
