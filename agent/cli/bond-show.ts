// lienmesh bond show
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { type Bond, bondOf } from '../operator/bond.ts'
import { nodeOf } from '../operator/node.ts'
import { executorOf } from '../operator/ownership.ts'
import { inWords } from '../operator/tokens.ts'
import { command } from './command.ts'
import { json } from './format.ts'
import { chainFlag, configFlag, engineOn, openConfig } from './owner-desk.ts'

/** Says what is bonded, and whether it counts. Reads only; no password is asked for. */
export const bondShow = command({
  options: z.strictObject({ ...chainFlag, ...configFlag }),
  examples: ['lienmesh bond show'],
  run: async (options, context) => {
    const { config, network } = openConfig(options.config)
    const { chain, registry } = engineOn(network, options.chain)
    const executor = executorOf(config.chains, chain)
    const entry = config.chains.find(({ id }) => id === chain) ?? { id: chain, rpc: [] }
    const bond = await bondOf(await nodeOf(entry), registry, executor)
    context.print(context.json ? json({ type: 'bond', chain, executor, ...bond }) : wordsOf(bond))
    return EXIT.ok
  },
})

function wordsOf({ token, amount, minimum, held, unbondingUntil, counts }: Bond): string {
  const state =
    unbondingUntil > 0n
      ? `asked back, payable from ${new Date(Number(unbondingUntil) * 1_000).toISOString().replace('.000', '')}`
      : counts
        ? 'it opens the first seconds of auctions'
        : 'it opens nothing'
  const backing = held > 0n ? `, ${inWords(held, token)} of it backs a reserved slice` : ''
  return `${inWords(amount, token)} bonded (least ${inWords(minimum, token)})${backing}: ${state}`
}
