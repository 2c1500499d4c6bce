// The fast Fourier transform (radix two), for laws of sums on a grid.

/** Transforms in place; the length is a power of two. `sign` 1 forward, -1 back (the caller divides by the length). */
export function transform(real: Float64Array, imaginary: Float64Array, sign: 1 | -1): void {
  const size = real.length
  reorder(real, imaginary)
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const angle = (-sign * Math.PI * k) / half
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
      for (let i = k; i < size; i += 2 * half) {
        const [a, b] = [real[i + half] ?? 0, imaginary[i + half] ?? 0]
        const x = a * cosine - b * sine
        const y = a * sine + b * cosine
        real[i + half] = (real[i] ?? 0) - x
        imaginary[i + half] = (imaginary[i] ?? 0) - y
        real[i] = (real[i] ?? 0) + x
        imaginary[i] = (imaginary[i] ?? 0) + y
      }
    }
  }
}

/** Swaps every place with the one whose binary digits read backwards. */
function reorder(real: Float64Array, imaginary: Float64Array): void {
  for (let i = 1, j = 0; i < real.length; i++) {
    let bit = real.length >> 1
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit
    j ^= bit
    if (i >= j) continue
    swap(real, i, j)
    swap(imaginary, i, j)
  }
}

function swap(values: Float64Array, i: number, j: number): void {
  const held = values[i] ?? 0
  values[i] = values[j] ?? 0
  values[j] = held
}
