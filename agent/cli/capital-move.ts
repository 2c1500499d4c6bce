// lienmesh capital move: the plan's own moves, and plainly what is left to do by hand.
import { z } from 'zod'
import { invariantBroken } from '../domain/errors.ts'
import type { ChainId, Wad } from '../domain/units.ts'
import { cashErrand } from '../operator/fund.ts'
import { type Move, planMoves } from '../operator/moves.ts'
import { executorOf } from '../operator/ownership.ts'
import { pendingWithdrawal } from '../operator/state.ts'
import { tokenAt } from '../operator/tokens.ts'
import { withdrawErrand } from '../operator/withdraw.ts'
import { printMoves } from './capital-plan.ts'
import { type Opened, openCapital, targetFlag } from './capital-source.ts'
import { command, toggle } from './command.ts'
import { carryOut, type Paid } from './errands.ts'
import { type Desk, openDesk, ownerFlags } from './owner-desk.ts'

/** Carries the plan out as far as our own accounts go. The plan is always said first; --dry-run ends there. */
export const capitalMove = command({
  options: z.strictObject({
    ...targetFlag,
    wait: toggle.describe("Wait out the executor's delay of withdrawals."),
    ...ownerFlags,
  }),
  examples: ['lienmesh capital move --dry-run', 'lienmesh capital move --wait'],
  run: async (options, context) => {
    const opened = await openCapital(options.config)
    const moves = planMoves(opened.capital.places, options.target)
    await printMoves(moves, opened, context)
    const own = moves.filter((move) => move.kind !== 'bridge')
    if (options['dry-run'] || own.length === 0) return carryOut([], { ...options, 'dry-run': true }, context)
    const desk = await openDesk(options)
    const all = await Promise.all(own.map((move) => paid(desk, opened, move)))
    return carryOut(all, options, context)
  },
})

function paid(desk: Desk, opened: Opened, { kind, chain, amount }: Exclude<Move, { kind: 'bridge' }>): Promise<Paid> {
  return kind === 'deposit' ? deposit(desk, chain, amount) : withdraw(desk, opened, { chain, amount })
}

async function deposit(desk: Desk, chain: ChainId, amount: Wad): Promise<Paid> {
  const engine = desk.network.engines.find((one) => one.chain === chain)
  if (engine === undefined) throw nowhere(chain)
  const purse = await desk.purse(chain)
  const token = await tokenAt(purse.node, engine.cash)
  const paying = { token, amount: amount / 10n ** BigInt(18 - token.decimals) }
  return { purse, errand: await cashErrand(purse, engine, executorOf(desk.config.chains, chain), paying) }
}

type Amount = { readonly chain: ChainId; readonly amount: Wad }

/** A withdrawal that was announced before is finished as it was announced. */
async function withdraw(desk: Desk, { network }: Opened, { chain, amount }: Amount): Promise<Paid> {
  const purse = await desk.purse(chain)
  const engine = network.engines.find((one) => one.chain === chain)
  const vault = network.vaults.find((one) => one.chain === chain)
  const address = engine?.cash ?? vault?.dollar
  if (address === undefined) throw nowhere(chain)
  const token = await tokenAt(purse.node, address)
  const executor = executorOf(desk.config.chains, chain)
  const from = engine?.fromBlock ?? vault?.fromBlock ?? 0n
  const asked = { executor, token: address, to: purse.address, from }
  const announced = engine === undefined ? await pendingWithdrawal(purse.node, asked) : undefined
  const leaving = {
    ...{ executor, token, to: purse.address },
    amount: announced ?? amount / 10n ** BigInt(18 - token.decimals),
    ...(engine === undefined ? {} : { engine: engine.engine }),
  }
  return { purse, errand: await withdrawErrand(purse, leaving) }
}

const nowhere = (chain: ChainId): Error => invariantBroken('a move on a chain without money of ours', { chain })
