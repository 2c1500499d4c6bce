// Which moves bring an agent's dollars where its target wants them. Our own moves go over the owner's accounts; between
// two chains only a bridge helps, and that is somebody else's.
import { type Bps, type ChainId, type Wad, wad } from '../domain/units.ts'
import { max, min, mulDivDown } from '../maths/fixed-point.ts'

/** Dollars (wad) of one chain: at work (engine account, or executor on a vault's chain) and in the owner's own account. */
export type Place = {
  readonly chain: ChainId
  readonly kind: 'engine' | 'vault'
  readonly working: Wad
  readonly wallet: Wad
}

/** `deposit`: owner to engine account. `withdraw`: to the owner, behind the executor's delay. `bridge`: by hand. */
export type Move =
  | { readonly kind: 'deposit' | 'withdraw'; readonly chain: ChainId; readonly amount: Wad }
  | { readonly kind: 'bridge'; readonly from: ChainId; readonly to: ChainId; readonly amount: Wad }

/** Differences below this are left alone: a move costs gas. */
const TOO_SMALL = wad(10n ** 18n)

/** Moves towards `share` of all working dollars in engine accounts, equally over engines, the rest equally over vault chains. */
export function planMoves(places: readonly Place[], share: Bps): readonly Move[] {
  const total = places.reduce((sum, { working }) => sum + working, 0n)
  const gaps = places.map((place) => ({ place, gap: targetOf(place, places, { total, share }) - place.working }))
  const over = gaps.filter(({ gap }) => -gap >= TOO_SMALL)
  const withdrawals = over.map(({ place, gap }): Move => ({ kind: 'withdraw', chain: place.chain, amount: wad(-gap) }))
  const short = gaps.filter(({ place, gap }) => place.kind === 'engine' && gap >= TOO_SMALL)
  const deposits = short.flatMap(({ place, gap }): readonly Move[] => {
    const amount = min(gap, place.wallet)
    return amount < TOO_SMALL ? [] : [{ kind: 'deposit', chain: place.chain, amount: wad(amount) }]
  })
  const lacking = short.map(({ place, gap }) => ({ chain: place.chain, amount: max(0n, gap - place.wallet) }))
  const freed = over.map(({ place, gap }) => ({ chain: place.chain, amount: -gap }))
  return [...deposits, ...withdrawals, ...bridges(freed, lacking)]
}

type Whole = { readonly total: bigint; readonly share: Bps }

function targetOf({ kind }: Place, places: readonly Place[], { total, share }: Whole): bigint {
  const alike = BigInt(places.filter((one) => one.kind === kind).length)
  const part = places.some((one) => one.kind !== kind) ? BigInt(kind === 'engine' ? share : 10_000 - share) : 10_000n
  return mulDivDown(total, part, 10_000n * alike)
}

type Amount = { readonly chain: ChainId; readonly amount: bigint }

/** What lacks after the owner's own money, from where it was freed. */
function bridges(freed: readonly Amount[], lacking: readonly Amount[]): readonly Move[] {
  const left = new Map(freed.map(({ chain, amount }) => [chain, amount]))
  return lacking.flatMap(({ chain: to, amount }) => {
    let wanted = amount
    return freed.flatMap(({ chain: from }): readonly Move[] => {
      const part = min(wanted, left.get(from) ?? 0n)
      if (part < TOO_SMALL || from === to) return []
      wanted -= part
      left.set(from, (left.get(from) ?? 0n) - part)
      return [{ kind: 'bridge', from, to, amount: wad(part) }]
    })
  })
}
