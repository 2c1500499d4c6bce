// What we own on every chain: executors that obey our key, gas for both legs, capital and bonds.
import { type Address, formatEther, type Hex, toFunctionSelector } from 'viem'
import { getBalance, getBlock, getCode, readContract } from 'viem/actions'
import { getAbiItem } from 'viem/utils'
import type { AgentConfig } from '../../../config/schema.ts'
import { agentRegistryAbi } from '../../adapters/chain/abi/agent-registry.ts'
import { liquidationAuctionAbi } from '../../adapters/chain/abi/liquidation-auction.ts'
import { liquidatorExecutorAbi } from '../../adapters/chain/abi/liquidator-executor.ts'
import { marginEngineAbi } from '../../adapters/chain/abi/margin-engine.ts'
import { priceAt } from '../../adapters/chain/fees.ts'
import type { EngineDeployment, Network } from '../../domain/network.ts'
import type { ChainId } from '../../domain/units.ts'
import { FEES } from '../links.ts'
import { check, type Finding, fail, ok, warn } from './finding.ts'
import { type Node, nodeAt } from './nodes.ts'

type Place = { readonly area: string; readonly node: Node; readonly executor: Address; readonly operator: Address }

/** Executor, gas, cash and bond on one chain. */
export async function examineStanding(
  { id, rpc, executor }: AgentConfig['chains'][number],
  network: Network,
  { operator, capital, risk }: { readonly operator: Address } & Pick<AgentConfig, 'capital' | 'risk'>,
): Promise<readonly Finding[]> {
  const [url] = rpc
  if (url === undefined) return []
  if (executor === undefined)
    return [await check(`chain ${id}`, 'executor', async () => fail('none in the config', DEPLOY))]
  const place: Place = { area: `chain ${id}`, node: nodeAt(url), executor, operator }
  const engine = network.engines.find(({ chain }) => chain === id)
  return Promise.all([
    obedience(place),
    runway(place, engine === undefined ? GAS.settlement : GAS.bid),
    ...registriesOn(id, network).map((registry) => reports(place, registry)),
    ...(engine === undefined
      ? []
      : [cash(place, engine), limits(place, engine, { capital, risk }), bond(place, engine)]),
  ])
}

const DEPLOY = 'Deploy one with lienmesh executor deploy: it writes the address into the config.'

const obedience = ({ area, node, executor, operator }: Place): Promise<Finding> =>
  check(area, 'executor', async () => {
    const code = await getCode(node, { address: executor })
    if (code === undefined)
      return fail(
        `no contract at ${executor}`,
        'Deploy it with lienmesh executor deploy, or correct executor in the config.',
      )
    const held = { address: executor, abi: liquidatorExecutorAbi } as const
    const [obeys, paused] = await Promise.all([
      readContract(node, { ...held, functionName: 'isOperator', args: [operator] }),
      readContract(node, { ...held, functionName: 'paused' }),
    ])
    if (!obeys)
      return fail(
        `${executor} does not obey ${operator}`,
        'Let its owner call setOperator with the address of this key.',
      )
    return paused ? warn(`${executor} is paused`, 'Let its owner call unpause.') : ok(`${executor} obeys this key`)
  })

/** Gas of the dearest transaction that each kind of chain sees. */
const GAS = { bid: 2_000_000n, settlement: 800_000n }
/** Settlements that a night may bring. */
const ENOUGH = 50n

const runway = ({ area, node, operator }: Place, gas: bigint): Promise<Finding> =>
  check(area, 'gas', async () => {
    const [balance, price] = await Promise.all([getBalance(node, { address: operator }), priceOf(node)])
    const left = balance / (gas * price)
    const count = left > 1_000_000n ? 'over a million' : String(left)
    const words = `${formatEther(balance)} in native coin, for ${count} transactions`
    if (left === 0n) return fail(words, `Send native coin to ${operator}.`)
    return left < ENOUGH
      ? warn(words, `Send native coin to ${operator}: both legs of a settlement need it.`)
      : ok(words)
  })

/** What the agent would pay for a unit of gas now, with room for one doubling of the base fee. */
async function priceOf(node: Node): Promise<bigint> {
  const { baseFeePerGas } = await getBlock(node)
  return priceAt(baseFeePerGas ?? 0n, FEES)
}

const cash = ({ area, node, executor }: Place, { engine }: EngineDeployment): Promise<Finding> =>
  check(area, 'capital', async () => {
    const held = await readContract(node, {
      address: engine,
      abi: marginEngineAbi,
      functionName: 'cashOf',
      args: [executor],
    })
    const words = `${held / WAD} USD of engine cash`
    return held > 0n ? ok(words) : warn(words, 'Fund it with lienmesh executor fund: without cash nothing can be bid.')
  })

/** An account worth no more than the auction's dust is only sold whole: a smaller limit shuts that trade out. */
const limits = (
  { area, node, executor }: Place,
  { auction }: EngineDeployment,
  config: Pick<AgentConfig, 'capital' | 'risk'>,
): Promise<Finding> =>
  check(area, 'limits', async () => {
    const held = { address: executor, abi: liquidatorExecutorAbi, functionName: 'outlayLeft' } as const
    const [{ dust }, [cap]] = await Promise.all([
      readContract(node, { address: auction, abi: liquidationAuctionAbi, functionName: 'terms' }),
      readContract(node, held),
    ])
    const least = `the smallest trade, ${dust / WAD} USD`
    const tooLow = outlayLimits(config).find(({ most }) => most < dust)
    if (tooLow) return fail(`${tooLow.name} of ${tooLow.most / WAD} USD is below ${least}`, `Raise ${tooLow.name}.`)
    if (cap < dust)
      return fail(`an hourly cap of ${cap / WAD} USD is below ${least}`, 'Raise it: lienmesh executor deploy --cap.')
    const hourly = cap < UNCAPPED ? `${cap / WAD} USD an hour` : 'uncapped on chain'
    return ok(`bids up to ${config.capital.maxBid / WAD} USD, ${hourly}`)
  })

/** Every limit that one bid alone can reach: below the smallest trade it lets none pass. */
const outlayLimits = ({ capital, risk }: Pick<AgentConfig, 'capital' | 'risk'>) => [
  { name: 'capital.maxBid', most: capital.maxBid },
  { name: 'risk.maxInFlight', most: risk.maxInFlight },
  ...Object.entries(risk.caps).map(([name, most]) => ({ name: `risk.caps.${name}`, most })),
]

const WAD = 10n ** 18n
const UNCAPPED = 2n ** 255n

const bond = ({ area, node, executor }: Place, { registry }: EngineDeployment): Promise<Finding> =>
  check(area, 'bond', async () => {
    const bonded = await readContract(node, {
      address: registry,
      abi: agentRegistryAbi,
      functionName: 'isBonded',
      args: [executor],
    })
    if (bonded) return ok('bonded: the first seconds of auctions are open to it')
    return warn('not bonded', 'Bond it with lienmesh bond add, or bid only once an auction is open to everybody.')
  })

/** Whether the agent may carry evidence to a registry: without it the reporter's tenth of the bond goes to somebody else. */
const reports = ({ area, node, executor }: Place, registry: Address): Promise<Finding> =>
  check(area, 'slashing', async () => {
    const held = { address: executor, abi: liquidatorExecutorAbi, functionName: 'ruleOf' } as const
    const { allowed } = await readContract(node, { ...held, args: [registry, SLASH] })
    if (allowed) return ok('may carry evidence to the registry of attestors')
    return warn(
      `${executor} may not call AgentRegistry.slashEquivocation of ${registry}: who signs two blocks keeps its bond`,
      `Run lienmesh executor deploy again: what is missing is allowed after the delay. By hand, its owner calls setRule(${registry}, ${SLASH}, (true, [])), through request once it is sealed.`,
    )
  })

const SLASH: Hex = toFunctionSelector(getAbiItem({ abi: agentRegistryAbi, name: 'slashEquivocation' }))

const registriesOn = (id: ChainId, { engines, vaults }: Network): readonly Address[] => [
  ...new Set([...engines, ...vaults].filter(({ chain }) => chain === id).map(({ registry }) => registry)),
]
