// What must be true of a deployed suite on one chain.
import type { Abi, Address } from 'viem'
import type { SuiteFile } from '../../config/suite.ts'
import type { EngineDeployment, Network, VaultDeployment } from '../domain/network.ts'
import { ENGINE_ARTEFACTS as E, VAULT_ARTEFACTS as V } from './contracts.ts'
import { ROLES } from './govern.ts'

/** A contract's code, or what a view of it must answer. `unless` is the row's state when it answers something else. */
export type Expectation =
  | { readonly kind: 'code'; readonly what: string; readonly at: Address; readonly artefact: string }
  | {
      readonly kind: 'view'
      readonly what: string
      readonly at: Address
      readonly abi: Abi
      readonly name: string
      readonly args: readonly unknown[]
      readonly expected: unknown
      readonly unless: 'warn' | 'fail'
      readonly fix: string
    }

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

const code = (what: string, at: Address, artefact: string): Expectation => ({ kind: 'code', what, at, artefact })

type Asked = { readonly args?: readonly unknown[]; readonly unless?: 'warn'; readonly fix?: string }

/** A view of a contract: by default a difference means that the wiring is wrong for good. */
const asks =
  (what: string, at: Address, abi: Abi) =>
  (name: string, expected: unknown, { args = [], unless, fix = REWIRE }: Asked = {}): Expectation => ({
    ...{ kind: 'view', what: `${what}.${name}(${args.map(String).join(', ')})`, at, abi, name, args, expected },
    ...{ unless: unless ?? 'fail', fix },
  })

const REWIRE = 'Contracts are immutable: deploy this part again and use the new network description.'

function engineRows(file: SuiteFile, network: Network, one: EngineDeployment): readonly Expectation[] {
  const spec = file.engines.find(({ chain }) => chain === one.name)
  const engine = asks('MarginEngine', one.engine, E.MarginEngine.abi)
  const book = asks('PriceBook', one.priceBook, E.PriceBook.abi)
  const auction = asks('LiquidationAuction', one.auction, E.LiquidationAuction.abi)
  const collaterals = network.vaults
    .filter(({ engine: chain }) => chain === one.chain)
    .reduce((sum, { assets }) => sum + assets.length, 0)
  const governs = (fix: string): Asked => ({ fix })
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
    vault('source', one.engineRoots),
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
    ...oracleRows(file, `${one.id} engineRoots`, { at: one.engineRoots, of: one.engine, delay: one.delay }),
  ]
}

function mirrorRows(file: SuiteFile, network: Network, one: VaultDeployment): readonly Expectation[] {
  const spec = file.vaults.find(({ id }) => id === one.id)
  const mirror = asks(`${one.id} mirror`, one.mirror, V.VaultMirror.abi)
  const engine = network.engines.find(({ chain }) => chain === one.engine)
  const modules = engine === undefined ? [] : [engine.engine, engine.auction, engine.creditLines]
  return [
    code(`${one.id} mirror`, one.mirror, 'VaultMirror'),
    mirror('source', one.vaultRoots),
    mirror('vault', one.vault),
    mirror('staleAfter', spec?.creditStaleAfter ?? 0),
    mirror('trippedAt', 0, { fix: 'The breaker tripped: find the contradiction before governance resets it.' }),
    mirror('retiredAt', 0, { fix: 'Its vault is over: deploy another.' }),
    ...modules.map((module) =>
      mirror('isModule', true, { args: [module], fix: 'Admit the module with setModule (governance).' }),
    ),
    ...oracleRows(file, `${one.id} vaultRoots`, { at: one.vaultRoots, of: one.chain, delay: 0 }),
  ]
}

type Oracle = { readonly at: Address; readonly of: number; readonly delay: number }

function oracleRows(file: SuiteFile, what: string, { at, of, delay }: Oracle): readonly Expectation[] {
  const oracle = asks(what, at, V.RootOracle.abi)
  return [
    code(what, at, 'RootOracle'),
    oracle('sourceChainId', of),
    oracle('threshold', file.threshold),
    oracle('delay', delay),
    oracle('frozen', false, {
      fix: 'Its attestors signed two blocks of one height: slash them, deploy another oracle.',
    }),
    oracle('paused', false, { unless: 'warn', fix: 'The guardian stopped this route: ask it.' }),
  ]
}

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
