// lienmesh capital plan: where the capital is, where it should be, and the moves between.
import { formatEther, formatUnits } from 'viem'
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import type { InventoryRow } from '../operator/capital.ts'
import { costOf } from '../operator/capital.ts'
import { type Move, planMoves } from '../operator/moves.ts'
import { type Opened, openCapital, targetFlag } from './capital-source.ts'
import { type Context, command } from './command.ts'
import { dollars, json } from './format.ts'
import { configFlag } from './owner-desk.ts'

/** Reads chains and books; sends nothing and asks for no password. */
export const capitalPlan = command({
  options: z.strictObject({ ...targetFlag, ...configFlag }),
  examples: ['lienmesh capital plan', 'lienmesh capital plan --target "80 %"'],
  run: async (options, context) => {
    const opened = await openCapital(options.config)
    const moves = planMoves(opened.capital.places, options.target)
    if (context.json) for (const row of opened.capital.inventory) context.print(json({ type: 'inventory', ...row }))
    else printInventory(opened.capital.inventory, context)
    await printMoves(moves, opened, context)
    return EXIT.ok
  },
})

function printInventory(rows: readonly InventoryRow[], { print }: Context): void {
  const line = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(14)).join('')
  print(`${''.padEnd(20)}${line(['actual', 'in flight', 'reserved', 'inventory'])}`)
  for (const { chain, symbol, decimals, actual, inFlight, reserved, inventory } of rows) {
    const amounts = [actual, inFlight, reserved, inventory].map((amount) => short(amount, decimals))
    print(`${`chain ${chain} ${symbol}`.padEnd(20)}${line(amounts)}`)
  }
}

/** Four decimals, cut: a column of figures. */
const short = (amount: bigint, decimals: number): string => formatUnits(amount, decimals).replace(/(\.\d{4})\d+$/, '$1')

/** Every move, its cost and its time; what is by hand last. */
export async function printMoves(moves: readonly Move[], opened: Opened, context: Context): Promise<void> {
  if (moves.length === 0 && !context.json) context.print('nothing to move')
  for (const [i, move] of moves.entries()) {
    const terms = await termsOf(move, opened)
    if (context.json) context.print(json({ type: 'move', ...move, ...terms.object }))
    else
      for (const line of [`${i + 1}. ${saysOf(move)}`, ...terms.lines.map((text) => `   ${text}`)]) context.print(line)
  }
}

function saysOf(move: Move): string {
  const amount = `${dollars(move.amount)} USD`
  switch (move.kind) {
    case 'deposit':
      return `deposit ${amount} of the owner into the engine account, chain ${move.chain}`
    case 'withdraw':
      return `withdraw ${amount} to the owner, chain ${move.chain}`
    case 'bridge':
      return `BY HAND: bring ${amount} of the owner from chain ${move.from} to chain ${move.to}`
  }
}

async function termsOf(move: Move, { nodes, delays }: Opened) {
  if (move.kind === 'bridge')
    return {
      object: { byHand: true },
      lines: [
        "no bridge belongs to this network: use the token's own (CCTP for USDC) or",
        "the chains' canonical one, then pay it in: lienmesh executor fund",
      ],
    }
  const node = nodes.get(move.chain)
  const { coin, transactions } = node === undefined ? { coin: 0n, transactions: 0 } : await costOf(node, move.kind)
  const delay = move.kind === 'withdraw' ? (delays.get(move.chain) ?? 0n) : 0n
  const when = delay === 0n ? 'at once' : `after the executor's delay of ${delay} s`
  const lines = [`${when}; ${transactions} transactions, about ${formatEther(coin)} ETH`]
  return { object: { byHand: false, delaySeconds: Number(delay), transactions, coin }, lines }
}
