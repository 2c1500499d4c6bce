// The calls that an operator's duties need on a chain, and nothing more. Recipients are pinned to the executor itself.
import { type Abi, type Address, type Hex, pad } from 'viem'
import type { EngineDeployment, VaultDeployment } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { ENGINE_ARTEFACTS, VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { selectorOf } from '../suite/selector.ts'

/** One function of one contract that an operator may call; `pin` is the number of the pinned argument word, 0 for none. */
export type Permission = {
  readonly target: Address
  readonly selector: Hex
  readonly name: string
  readonly pin: number
  readonly value: Hex
}

/** What permissions follow from: a network, or one that is being deployed. */
export type Ground = {
  readonly engines: readonly Pick<EngineDeployment, 'chain' | 'priceBook' | 'auction' | 'engine' | 'creditLines'>[]
  readonly vaults: readonly VaultDeployment[]
}

type Who = { readonly executor: Address; readonly role: 'bidder' | 'provider' }

/** Everything an operator may call on a chain. */
export function permissionsOn(chain: ChainId, ground: Ground, who: Who): readonly Permission[] {
  const granted = [
    ...ground.engines.filter((one) => one.chain === chain).flatMap((one) => onEngine(one, who)),
    ...ground.vaults.filter((one) => one.engine === chain).flatMap(onMirror),
    ...ground.vaults.filter((one) => one.chain === chain).flatMap((one) => onVault(one, who.executor)),
  ]
  return [...new Map(granted.map((one) => [`${one.target} ${one.selector}`, one])).values()]
}

function onEngine(engine: Ground['engines'][number], { executor, role }: Who): readonly Permission[] {
  const { PriceBook, MarginEngine, LiquidationAuction, CreditLines } = ENGINE_ARTEFACTS
  const lends = [
    allow(engine.creditLines, CreditLines.abi, 'open', { pin: 5, value: executor }),
    ...['enforce', 'settle'].map((call) => allow(engine.creditLines, CreditLines.abi, call)),
  ]
  return [
    allow(engine.priceBook, PriceBook.abi, 'push'),
    ...['start', 'startMany'].map((call) => allow(engine.auction, LiquidationAuction.abi, call)),
    allow(engine.auction, LiquidationAuction.abi, 'bid', { pin: 5, value: executor }),
    allow(engine.auction, LiquidationAuction.abi, 'bidAndSell'),
    allow(engine.engine, MarginEngine.abi, 'closeAll', { pin: 1, value: executor }),
    ...(role === 'provider' ? lends : []),
  ]
}

const onMirror = ({ vaultRoots, mirror }: VaultDeployment): readonly Permission[] => [
  ...['submit', 'anchor'].map((call) => allow(vaultRoots, VAULT_ARTEFACTS.RootOracle.abi, call)),
  ...['prove', 'tripTotal'].map((call) => allow(mirror, ENGINE_ARTEFACTS.VaultMirror.abi, call)),
]

function onVault({ engineRoots, vault, router, assets }: VaultDeployment, executor: Address): readonly Permission[] {
  const { RootOracle, CollateralVault, TestToken, Router } = VAULT_ARTEFACTS
  return [
    ...['submit', 'anchor'].map((call) => allow(engineRoots, RootOracle.abi, call)),
    allow(vault, CollateralVault.abi, 'claim', { pin: 1, value: executor }),
    allow(vault, CollateralVault.abi, 'tripTotal'),
    ...assets.map(({ token }) => allow(token, TestToken.abi, 'approve', { pin: 1, value: router })),
    allow(router, Router.abi, 'swapExactTokensForTokens', { pin: 4, value: executor }),
  ]
}

type Pin = { readonly pin: number; readonly value: Address }

const allow = (target: Address, abi: Abi, name: string, pin?: Pin): Permission => ({
  ...{ target, name, selector: selectorOf(abi, name) },
  ...{ pin: pin?.pin ?? 0, value: pin === undefined ? ZERO : pad(pin.value) },
})

const ZERO: Hex = `0x${'0'.repeat(64)}`
