// lienmesh executor deploy: one's own executor, at one address on every chain of the network.
import { readContract } from 'viem/actions'
import { z } from 'zod'
import { writeExecutors } from '../../config/edit.ts'
import { amount, duration } from '../../config/units.ts'
import { marginEngineAbi } from '../adapters/chain/abi/margin-engine.ts'
import { addressOf } from '../adapters/signer/address.ts'
import { unavailable, usageError } from '../domain/errors.ts'
import type { AssetDeployment, VaultDeployment } from '../domain/network.ts'
import { type ChainId, type Wad, wad } from '../domain/units.ts'
import { executorAddress, type Making } from '../operator/create.ts'
import { deployErrand } from '../operator/deploy.ts'
import type { Purse } from '../operator/purse.ts'
import { command, toggle, wholeNumber } from './command.ts'
import { carryOut } from './errands.ts'
import { type Desk, openDesk, ownerFlags } from './owner-desk.ts'

/** Deploys, sets up and seals the executor on every chain, and writes its address into the config. */
export const executorDeploy = command({
  options: z.strictObject({
    ...ownerFlags,
    delay: duration.prefault('2d').describe('Wait between announcing what loosens, or a withdrawal, and doing it.'),
    cap: amount.optional().describe('Most that operators may spend in an hour (default: risk.maxInFlight).'),
    hedging: toggle.describe('Let operators trade with the executor’s own account: what that may lose, no cap holds.'),
    salt: wholeNumber.default(0).describe('Another number makes another executor of the same keys.'),
  }),
  examples: ['lienmesh executor deploy --cap "20000 USD" --dry-run'],
  run: async (options, context) => {
    const desk = await openDesk(options)
    const { config, network } = desk
    if (config.role !== 'bidder')
      throw usageError(
        'E_USAGE',
        'executor deploy sets up bidders; this config says role: provider',
        'See docs/lending-and-insurance.md.',
      )
    const purses = await Promise.all(chainsOf(desk).map(desk.purse))
    const operator = await addressOf(config.keys)
    const making = makingOf(purses, operator, options)
    const executor = executorAddress(making)
    if (!context.json) context.print(`executor      ${executor}, the same on ${purses.length} chains`)
    if (!context.json) context.print(`operator      ${operator}`)
    const cap = options.cap ?? config.risk.maxInFlight
    const terms = { network, operator, cap, hedges: options.hedging, worth: pricesOf(purses, network) }
    const all = await Promise.all(
      purses.map(async (purse) => ({ purse, errand: await deployErrand(purse, making, terms) })),
    )
    const status = await carryOut(all, options, context)
    if (options['dry-run'] || status !== 0) return status
    const written = writeExecutors(options.config, new Map(purses.map(({ chain }) => [chain, executor])))
    if (context.json) context.print(JSON.stringify({ type: 'executor', executor, operator, config: options.config }))
    else if (written) context.print(`✔ wrote ${executor} into ${options.config}`)
    return status
  },
})

const chainsOf = ({ network }: Desk): readonly ChainId[] => [
  ...new Set([...network.engines, ...network.vaults].map(({ chain }) => chain)),
]

type Parts = { readonly delay: number; readonly salt: number }

function makingOf([first]: readonly Purse[], operator: Making['operator'], { delay, salt }: Parts): Making {
  if (first === undefined) throw usageError('E_USAGE', 'the network has no chain', 'Correct the network description.')
  return { owner: first.address, operator, delay: Math.ceil(delay / 1_000), salt }
}

/** What a whole token of a vault is worth on its engine now. */
const pricesOf =
  (purses: readonly Purse[], { engines }: Desk['network']) =>
  async (vault: VaultDeployment, { collateral, decimals, symbol }: AssetDeployment): Promise<Wad> => {
    const engine = engines.find(({ chain }) => chain === vault.engine)
    const purse = purses.find(({ chain }) => chain === vault.engine)
    if (engine === undefined || purse === undefined) return wad(0n)
    const asked = { address: engine.engine, abi: marginEngineAbi, functionName: 'collateralValue' } as const
    return readContract(purse.node, { ...asked, args: [collateral, 10n ** BigInt(decimals)] }).then(wad, (cause) => {
      throw unavailable(
        'E_PRICES',
        `the engine has no fresh price of ${symbol}`,
        'Wait until prices are published.',
        cause,
      )
    })
  }
