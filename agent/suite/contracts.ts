// The contracts of the suite and of the sale venue, as compiled.
import { ownArtefact, uniswapArtefact } from './artefact.ts'

/** Contracts of the engine chain, by name. */
export const ENGINE_ARTEFACTS = {
  AccessManager: ownArtefact('AccessManager'),
  TestToken: ownArtefact('TestToken'),
  AgentRegistry: ownArtefact('AgentRegistry'),
  PriceBook: ownArtefact('PriceBook'),
  MarginEngine: ownArtefact('MarginEngine'),
  LiquidationAuction: ownArtefact('LiquidationAuction'),
  CreditLines: ownArtefact('CreditLines'),
  RiskParameters: ownArtefact('RiskParameters'),
  InsuranceFund: ownArtefact('InsuranceFund'),
  InsuranceTranche: ownArtefact('InsuranceTranche'),
  ProviderPool: ownArtefact('ProviderPool'),
  VaultMirror: ownArtefact('VaultMirror'),
}

/** Contracts of the vault chain, by name. */
export const VAULT_ARTEFACTS = {
  AccessManager: ownArtefact('AccessManager'),
  TestToken: ownArtefact('TestToken'),
  AgentRegistry: ownArtefact('AgentRegistry'),
  RootOracle: ownArtefact('RootOracle'),
  CollateralVault: ownArtefact('CollateralVault'),
  VaultMirror: ownArtefact('VaultMirror'),
  Factory: uniswapArtefact('UniswapV2Factory'),
  Pair: uniswapArtefact('UniswapV2Pair'),
  Router: uniswapArtefact('UniswapV2Router02'),
}

/** The contract that holds capital and calls for it. */
export const EXECUTOR = ownArtefact('LiquidatorExecutor')
