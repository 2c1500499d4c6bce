// The stress page in 80 columns.
import type { StressPage } from './stress.ts'
import { fixed } from './wording.ts'

/** What the book would lose, in words and a table. */
export function stressLines({ carried, positions, debt, crashes, stalls }: StressPage): readonly string[] {
  const dollars = (value: number): string => fixed(value, 0).padStart(11)
  const title = 'Stress (dollars lost; negative is still a profit)'
  if (positions === 0) return [title, '─'.repeat(title.length), '  no position to stress']
  return [
    title,
    '─'.repeat(title.length),
    `  the most ${carried ? 'carried' : 'quoted (nothing was taken)'} at once: ${positions} positions, $${fixed(debt, 0)} of debt`,
    `  ${'if all collateral were'.padEnd(28)}${['bitcoin', 'ether', 'alt', 'stable'].map((one) => one.padStart(11)).join('')}`,
    ...crashes.flatMap(({ name, losses, stalled }) => [
      `  ${name.padEnd(28)}${[losses.bitcoin, losses.ether, losses.alt, losses.stable].map(dollars).join('')}`,
      `  ${'  and an hour of stall'.padEnd(28)}${[stalled.bitcoin, stalled.ether, stalled.alt, stalled.stable].map(dollars).join('')}`,
    ]),
    `  ${'route an hour late'.padEnd(28)}${['debt', 'ES as it was', 'ES an hour on'].map((one) => one.padStart(15)).join('')}`,
    ...stalls.map(
      ({ route, debt: own, usual, stalled }) =>
        `  ${route.padEnd(28)}${[own, usual, stalled].map((one) => fixed(one, 0).padStart(15)).join('')}`,
    ),
  ]
}
