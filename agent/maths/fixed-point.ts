// Integers with named rounding. Money is bigint; `toDouble` and `fromDouble*` are the only gates to statistics.

/** a * b / d, rounded towards minus infinity. */
export function mulDivDown(a: bigint, b: bigint, d: bigint): bigint {
  const product = a * b
  const quotient = product / d
  // Division truncates: that is down already unless the result is below zero. To multiply back is cheaper than to divide again.
  return product < 0n !== d < 0n && quotient * d !== product ? quotient - 1n : quotient
}

/** a * b / d, rounded towards plus infinity. */
export function mulDivUp(a: bigint, b: bigint, d: bigint): bigint {
  const product = a * b
  const quotient = product / d
  return product < 0n === d < 0n && quotient * d !== product ? quotient + 1n : quotient
}

/** a / b towards zero, as signed division of the EVM. */
export const sdiv = (a: bigint, b: bigint): bigint => a / b

/** The smaller of two. Keeps the unit of its arguments. */
export const min = <T extends bigint | number>(a: T, b: T): T => (a < b ? a : b)

/** The larger of two. Keeps the unit of its arguments. */
export const max = <T extends bigint | number>(a: T, b: T): T => (a > b ? a : b)

/** Magnitude. */
export const abs = (a: bigint): bigint => (a < 0n ? -a : a)

const WAD = 10n ** 18n

/** A wad as a double, for statistics only. */
export const toDouble = (a: bigint): number => Number(a) / 1e18

/** The least wad not below `x`. A figure that is not finite is refused: it has no price. */
export const fromDoubleUp = (x: number): bigint => -fromDoubleDown(-x)

/** The greatest wad not above `x`. Exact: a double is an integer times a power of two. */
export function fromDoubleDown(x: number): bigint {
  if (!Number.isFinite(x)) throw new RangeError(`expected a finite figure, found ${x}`)
  const whole = Math.trunc(x)
  return BigInt(whole) * WAD + mulDivDown(BigInt(Math.floor((x - whole) * 2 ** 100)), WAD, 2n ** 100n)
}

/** Splits a total by weights, exactly: the parts sum to the total. Equal parts where all weights are zero. */
export function prorate(total: bigint, weights: readonly bigint[]): readonly bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n)
  if (sum === 0n && weights.length > 0)
    return prorate(
      total,
      weights.map(() => 1n),
    )
  let weight = 0n
  let given = 0n
  return weights.map((own) => {
    weight += own
    const part = mulDivDown(total, weight, sum) - given
    given += part
    return part
  })
}
