// The least value of a function of several variables without its slopes: Nelder and Mead (1965).

type Vertex = { readonly at: readonly number[]; readonly value: number }

/** Where `cost` is least, from a start and a first step per variable, after so many evaluations. */
export function least(
  cost: (at: readonly number[]) => number,
  start: readonly number[],
  step: number,
  evaluations: number,
): readonly number[] {
  let left = evaluations
  const vertex = (at: readonly number[]): Vertex => {
    left--
    const value = cost(at)
    return { at, value: Number.isNaN(value) ? Infinity : value }
  }
  let simplex = [vertex(start), ...start.map((_, i) => vertex(start.map((x, k) => (k === i ? x + step : x))))]
  const byValue = (a: Vertex, b: Vertex): number => a.value - b.value
  simplex.sort(byValue)
  while (left > 0) {
    simplex = improved(simplex, vertex)
    simplex.sort(byValue)
  }
  return simplex[0]?.at ?? start
}

/** One move of the worst vertex, or all of them towards the best. */
function improved(simplex: readonly Vertex[], vertex: (at: readonly number[]) => Vertex): Vertex[] {
  const [best, worst, second] = [simplex[0], simplex[simplex.length - 1], simplex[simplex.length - 2]]
  if (best === undefined || worst === undefined || second === undefined) return [...simplex]
  const rest = simplex.slice(0, -1)
  const centre = best.at.map((_, k) => rest.reduce((sum, { at }) => sum + (at[k] ?? 0), 0) / rest.length)
  const along = (share: number): Vertex => vertex(centre.map((x, k) => x + share * (x - (worst.at[k] ?? 0))))
  const mirrored = along(1)
  if (mirrored.value < best.value) {
    const further = along(2)
    return [...rest, further.value < mirrored.value ? further : mirrored]
  }
  if (mirrored.value < second.value) return [...rest, mirrored]
  const nearer = along(mirrored.value < worst.value ? 0.5 : -0.5)
  if (nearer.value < Math.min(mirrored.value, worst.value)) return [...rest, nearer]
  return [best, ...simplex.slice(1).map(({ at }) => vertex(at.map((x, k) => (x + (best.at[k] ?? 0)) / 2)))]
}
