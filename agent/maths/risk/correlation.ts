// What is a correlation matrix and what is not.
import { Refusal, within } from './refusal.ts'

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[]

/** How far below zero rounding may push a pivot. */
const ROUNDING = 1e-12

/** The lower triangle L with L L' = corr. Refuses sizes, diagonals, asymmetry and matrices no variables can have. */
export function cholesky(corr: Matrix, size: number): Matrix {
  if (corr.length !== size || corr.some((row) => row.length !== size))
    throw new Refusal('out-of-range', `expected a ${size} by ${size} correlation matrix`)
  const lower: number[][] = []
  for (let i = 0; i < size; i++) {
    const row: number[] = []
    for (let j = 0; j < i; j++) row.push(entry(lower[j] ?? [], row, symmetric(corr, i, j)))
    row.push(Math.sqrt(pivot(symmetric(corr, i, i), row)))
    lower.push(row)
  }
  return lower
}

function symmetric(corr: Matrix, i: number, j: number): number {
  const value = within('correlation', corr[i]?.[j] ?? Number.NaN, { least: -1, most: 1 })
  if (i === j && Math.abs(value - 1) > ROUNDING) throw new Refusal('out-of-range', 'expected ones on the diagonal')
  if (Math.abs(value - (corr[j]?.[i] ?? Number.NaN)) <= ROUNDING) return value
  throw new Refusal('out-of-range', 'expected a symmetric correlation matrix')
}

/** Below the diagonal: what is left of a correlation, over the pivot. A pivot of zero leaves nothing to share. */
function entry(above: readonly number[], row: readonly number[], value: number): number {
  const rest = value - row.reduce((sum, one, k) => sum + one * (above[k] ?? 0), 0)
  const divisor = above[row.length] ?? 0
  if (divisor > Math.sqrt(ROUNDING)) return rest / divisor
  if (Math.abs(rest) > Math.sqrt(ROUNDING)) throw notPositive(rest)
  return 0
}

function pivot(diagonal: number, row: readonly number[]): number {
  const left = row.reduce((sum, one) => sum - one * one, diagonal)
  if (left < -ROUNDING) throw notPositive(left)
  return Math.max(0, left)
}

const notPositive = (found: number): Refusal =>
  new Refusal(
    'not-positive-semidefinite',
    `expected a positive semidefinite correlation matrix, found ${found} left over`,
  )
