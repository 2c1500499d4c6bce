// Movements of our capital that no transaction of ours made, as the receipts of others' transactions say.
import {
  type Address,
  erc20Abi,
  formatTransactionReceipt,
  type Hash,
  type Hex,
  numberToHex,
  padHex,
  parseEventLogs,
  toEventSelector,
} from 'viem'
import { readContract } from 'viem/actions'
import { type Entry, type LedgerAccount, move, type Posting } from '../../domain/posting.ts'
import { creditLinesAbi } from './abi/credit-lines.ts'
import { liquidatorExecutorAbi } from './abi/liquidator-executor.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { claimsIn, type Premises, postingOf, tokensIn, tokensOf } from './bookkeeping.ts'
import { dataFeeOf, type MinedReceipt, minedOf } from './receipt.ts'
import type { Rpc } from './rpc.ts'

type Asked = { readonly rpc: Rpc; readonly premises: Premises; readonly operator: Address }

/** One posting per transaction of somebody else that moved what is ours. What only a thief can do has no explanation. */
export async function explain(asked: Asked, after: bigint, upTo: bigint): Promise<readonly Posting[]> {
  if (upTo <= after) return []
  const hashes = await namingUs(asked, after + 1n, upTo)
  if (hashes.length === 0) return []
  const owner = await ownerOf(asked)
  const receipts = await Promise.all(hashes.map((hash) => receiptOf(asked.rpc, hash)))
  return receipts.flatMap((receipt) => {
    if (receipt === undefined) return []
    return same(receipt.from, asked.operator)
      ? forgotten(asked.premises, receipt)
      : movedBy(asked.premises, receipt, owner)
  })
}

/** A transaction of our own that the journal may have lost: the same posting that it would have made. */
const forgotten = (premises: Premises, receipt: MinedReceipt): readonly Posting[] => [
  postingOf(premises, minedOf(premises.chain, receipt), 'bid'),
]

function movedBy(premises: Premises, receipt: MinedReceipt, owner: Address | undefined): readonly Posting[] {
  const entries = [
    ...cashIn(premises, receipt),
    ...claimsIn(premises, receipt.logs),
    ...tokens(premises, receipt, owner),
  ]
  const { transactionHash: ref, blockNumber: block } = receipt
  return entries.length === 0 ? [] : [{ ref, chain: premises.chain, block, entries }]
}

/** Engine cash moves for a purchase that we offered, for a credit line, or as the account's owner says. */
function cashIn({ chain, executor, engine }: Premises, { logs, to }: MinedReceipt): readonly Entry[] {
  if (engine === undefined) return []
  const moved = parseEventLogs({ abi: marginEngineAbi, eventName: 'CashMoved', logs })
  const amount = moved.reduce((sum, { args }) => (same(args.account, executor) ? sum + args.amount : sum), 0n)
  const bought = parseEventLogs({ abi: creditLinesAbi, eventName: 'ClaimBought', logs })
  const ours = bought.some(({ args }) => same(args.provider, executor))
  const from: LedgerAccount = ours ? 'bids' : to !== null && same(to, engine.creditLines) ? 'lines' : 'owner'
  return move({ chain, asset: 'cash', amount, from, to: 'actual' })
}

/** Tokens may arrive from anybody; they leave by the owner's word alone. */
function tokens(premises: Premises, { logs, from }: MinedReceipt, owner: Address | undefined): readonly Entry[] {
  const byOwner = owner !== undefined && same(from, owner)
  const withdrawn = parseEventLogs({ abi: liquidatorExecutorAbi, eventName: 'Withdrawn', logs })
  const ours = withdrawn.filter(({ address }) => same(address, premises.executor))
  const known = logs.filter((log) => {
    const [transfer] = parseEventLogs({ abi: erc20Abi, eventName: 'Transfer', logs: [log] })
    if (transfer === undefined || !same(transfer.args.from, premises.executor)) return true
    return byOwner || ours.some(({ args }) => same(args.token, log.address) && args.amount === transfer.args.value)
  })
  return tokensIn(premises, known, 'owner')
}

const ownerOf = ({ rpc, premises }: Asked): Promise<Address | undefined> =>
  rpc
    .ask((node) =>
      readContract(node, { address: premises.executor, abi: liquidatorExecutorAbi, functionName: 'owner' }),
    )
    // An executor that names no owner explains nothing by it.
    .catch(() => undefined)

async function receiptOf(rpc: Rpc, hash: Hash): Promise<MinedReceipt | undefined> {
  const found = await rpc.ask((node) => node.request({ method: 'eth_getTransactionReceipt', params: [hash] }))
  return found?.blockHash ? { ...formatTransactionReceipt(found), dataFee: dataFeeOf(found) } : undefined
}

/** Transactions whose logs name us, by agreement: they decide whether money is missing. */
async function namingUs({ rpc, premises }: Asked, from: bigint, to: bigint): Promise<readonly Hash[]> {
  const range = { fromBlock: numberToHex(from), toBlock: numberToHex(to) }
  const found = await Promise.all(
    filtersOf(premises).map((filter) =>
      rpc.ask((node) => node.request({ method: 'eth_getLogs', params: [{ ...range, ...filter }] })),
    ),
  )
  return [...new Set(found.flat().flatMap(({ transactionHash }) => transactionHash ?? []))]
}

type Filter = { readonly address: Address[]; readonly topics: (Hex | Hex[] | null)[] }

function filtersOf({ engine, executor, mirrored, vaults }: Premises): readonly Filter[] {
  const us = padHex(executor)
  const beneficiaries = mirrored.map(({ beneficiary }) => padHex(beneficiary))
  const tokens = [...tokensOf(vaults)]
  return [
    { address: [executor], topics: [EXECUTED] },
    ...(engine ? [{ address: [engine.engine], topics: [CASH_MOVED, us] }] : []),
    ...(engine && mirrored.length > 0
      ? [{ address: mirrored.map(({ vault }) => vault.mirror), topics: [OWED, beneficiaries] }]
      : []),
    ...(tokens.length > 0 ? [{ address: tokens, topics: [TRANSFER, us] }] : []),
    ...(tokens.length > 0 ? [{ address: tokens, topics: [TRANSFER, null, us] }] : []),
  ]
}

const EXECUTED = toEventSelector('Executed(bytes32,uint8,int256)')
const CASH_MOVED = toEventSelector('CashMoved(address,int256,int256)')
const OWED = toEventSelector('Owed(address,address,address,uint256,uint256)')
const TRANSFER = toEventSelector('Transfer(address,address,uint256)')

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
