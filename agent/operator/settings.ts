// What an owner sets on an executor, and how each setting is read back.
import { type Abi, type Address, encodeFunctionData, type Hex, isAddressEqual } from 'viem'
import { readContract } from 'viem/actions'
import { liquidationAuctionAbi } from '../adapters/chain/abi/liquidation-auction.ts'
import { liquidatorExecutorAbi } from '../adapters/chain/abi/liquidator-executor.ts'
import { marginEngineAbi } from '../adapters/chain/abi/margin-engine.ts'
import { testTokenAbi } from '../adapters/chain/abi/test-token.ts'
import { configError } from '../domain/errors.ts'
import type { AssetDeployment, EngineDeployment, Network, VaultDeployment } from '../domain/network.ts'
import type { ChainId, Wad } from '../domain/units.ts'
import type { Node } from '../runtime/doctor/nodes.ts'
import { type Permission, type Pin, permissionsOn } from './rules.ts'
import type { Act } from './stage.ts'

/** One setting: whether it holds, and the call that makes it hold. `group` is how it is summed up. */
export type Setting = { readonly group: string; readonly act: Act; readonly holds: () => Promise<boolean> }

/** An executor to be set up. `cap` in dollars (wad), spent at most in an hour. */
export type SettingUp = {
  readonly node: Node
  readonly chain: ChainId
  readonly network: Network
  readonly executor: Address
  readonly operator: Address
  readonly cap: Wad
  /** Whether its operators may hold positions of its own. */
  readonly hedges?: boolean
  /** Dollars that one whole token of a vault is worth now. */
  readonly worth: (vault: VaultDeployment, asset: AssetDeployment) => Promise<Wad>
}

/** Everything that must hold on a chain before the executor is sealed. */
export async function settingsOf(up: SettingUp): Promise<readonly Setting[]> {
  const { chain, network } = up
  const engine = network.engines.find((one) => one.chain === chain)
  const vaults = network.vaults.filter((one) => one.chain === chain)
  const [vault] = vaults
  const money = engine === undefined ? vault && onDollars(up, vault) : await onEngine(up, engine)
  return [
    operates(up),
    ...permissionsOn(chain, network, { executor: up.executor, role: 'bidder', hedges: up.hedges }).map((one) =>
      permits(up, one),
    ),
    ...(money ?? []),
    ...(await valuations(up, vaults)),
  ]
}

const held = ({ executor }: SettingUp) => ({ address: executor, abi: liquidatorExecutorAbi }) as const

type Name = 'setOperator' | 'setRule' | 'setMeasure' | 'setHourlyCap' | 'setValue' | 'ownerCall'

const sets = ({ executor }: SettingUp, says: string, functionName: Name, args: readonly unknown[]): Act => ({
  ...{ says, to: executor },
  data: encodeFunctionData({ abi: liquidatorExecutorAbi as Abi, functionName, args }),
})

const operates = (up: SettingUp): Setting => ({
  group: 'operator',
  act: sets(up, `obey operator ${up.operator}`, 'setOperator', [up.operator, true]),
  holds: () => readContract(up.node, { ...held(up), functionName: 'isOperator', args: [up.operator] }),
})

function permits(up: SettingUp, { target, selector, name, pins }: Permission): Setting {
  const rule = { allowed: true, pins }
  return {
    group: 'call allowed',
    act: sets(up, `allow ${name} of ${target}`, 'setRule', [target, selector, rule]),
    async holds() {
      const found = await readContract(up.node, { ...held(up), functionName: 'ruleOf', args: [target, selector] })
      const same = (one: Pin, i: number): boolean =>
        one.word === found.pins[i]?.word && isHexEqual(one.value, found.pins[i].value)
      return found.allowed && found.pins.length === pins.length && pins.every(same)
    },
  }
}

const isHexEqual = (a: Hex, b: Hex): boolean => a.toLowerCase() === b.toLowerCase()

/** On an engine's chain the floor and the cap are measured on engine cash, and the account is opened. */
async function onEngine(up: SettingUp, { engine, auction }: EngineDeployment): Promise<readonly Setting[]> {
  const { dust } = await readContract(up.node, {
    address: auction,
    abi: liquidationAuctionAbi,
    functionName: 'terms',
  })
  if (up.cap < dust)
    throw configError(
      'E_CAP',
      `a cap of ${up.cap / WAD} USD is below the smallest trade, ${dust / WAD} USD`,
      'Allow at least that much: an account worth no more is only sold whole.',
    )
  const reading = encodeFunctionData({ abi: marginEngineAbi, functionName: 'cashOf', args: [up.executor] })
  const open = encodeFunctionData({ abi: marginEngineAbi, functionName: 'open', args: [0n, CROSS] })
  return [
    measures(up, engine, reading),
    caps(up, up.cap),
    {
      group: 'engine account',
      act: sets(up, `open an account at the engine ${engine}`, 'ownerCall', [engine, open]),
      async holds() {
        const asked = { address: engine, abi: marginEngineAbi, functionName: 'owner', args: [up.executor] } as const
        return isAddressEqual(await readContract(up.node, asked), up.executor)
      },
    },
  ]
}

const WAD = 10n ** 18n

/** IMarginEngine.Mode: netting, cash only. */
const CROSS = 2

/** On a vault's chain both are measured on the dollars that sales bring. */
function onDollars(up: SettingUp, { dollar, dollarDecimals }: VaultDeployment): readonly Setting[] {
  const reading = encodeFunctionData({ abi: testTokenAbi, functionName: 'balanceOf', args: [up.executor] })
  return [measures(up, dollar, reading), caps(up, up.cap / 10n ** BigInt(18 - dollarDecimals))]
}

const measures = (up: SettingUp, target: Address, reading: Hex): Setting => ({
  group: 'measure',
  act: sets(up, `measure what is spent on ${target}`, 'setMeasure', [target, reading]),
  async holds() {
    const [at, how] = await readContract(up.node, { ...held(up), functionName: 'measure' })
    return isAddressEqual(at, target) && isHexEqual(how, reading)
  },
})

const caps = (up: SettingUp, cap: bigint): Setting => ({
  group: 'hourly cap',
  act: sets(up, `cap what is spent in an hour at ${up.cap / WAD} USD`, 'setHourlyCap', [cap]),
  async holds() {
    const [found] = await readContract(up.node, { ...held(up), functionName: 'outlayLeft' })
    return found === cap
  },
})

/** Collateral counts half its price now: a crash may sell it above that, a thief may not sell it below. */
function valuations(up: SettingUp, vaults: readonly VaultDeployment[]): Promise<readonly Setting[]> {
  const listed = vaults.flatMap((vault) => vault.assets.map((asset) => [asset.token, { asset, vault }] as const))
  return Promise.all(
    [...new Map(listed).values()].map(async ({ asset, vault }): Promise<Setting> => {
      const whole = (await up.worth(vault, asset)) / 10n ** BigInt(18 - vault.dollarDecimals)
      const value = (whole * WAD) / (2n * 10n ** BigInt(asset.decimals))
      return {
        group: 'token valued',
        act: sets(up, `count ${asset.symbol} for half its price`, 'setValue', [asset.token, value]),
        holds: async () =>
          (await readContract(up.node, { ...held(up), functionName: 'valueOf', args: [asset.token] })) > 0n,
      }
    }),
  )
}
