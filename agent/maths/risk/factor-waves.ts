// The characteristic function of one loss, given factor and mixing: points on a circle that turn from angle to angle.

/** Angles advanced at once before looking whether anything is left of the product. */
export const BLOCK = 64

/** Running powers of exp(i u l) per loss, and block by block their means and the means of l exp(i u l). */
export type Wave = {
  readonly losses: Float64Array
  readonly turnReal: Float64Array
  readonly turnImaginary: Float64Array
  readonly real: Float64Array
  readonly imaginary: Float64Array
  readonly block: Float64Array
}

/** Waves that have not moved yet; one turn is the width of the interval. */
export function waveOf(losses: Float64Array, width: number): Wave {
  return {
    losses,
    turnReal: losses.map((loss) => Math.cos((Math.PI * loss) / width)),
    turnImaginary: losses.map((loss) => Math.sin((Math.PI * loss) / width)),
    real: new Float64Array(losses.length).fill(1),
    imaginary: new Float64Array(losses.length),
    block: new Float64Array(4 * BLOCK),
  }
}

/** One loss on its way round the circle, times its weight. */
type Spin = { x: number; y: number; readonly c: number; readonly s: number; readonly loss: number }

/** Moves on by one block of angles. Two losses at a time: the sums are read and written half as often. */
export function advance(wave: Wave, weights: Float64Array): void {
  wave.block.fill(0)
  for (let n = 0; n + 1 < wave.losses.length; n += 2) {
    const [one, two] = [spinOf(wave, weights, n), spinOf(wave, weights, n + 1)]
    sweep(wave.block, one, two)
    for (const [m, { x, y }] of [one, two].entries()) {
      wave.real[n + m] = x / (weights[n + m] ?? 1)
      wave.imaginary[n + m] = y / (weights[n + m] ?? 1)
    }
  }
}

function spinOf({ losses, turnReal, turnImaginary, real, imaginary }: Wave, weights: Float64Array, n: number): Spin {
  const weight = weights[n] ?? 0
  const [x, y] = [weight * (real[n] ?? 0), weight * (imaginary[n] ?? 0)]
  return { x, y, c: turnReal[n] ?? 0, s: turnImaginary[n] ?? 0, loss: losses[n] ?? 0 }
}

/** Adds both at every angle of a block, turning them from angle to angle. */
function sweep(block: Float64Array, one: Spin, two: Spin): void {
  const { c, s, loss } = one
  const { c: c2, s: s2, loss: loss2 } = two
  let [x, y, x2, y2] = [one.x, one.y, two.x, two.y]
  for (let k = 0; k < 4 * BLOCK; k += 4) {
    block[k] = (block[k] ?? 0) + x + x2
    block[k + 1] = (block[k + 1] ?? 0) + y + y2
    block[k + 2] = (block[k + 2] ?? 0) + x * loss + x2 * loss2
    block[k + 3] = (block[k + 3] ?? 0) + y * loss + y2 * loss2
    const next = x * c - y * s
    y = x * s + y * c
    x = next
    const next2 = x2 * c2 - y2 * s2
    y2 = x2 * s2 + y2 * c2
    x2 = next2
  }
  one.x = x
  one.y = y
  two.x = x2
  two.y = y2
}
