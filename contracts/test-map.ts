// Which tests stand nearest to a source: they are asked first.
import { basename } from 'node:path'
import { deployableFrom, type Target } from './sources.ts'

interface Neighbours {
  /** Folders under contracts/test, as a glob. */
  readonly tests: string
  /** The contracts that these tests deploy and that the source is part of. */
  readonly deploys: readonly string[]
  /** Tests that use a library themselves, without a contract around it: compiled anew for each of its mutants. */
  readonly direct?: string
}

const of = (tests: string, ...deploys: string[]): Neighbours => ({ tests, deploys })
const library = (direct: string, { tests, deploys }: Neighbours): Neighbours => ({ tests, deploys, direct })
const engine = of('{margin-engine,auction}/*', 'MarginEngine')
const auction = of('auction/*', 'LiquidationAuction')
const lending = of('credit-lines/*', 'CreditLines')
const route = of('{guard,vault,mirror}/*', 'CollateralVault', 'VaultMirror')

const neighbours: Readonly<Record<string, Neighbours>> = {
  AgentRegistry: of('{registry,auction}/*', 'AgentRegistry'),
  AuctionClock: auction,
  ClaimPurchases: of('{credit-lines,auction}/*', 'CreditLines'),
  CollateralVault: of('{vault,guard,lots}/*', 'CollateralVault'),
  CreditLines: lending,
  CounterCourier: of('sources/*', 'CounterCourier'),
  EmergencyExit: of('guard/*', 'CollateralVault'),
  EngineVault: of('{provider-pool,insurance}/*', 'ProviderPool', 'InsuranceTranche'),
  Erc7786Source: of('sources/*', 'Erc7786Source'),
  HeaderSource: of('{sources,roots}/[!M]*', 'RootOracle', 'OptimisticSource', 'OpL1BlockSource'),
  InsuranceFund: of('insurance/*', 'InsuranceFund'),
  InsuranceTranche: of('insurance/*', 'InsuranceTranche'),
  LineLimits: lending,
  LiquidationAuction: auction,
  LiquidatorExecutor: of('executor/[!S]*', 'LiquidatorExecutor'),
  MarginEngine: of('{margin-engine,auction,insurance}/*', 'MarginEngine'),
  MarginLedger: engine,
  MarginLens: of('margin-engine/*', 'MarginLens'),
  MarginLifetime: engine,
  MarginListing: engine,
  MarginPricing: of('{margin-engine/*,auction/*,guard/T*}', 'MarginEngine'),
  OpL1BlockSource: of('sources/*', 'OpL1BlockSource'),
  OptimisticSource: of('sources/*', 'OptimisticSource'),
  PriceBook: of('{price-book/*,margin-engine/*,auction/C*}', 'PriceBook'),
  ProviderPool: of('provider-pool/*', 'ProviderPool'),
  QuorumSource: of('sources/*', 'QuorumSource'),
  Reservations: auction,
  RiskParameters: of('risk-parameters/*', 'RiskParameters'),
  RootOracle: of('roots/[!M]*', 'RootOracle'),
  RouteGuard: route,
  VaultMirror: of('{mirror,guard,lots}/*', 'VaultMirror'),
  Evidence: library('roots/E*', of('{roots,sources}/[!M]*', 'RootOracle', 'QuorumSource')),
  Accrual: library('margin-math/Ac*', of('{credit-lines,insurance}/*', 'CreditLines', 'InsuranceFund')),
  Allowance: library('margin-math/Al*', route),
  AttestationDigest: of('{roots,registry}/[!M]*', 'RootOracle', 'AgentRegistry'),
  BatchMath: of('price-book/*', 'PriceBook'),
  Lot: of('{lots,mirror,vault}/*', 'CollateralVault', 'VaultMirror', 'LiquidationAuction'),
  MarginMath: library('margin-math/M*', engine),
  Portfolio: library('margin-math/P*', engine),
  StateProof: library('proofs/F*', of('roots/[!M]*', 'RootOracle')),
}

/** The tests of a source itself; without any of its own, all quick ones. */
export function near(source: string): string {
  return neighbours[basename(source, '.sol')]?.tests ?? quick
}

/** Those of them that use the source itself. */
export function direct(source: string): string | undefined {
  return neighbours[basename(source, '.sol')]?.direct
}

/** The contracts to exchange for them. */
export function nearest(source: string): readonly Target[] {
  const deploys = neighbours[basename(source, '.sol')]?.deploys
  const parts = deployableFrom(source)
  return deploys === undefined ? parts : parts.filter(({ name }) => deploys.includes(name))
}

/** All tests, the quickest first; the mutants of single bytes only where proofs are read. */
export function everything(source: string): readonly string[] {
  const name = basename(source, '.sol')
  const proofs = ['StateProof', 'HeaderSource', 'RootOracle'].includes(name) ? ['roots/M*'] : []
  const thief = name === 'LiquidatorExecutor' ? ['executor/S*'] : []
  return [quick, ...thief, ...proofs, 'invariant/*']
}

/** Neither random sequences nor every byte of a proof. */
const quick =
  '{auction,credit-lines,guard,insurance,lots,margin-engine,margin-math,mirror,price-book,provider-pool,registry,' +
  'risk-parameters,roots,sources,vault}/*.t.sol'
