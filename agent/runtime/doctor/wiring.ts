// Which contract must name which: what the agent relies on when it bids, proves and claims.
import type { Abi, Address } from 'viem'
import { collateralVaultAbi } from '../../adapters/chain/abi/collateral-vault.ts'
import { creditLinesAbi } from '../../adapters/chain/abi/credit-lines.ts'
import { liquidationAuctionAbi } from '../../adapters/chain/abi/liquidation-auction.ts'
import { marginEngineAbi } from '../../adapters/chain/abi/margin-engine.ts'
import { opL1BlockSourceAbi } from '../../adapters/chain/abi/op-l1-block-source.ts'
import { optimisticSourceAbi } from '../../adapters/chain/abi/optimistic-source.ts'
import { riskParametersAbi } from '../../adapters/chain/abi/risk-parameters.ts'
import { rootOracleAbi } from '../../adapters/chain/abi/root-oracle.ts'
import { vaultMirrorAbi } from '../../adapters/chain/abi/vault-mirror.ts'
import type { EngineDeployment, Network, Source, VaultDeployment } from '../../domain/network.ts'
import type { ChainId } from '../../domain/units.ts'

/** One contract's word about another, and what it must be. */
export type Link = {
  /** What is read, as a sentence begins: `the auction's engine`. */
  readonly says: string
  readonly at: Address
  readonly abi: Abi
  readonly name: string
  readonly args: readonly unknown[]
  readonly expected: Address | bigint | boolean
}

/** What the contracts of an engine say of each other. */
export function engineLinks(one: EngineDeployment): readonly Link[] {
  const engine = asking('the engine', one.engine, marginEngineAbi)
  const auction = asking('the auction', one.auction, liquidationAuctionAbi)
  const lines = asking('the credit lines', one.creditLines, creditLinesAbi)
  const risk = asking('the risk parameters', one.riskParameters, riskParametersAbi)
  return [
    engine('priceBook', one.priceBook),
    engine('cashToken', one.cash),
    engine('insuranceFund', one.insuranceFund),
    engine('isModule', true, one.auction),
    engine('isModule', true, one.creditLines),
    auction('engine', one.engine),
    auction('creditLines', one.creditLines),
    auction('registry', one.registry),
    lines('engine', one.engine),
    lines('auction', one.auction),
    lines('risk', one.riskParameters),
    risk('engine', one.engine),
  ]
}

/** What a mirror says of its vault, of what it believes, and of who may write in it. */
export function mirrorLinks({ engines }: Network, { mirror: at, vault, vaultSource, engine }: VaultDeployment) {
  const mirror = asking('the mirror', at, vaultMirrorAbi)
  const modules = engines.filter(({ chain }) => chain === engine)
  return [
    mirror('vault', vault),
    mirror('source', vaultSource.at),
    ...modules.flatMap((one) => [one.engine, one.auction].map((module) => mirror('isModule', true, module))),
  ]
}

/** What a vault says of its mirror and of what it believes. */
export function vaultLinks({ vault: at, mirror, engineSource }: VaultDeployment): readonly Link[] {
  const vault = asking('the vault', at, collateralVaultAbi)
  return [vault('mirror', mirror), vault('source', engineSource.at)]
}

/** Which chain a source proves, members and arbiters included. A gateway's messages name their chain themselves. */
export function sourceLinks(source: Source, proves: ChainId): readonly Link[] {
  switch (source.kind) {
    case 'quorum':
      return source.of.flatMap((one) => sourceLinks(one, proves))
    case 'message':
      return []
    case 'attested':
      return [asking('the root oracle', source.at, rootOracleAbi)('sourceChainId', BigInt(proves))]
    case 'op-l1-block': {
      const asked = asking('the L1 block source', source.at, opL1BlockSourceAbi)
      return [asked('sourceChainId', BigInt(proves)), asked('l1Block', source.l1Block)]
    }
    case 'optimistic': {
      const asked = asking('the optimistic source', source.at, optimisticSourceAbi)
      const own = [asked('sourceChainId', BigInt(proves)), asked('arbiter', source.arbiter.at)]
      return [...own, ...sourceLinks(source.arbiter, proves)]
    }
  }
}

const asking =
  (who: string, at: Address, abi: Abi) =>
  (name: string, expected: Link['expected'], ...args: readonly unknown[]): Link => ({
    says: `${name} of ${who}${args.length === 0 ? '' : ` for ${args.join(', ')}`}`,
    ...{ at, abi, name, args, expected },
  })
