// lienmesh executor show: the executor on every chain, what lies where, and what was announced.
import { formatUnits } from 'viem'
import { z } from 'zod'
import { addressOf } from '../adapters/signer/address.ts'
import { EXIT } from '../domain/errors.ts'
import type { Network } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { min } from '../maths/fixed-point.ts'
import { type Holding, holdingsOn, type Nodes } from '../operator/holdings.ts'
import { nodeOf } from '../operator/node.ts'
import { executorOf } from '../operator/ownership.ts'
import { type ExecutorState, executorState } from '../operator/state.ts'
import { type Context, command } from './command.ts'
import { json } from './format.ts'
import { configFlag, openConfig } from './owner-desk.ts'

/** Reads only; no password is asked for. */
export const executorShow = command({
  options: z.strictObject(configFlag),
  examples: ['lienmesh executor show --json'],
  run: async (options, context) => {
    const { config, network } = openConfig(options.config)
    const operator = await addressOf(config.keys)
    const nodes: Nodes = new Map(
      await Promise.all(config.chains.map(async (chain) => [chain.id, await nodeOf(chain)] as const)),
    )
    for (const [chain, node] of nodes) {
      const executor = executorOf(config.chains, chain)
      const state = await executorState(node, executor, { operator, from: startOf(network, chain) })
      const who = { executor, operator, ...(state === undefined ? {} : { owner: state.owner }) }
      const holdings = state === undefined ? [] : await holdingsOn({ node, chain, network, nodes }, who)
      show(context, { chain, executor, operator, state, holdings })
    }
    return EXIT.ok
  },
})

/** The first block that can speak of an executor: where its network began. */
const startOf = ({ engines, vaults }: Network, chain: ChainId): bigint =>
  [...engines, ...vaults]
    .filter((one) => one.chain === chain)
    .map(({ fromBlock }) => fromBlock)
    .reduce(min<bigint>)

type Shown = {
  readonly chain: ChainId
  readonly executor: string
  readonly operator: string
  readonly state: ExecutorState | undefined
  readonly holdings: readonly Holding[]
}

function show({ json: machine, print }: Context, shown: Shown): void {
  if (machine) return print(json({ type: 'executor', ...shown }))
  const { chain, executor, operator, state, holdings } = shown
  print(`chain ${chain}   executor ${executor}`)
  if (state === undefined) return print('  nothing stands there: lienmesh executor deploy')
  const words = [
    state.obeys ? `obeys ${operator}` : `does not obey ${operator}`,
    state.sealed ? `sealed, delay ${state.delay} s` : 'not sealed',
    ...(state.paused ? ['PAUSED'] : []),
  ]
  print(`  owner ${state.owner}`)
  print(`  ${words.join('; ')}`)
  for (const { where, amount, decimals, symbol } of holdings)
    print(`  ${where.padEnd(15)} ${formatUnits(amount, decimals).padStart(24)} ${symbol}`)
  for (const { says, readyAt } of state.pending)
    print(`  announced       ${says}, from ${new Date(Number(readyAt) * 1_000).toISOString().replace('.000', '')}`)
}
