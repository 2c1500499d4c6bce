// The calls that an operator's duties need on a chain, and nothing more. Recipients are pinned to the executor itself.
import { type Abi, type Address, type Hex, pad, toHex } from 'viem'
import type { EngineDeployment, Source, VaultDeployment } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { ENGINE_ARTEFACTS, VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { selectorOf } from '../suite/selector.ts'
import { callsOf, couriersIn, SOURCE_ARTEFACTS } from '../suite/sources.ts'

/** One function of one contract that an operator may call. */
export type Permission = {
  readonly target: Address
  readonly selector: Hex
  readonly name: string
  readonly pins: readonly Pin[]
}

/** The `word`-th argument word, counted from one, must be `value`. */
export type Pin = { readonly word: number; readonly value: Hex }

/** What permissions follow from: a network, or one that is being deployed. */
export type Ground = {
  readonly engines: readonly Pick<
    EngineDeployment,
    'chain' | 'priceBook' | 'auction' | 'engine' | 'creditLines' | 'registry'
  >[]
  readonly vaults: readonly VaultDeployment[]
}

/** `hedges`: its operator may hold positions of the executor's own. What they may lose, no hourly cap holds. */
type Who = { readonly executor: Address; readonly role: 'bidder' | 'provider'; readonly hedges?: boolean | undefined }

/** Everything an operator may call on a chain. */
export function permissionsOn(chain: ChainId, ground: Ground, who: Who): readonly Permission[] {
  const granted = [
    ...ground.engines.filter((one) => one.chain === chain).flatMap((one) => onEngine(one, who)),
    ...ground.vaults.filter((one) => one.engine === chain).flatMap(onMirror),
    ...ground.vaults.filter((one) => one.chain === chain).flatMap((one) => onVault(one, who.executor)),
  ]
  return [...new Map(granted.map((one) => [`${one.target} ${one.selector}`, one])).values()]
}

function onEngine(engine: Ground['engines'][number], { executor, role, hedges }: Who): readonly Permission[] {
  const { PriceBook, MarginEngine, LiquidationAuction, CreditLines } = ENGINE_ARTEFACTS
  const lends = [
    allow(engine.creditLines, CreditLines.abi, 'open', to(5, executor)),
    ...['enforce', 'settle'].map((call) => allow(engine.creditLines, CreditLines.abi, call)),
  ]
  return [
    allow(engine.priceBook, PriceBook.abi, 'push'),
    ...['start', 'startMany'].map((call) => allow(engine.auction, LiquidationAuction.abi, call)),
    allow(engine.auction, LiquidationAuction.abi, 'bid', to(5, executor)),
    allow(engine.auction, LiquidationAuction.abi, 'bidAndSell'),
    allow(engine.engine, MarginEngine.abi, 'closeAll', to(1, executor)),
    ...(hedges === true ? [allow(engine.engine, MarginEngine.abi, 'trade', to(1, executor))] : []),
    slashing(engine.registry),
    ...(role === 'provider' ? lends : []),
  ]
}

/** Who attested two blocks at one height may be reported by anybody. */
const slashing = (registry: Address): Permission =>
  allow(registry, ENGINE_ARTEFACTS.AgentRegistry.abi, 'slashEquivocation')

/** What the sources of one side take, those of its witnesses included. */
const onSources = (sources: readonly Source[]): readonly Permission[] =>
  sources.flatMap(callsOf).map(({ target, abi, name }) => allow(target, abi, name))

/** What the couriers of one side's counters take; they stand where the counters are. */
const onCouriers = (sources: readonly Source[], counters: readonly string[]): readonly Permission[] =>
  sources
    .flatMap(couriersIn)
    .flatMap((courier) => counters.map((call) => allow(courier, SOURCE_ARTEFACTS.CounterCourier.abi, call)))

const onMirror = ({
  vaultSource,
  vaultWitnesses = [],
  engineSource,
  engineWitnesses = [],
  mirror,
}: VaultDeployment): readonly Permission[] => [
  ...onSources([vaultSource, ...vaultWitnesses]),
  ...onCouriers([engineSource, ...engineWitnesses], ['sendOwed', 'sendTotalOwed']),
  ...['prove', 'tripTotal'].map((call) => allow(mirror, ENGINE_ARTEFACTS.VaultMirror.abi, call)),
]

function onVault(deployed: VaultDeployment, executor: Address): readonly Permission[] {
  const { CollateralVault, TestToken, Router } = VAULT_ARTEFACTS
  const { engineSource, engineWitnesses = [], vaultSource, vaultWitnesses = [] } = deployed
  const { vault, registry, router, dollar, assets } = deployed
  return [
    ...onSources([engineSource, ...engineWitnesses]),
    ...onCouriers([vaultSource, ...vaultWitnesses], ['sendDeposited', 'sendTotalDeposited']),
    allow(vault, CollateralVault.abi, 'claim', to(1, executor)),
    allow(vault, CollateralVault.abi, 'tripTotal'),
    slashing(registry),
    ...assets.map(({ token }) => allow(token, TestToken.abi, 'approve', to(1, router))),
    allow(router, Router.abi, 'swapExactTokensForTokens', sale(dollar, executor)),
  ]
}

const allow = (target: Address, abi: Abi, name: string, pins: readonly Pin[] = []): Permission => ({
  ...{ target, name, selector: selectorOf(abi, name), pins },
})

/** The argument that says who is paid, or may spend. */
const to = (word: number, value: Address): readonly Pin[] => [{ word, value: pad(value) }]

/** From any token straight into dollars: a longer route may run a stranger's token in the middle of the sale. */
const sale = (dollar: Address, self: Address): readonly Pin[] => [
  { word: 3, value: toHex(160, { size: 32 }) },
  ...to(4, self),
  { word: 6, value: toHex(2, { size: 32 }) },
  ...to(8, dollar),
]
