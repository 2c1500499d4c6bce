// The word somebody probably meant.

/** The known word closest to `word`, if it is close enough to be a slip of the hand. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 2.5))
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const distance = slips(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { word: candidate, distance }
  }
  return best?.word
}

/** `did you mean X?`, or what is known when nothing is near. */
export function suggest(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== undefined) return `did you mean ${near}?`
  return known.length > 12 || known.length === 0 ? '' : `known: ${known.join(', ')}`
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swapped neighbours. */
export function slips(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const plain = Math.min(cell(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, cell(rows, i - 1, j - 1) + same)
      row.push(swapped ? Math.min(plain, cell(rows, i - 2, j - 2) + 1) : plain)
    }
    rows.push(row)
  }
  return cell(rows, from.length, to.length)
}

const cell = (rows: readonly (readonly number[])[], i: number, j: number): number => rows[i]?.[j] ?? 0
