// Published risk parameters of an engine: what holds, what is proposed, and how to propose and enact.
import { encodeFunctionData, type Hash, type Hex } from 'viem'
import { getBlock, readContract } from 'viem/actions'
import { EXIT, LienmeshError } from '../../domain/errors.ts'
import type { EngineDeployment } from '../../domain/network.ts'
import type { CollateralId } from '../../domain/units.ts'
import { riskParametersAbi } from './abi/risk-parameters.ts'
import { type ChainLink, sender } from './link.ts'
import { rehearse } from './refusal.ts'

/** Levels in bps: the gap haircut, the premium a year, the provider's least fee. */
export type Levels = { readonly gap: number; readonly premium: number; readonly fee: number }

/** One collateral's levels. `readyAt` in seconds of the chain's clock. */
export type Published = {
  readonly collateral: CollateralId
  readonly levels: Levels
  readonly proposed: { readonly levels: Levels; readonly readyAt: number } | undefined
}

/** Everything there is to know before publishing. `now` is the chain's clock in seconds. */
export type RiskBook = {
  readonly now: number
  readonly delay: number
  readonly highest: Levels
  readonly daily: Levels
  readonly published: readonly Published[]
}

/** Reads the levels of some collaterals. */
export function readRiskBook(
  { rpc }: ChainLink,
  { riskParameters }: EngineDeployment,
  collaterals: readonly CollateralId[],
): Promise<RiskBook> {
  const contract = { address: riskParameters, abi: riskParametersAbi } as const
  return rpc.gather(async (node) => {
    const [block, delay, bounds, ...published] = await Promise.all([
      getBlock(node),
      readContract(node, { ...contract, functionName: 'delay' }),
      readContract(node, { ...contract, functionName: 'bounds' }),
      ...collaterals.map(async (collateral): Promise<Published> => {
        const args = [collateral] as const
        const [levels, { levels: wanted, readyAt }] = await Promise.all([
          readContract(node, { ...contract, functionName: 'levels', args }),
          readContract(node, { ...contract, functionName: 'proposal', args }),
        ])
        return { collateral, levels, proposed: readyAt === 0 ? undefined : { levels: wanted, readyAt } }
      }),
    ])
    return { now: Number(block.timestamp), delay, ...bounds, published }
  })
}

/** Proposes levels, or enacts what was proposed when none are given. Resolves at inclusion. */
export async function sendLevels(
  link: ChainLink,
  { riskParameters }: EngineDeployment,
  { collateral, levels }: { readonly collateral: CollateralId; readonly levels: Levels | undefined },
  signal: AbortSignal,
): Promise<Hash> {
  const data = levels === undefined ? enactment(collateral) : proposal(collateral, levels)
  const transactor = sender(link)
  const tried = { from: transactor.address, to: riskParameters, data, gas: GAS }
  const refusal = await rehearse(link.rpc, tried)
  if (refusal !== undefined) throw refused(collateral, refusal.reason, refusal.args)
  const { mined } = await transactor.send({ to: riskParameters, data, gas: GAS, leg: 'risk' }, signal)
  if (mined.status === 'included') return mined.hash
  throw refused(collateral, 'REVERTED', [])
}

const GAS = 500_000n

const enactment = (collateral: CollateralId): Hex =>
  encodeFunctionData({ abi: riskParametersAbi, functionName: 'enact', args: [collateral] })

const proposal = (collateral: CollateralId, levels: Levels): Hex =>
  encodeFunctionData({ abi: riskParametersAbi, functionName: 'propose', args: [collateral, levels] })

function refused(collateral: CollateralId, reason: string, args: readonly unknown[]): LienmeshError {
  const numbers = JSON.stringify(args, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
  return new LienmeshError('E_RISK_REFUSED', `levels of collateral ${collateral} were refused: ${reason} ${numbers}`, {
    remedy: 'halt',
    exit: EXIT.failure,
    fix: 'AccessManaged: use the key of the publisher role. ChangeTooFast: wait for the day to pass.',
  })
}
