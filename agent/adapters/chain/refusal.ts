// Why a contract said no. A market saying no is a value: it gets a bounded reason, never an exception.

import type { Address } from 'viem'
import { BaseError, decodeErrorResult, type Hex, isHex, numberToHex } from 'viem'
import { agentRegistryAbi } from './abi/agent-registry.ts'
import { collateralVaultAbi } from './abi/collateral-vault.ts'
import { creditLinesAbi } from './abi/credit-lines.ts'
import { erc7786SourceAbi } from './abi/erc7786-source.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { liquidatorExecutorAbi } from './abi/liquidator-executor.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { opL1BlockSourceAbi } from './abi/op-l1-block-source.ts'
import { optimisticSourceAbi } from './abi/optimistic-source.ts'
import { priceBookAbi } from './abi/price-book.ts'
import { riskParametersAbi } from './abi/risk-parameters.ts'
import { rootOracleAbi } from './abi/root-oracle.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import { nodeFailure, type Rpc } from './rpc.ts'

/** A custom error as its contract raised it, unwrapped from the executor's CallFailed. */
export type Refusal = { readonly reason: string; readonly error: string; readonly args: readonly unknown[] }

/** A call as it was sent. */
export type Tried = { readonly from: Address; readonly to: Address; readonly data: Hex; readonly gas: bigint }

/** Plays a call on the state after a block (the newest by default). Undefined when it goes through there. */
export async function rehearse(rpc: Rpc, tried: Tried, block?: bigint): Promise<Refusal | undefined> {
  const call = { from: tried.from, to: tried.to, data: tried.data, gas: numberToHex(tried.gas) }
  const at = block === undefined ? 'latest' : numberToHex(block)
  return rpc.ask((node) =>
    node.request({ method: 'eth_call', params: [call, at] }).then(
      () => undefined,
      (error: unknown) => {
        if (nodeFailure(error)) throw error
        return refusalOf(error)
      },
    ),
  )
}

/** The reason in the trade's words: a changed version is a lost race, everything else is the error's name. */
export function reasonOf(error: string): string {
  return REASONS[error] ?? error.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()
}

const REASONS: Readonly<Record<string, string>> = {
  VersionChanged: 'LOST_RACE',
  EnforcedPause: 'PAUSED',
  BatchExpired: 'PRICES_EXPIRED',
}

const UNKNOWN: Refusal = { reason: 'REVERTED', error: '', args: [] }

const refusalOf = (error: unknown): Refusal => refusalIn(error) ?? UNKNOWN

/** The contract's word in an error of viem; undefined when no contract spoke. */
export function refusalIn(error: unknown): Refusal | undefined {
  const data = revertData(error)
  return data === undefined ? undefined : decoded(data)
}

/** Reasons nest: CallFailed(index, reason) of the executor holds the error of the contract it called. */
function decoded(data: Hex): Refusal {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: ERRORS, data })
    const inner = errorName === 'CallFailed' ? args[1] : undefined
    if (isHex(inner) && inner.length >= 10) return decoded(inner)
    return { reason: reasonOf(errorName), error: errorName, args }
  } catch {
    // An error of a contract we do not know: its selector is all there is to say.
    return { reason: 'REVERTED', error: data.slice(0, 10), args: [] }
  }
}

const ERRORS = [
  ...liquidatorExecutorAbi,
  ...liquidationAuctionAbi,
  ...marginEngineAbi,
  ...priceBookAbi,
  ...creditLinesAbi,
  ...riskParametersAbi,
  ...vaultMirrorAbi,
  ...rootOracleAbi,
  ...optimisticSourceAbi,
  ...opL1BlockSourceAbi,
  ...erc7786SourceAbi,
  ...collateralVaultAbi,
  ...agentRegistryAbi,
].filter((item) => item.type === 'error')

function revertData(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined
  const cause = error.walk((step) => typeof step === 'object' && step !== null && 'data' in step && isHex(step.data))
  return cause && 'data' in cause && isHex(cause.data) && cause.data.length >= 10 ? cause.data : undefined
}
