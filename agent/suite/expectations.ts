// What must be true of a deployed suite on one chain.
import type { Address } from 'viem'
import type { SuiteFile } from '../../config/suite.ts'
import type { EngineDeployment, Network, VaultDeployment } from '../domain/network.ts'
import { asks, code, type Expectation } from './asking.ts'
import { ENGINE_ARTEFACTS as E, VAULT_ARTEFACTS as V } from './contracts.ts'
import { ROLES } from './govern.ts'
import { courierRows, sourceRows } from './source-rows.ts'

type Chain = SuiteFile['chains'][number]

/** Everything about the contracts that stand on this chain. */
export function expectations(file: SuiteFile, network: Network, chain: Chain): readonly Expectation[] {
  const engines = network.engines.filter((one) => one.chain === chain.id)
  const vaults = network.vaults.filter((one) => one.chain === chain.id)
  const mirrors = network.vaults.filter((one) => one.engine === chain.id)
  const registries = new Set([...engines, ...vaults].map(({ registry }) => registry))
  return [
    ...engines.flatMap((one) => engineRows(file, network, one)),
    ...vaults.flatMap((one) => vaultRows(file, one)),
    ...mirrors.flatMap((one) => mirrorRows(file, network, one)),
    ...[...registries].flatMap((registry) => registryRows(file, registry)),
  ]
}

function engineRows(file: SuiteFile, network: Network, one: EngineDeployment): readonly Expectation[] {
  const spec = file.engines.find(({ chain }) => chain === one.name)
  const engine = asks('MarginEngine', one.engine, E.MarginEngine.abi)
  const book = asks('PriceBook', one.priceBook, E.PriceBook.abi)
  const auction = asks('LiquidationAuction', one.auction, E.LiquidationAuction.abi)
  const collaterals = network.vaults
    .filter(({ engine: chain }) => chain === one.chain)
    .reduce((sum, { assets }) => sum + assets.length, 0)
  const governs = (fix: string) => ({ fix })
  return [
    code('MarginEngine', one.engine, 'MarginEngine'),
    code('PriceBook', one.priceBook, 'PriceBook'),
    code('LiquidationAuction', one.auction, 'LiquidationAuction'),
    code('CreditLines', one.creditLines, 'CreditLines'),
    code('RiskParameters', one.riskParameters, 'RiskParameters'),
    code('InsuranceFund', one.insuranceFund, 'InsuranceFund'),
    engine('priceBook', one.priceBook),
    engine('instrumentCount', spec?.instruments.length ?? 0, governs('List the missing instruments (governance).')),
    engine('collateralCount', collaterals, governs('List the missing collaterals (governance).')),
    ...[one.auction, one.creditLines].map((module) =>
      engine('isModule', true, { args: [module], fix: 'Admit the module with setModule (governance).' }),
    ),
    auction('engine', one.engine),
    auction('creditLines', one.creditLines),
    book('quorum', spec?.prices.quorum ?? 0),
    ...file.publishers.map((publisher) =>
      book('isPublisher', true, { args: [publisher], fix: 'Admit the publisher with setPublisher (governance).' }),
    ),
  ]
}

function vaultRows(file: SuiteFile, one: VaultDeployment): readonly Expectation[] {
  const spec = file.vaults.find(({ id }) => id === one.id)
  const vault = asks(`${one.id} vault`, one.vault, V.CollateralVault.abi)
  return [
    code(`${one.id} vault`, one.vault, 'CollateralVault'),
    vault('source', one.engineSource.at),
    vault('mirror', one.mirror),
    vault('staleAfter', spec?.staleAfter ?? 0),
    vault('exitDelay', spec?.exitDelay ?? 0),
    vault('resetDelay', spec?.resetDelay ?? 0),
    vault('trippedAt', 0, { fix: 'The breaker tripped: find the contradiction before governance resets it.' }),
    vault('finalRootAt', 0, { fix: 'Depositors left this vault: it is over. Deploy another.' }),
    ...one.assets.map(({ token, symbol }, i) =>
      vault('cap', spec?.assets[i]?.cap ?? 0n, {
        ...{ args: [token], unless: 'warn' },
        fix: `Set the cap of ${symbol} with list (governance).`,
      }),
    ),
    ...limitRows(vault, spec, one),
    ...[one.vaultSource, ...(one.vaultWitnesses ?? [])].flatMap((source) =>
      courierRows(`${one.id} vaultSource`, source, one.vault),
    ),
    ...(one.engineWitnesses ?? []).map(({ at }) => vault('isWitness', true, { args: [at], fix: NAME_WITNESS })),
    ...[one.engineSource, ...(one.engineWitnesses ?? [])].flatMap((source, i) =>
      sourceRows(file, sourceName(`${one.id} engineSource`, i), source, { of: one.engine, about: one.mirror }),
    ),
  ]
}

function mirrorRows(file: SuiteFile, network: Network, one: VaultDeployment): readonly Expectation[] {
  const spec = file.vaults.find(({ id }) => id === one.id)
  const mirror = asks(`${one.id} mirror`, one.mirror, V.VaultMirror.abi)
  const engine = network.engines.find(({ chain }) => chain === one.engine)
  const modules = engine === undefined ? [] : [engine.engine, engine.auction, engine.creditLines]
  return [
    code(`${one.id} mirror`, one.mirror, 'VaultMirror'),
    mirror('source', one.vaultSource.at),
    mirror('vault', one.vault),
    mirror('staleAfter', spec?.creditStaleAfter ?? 0),
    mirror('trippedAt', 0, { fix: 'The breaker tripped: find the contradiction before governance resets it.' }),
    mirror('retiredAt', 0, { fix: 'Its vault is over: deploy another.' }),
    ...modules.map((module) =>
      mirror('isModule', true, { args: [module], fix: 'Admit the module with setModule (governance).' }),
    ),
    ...limitRows(mirror, spec, one),
    ...[one.engineSource, ...(one.engineWitnesses ?? [])].flatMap((source) =>
      courierRows(`${one.id} engineSource`, source, one.mirror),
    ),
    ...one.assets.flatMap(({ token }, i) => {
      const cap = spec?.assets[i]?.creditCap
      return cap === undefined ? [] : [mirror('creditCap', cap, { args: [token], fix: SET_LIMIT })]
    }),
    ...(one.vaultWitnesses ?? []).map(({ at }) => mirror('isWitness', true, { args: [at], fix: NAME_WITNESS })),
    ...[one.vaultSource, ...(one.vaultWitnesses ?? [])].flatMap((source, i) =>
      sourceRows(file, sourceName(`${one.id} vaultSource`, i), source, { of: one.chain, about: one.vault }),
    ),
  ]
}

const NAME_WITNESS = 'Name the witness with setWitness (governance).'
const SET_LIMIT = 'Set the limit of the chains file (governance).'
const sourceName = (name: string, position: number): string => (position === 0 ? name : `${name} witness ${position}`)

type Ask = ReturnType<typeof asks>

/** The wait of large changes, where the file asks for one. A bucket cannot be read back: its capacity refills. */
const limitRows = (
  ask: Ask,
  spec: SuiteFile['vaults'][number] | undefined,
  { assets }: VaultDeployment,
): readonly Expectation[] =>
  assets.flatMap(({ token }, i) => {
    const rule = spec?.assets[i]?.largeDelta
    return rule ? [ask('largeDelta', `${rule.above},${rule.wait}`, { args: [token], fix: SET_LIMIT })] : []
  })

function registryRows(file: SuiteFile, registry: Address): readonly Expectation[] {
  const { abi } = V.AgentRegistry
  const attests = file.attestors.map((attestor) =>
    asks('AgentRegistry', registry, abi)('isAttestor', true, {
      ...{ args: [attestor], unless: 'warn' },
      fix: 'The attestor bonds, then governance admits it with setAttestor.',
    }),
  )
  return [code('AgentRegistry', registry, 'AgentRegistry'), ...attests]
}

/** The roles of an access manager: asked apart, because its address is itself an answer of the chain. */
export function roleRows(file: SuiteFile, authority: Address, deployer: Address | undefined): readonly Expectation[] {
  const { abi } = V.AccessManager
  const { admin, guardian, delay } = file.governance
  const manager = asks('AccessManager', authority, abi)
  const own = deployer?.toLowerCase() === admin.toLowerCase()
  return [
    code('AccessManager', authority, 'AccessManager'),
    manager('hasRole', `true,${own ? 0 : delay}`, {
      ...{ args: [ROLES.admin, admin] },
      fix: 'Grant the administrator role with the delay of the chains file.',
    }),
    manager('hasRole', 'true,0', { args: [ROLES.guardian, guardian], fix: 'Grant the guardian role.' }),
    ...(deployer === undefined || own
      ? []
      : [
          manager('hasRole', 'false,0', {
            ...{ args: [ROLES.admin, deployer] },
            fix: 'The deployer still governs: revoke its administrator role now.',
          }),
        ]),
  ]
}
