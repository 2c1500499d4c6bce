// What a redemption brought, as its transaction says; also when an earlier life of ours sent it.
import { type Hash, parseEventLogs } from 'viem'
import { getLogs, readContract } from 'viem/actions'
import { invariantBroken } from '../../domain/errors.ts'
import { instant, wad } from '../../domain/units.ts'
import type { ClaimStep } from '../../ports/chain.ts'
import { collateralVaultAbi } from './abi/collateral-vault.ts'
import { liquidatorExecutorAbi } from './abi/liquidator-executor.ts'
import { LEG } from './executor-call.ts'
import { blockBy } from './heads.ts'
import { type Mined, minedAmong } from './receipt.ts'
import type { Seller } from './redemption.ts'

type Sold = Omit<Extract<ClaimStep, { readonly kind: 'sold' }>, 'claims'>

/** The sale in an included transaction: proceeds are the change of our dollars. */
export async function saleIn({ link, deployment, executor }: Seller, mined: Mined): Promise<Sold> {
  const logs = parseEventLogs({ abi: EVENTS, logs: [...mined.logs] })
  const executed = logs.find((log) => log.eventName === 'Executed')
  const block = await blockBy(link.rpc, mined.anchor.hash)
  if (executed?.eventName !== 'Executed') throw silent(mined)
  const unit = 10n ** BigInt(18 - deployment.dollarDecimals)
  return {
    kind: 'sold',
    received: logs.flatMap((log) =>
      log.eventName === 'Claimed' && same(log.args.beneficiary, executor) && same(log.address, deployment.vault)
        ? [{ asset: log.args.asset, amount: log.args.amount }]
        : [],
    ),
    sale: {
      tx: mined.hash,
      anchor: mined.anchor,
      proceeds: wad(executed.args.change * unit),
      gasCost: mined.gasCost,
      soldAt: block ? instant(Number(block.timestamp) * 1_000) : link.clock.now(),
    },
  }
}

/** The sale under a guard that has been executed already; undefined when it has not. */
export async function earlierSale(seller: Seller, guard: Hash): Promise<Sold | undefined> {
  const { rpc } = seller.link
  const executor = { address: seller.executor, abi: liquidatorExecutorAbi } as const
  const legs = await rpc.ask((node) => readContract(node, { ...executor, functionName: 'executed', args: [guard] }))
  if ((legs & (1n << BigInt(LEG.claim))) === 0n) return undefined
  const fromBlock = seller.deployment.fromBlock
  const logs = await rpc.ask((node) => getLogs(node, { address: seller.executor, fromBlock, toBlock: 'latest' }))
  const found = parseEventLogs({ abi: liquidatorExecutorAbi, eventName: 'Executed', logs, args: { intent: guard } }).at(
    0,
  )
  const mined = found && (await minedAmong(rpc, [found.transactionHash])).get(found.transactionHash)
  return mined && saleIn(seller, mined)
}

const EVENTS = [...collateralVaultAbi, ...liquidatorExecutorAbi].filter((item) => item.type === 'event')

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const silent = (mined: Mined) =>
  invariantBroken('A claim was included without its events: the addresses of this network are wrong.', {
    tx: mined.hash,
  })
