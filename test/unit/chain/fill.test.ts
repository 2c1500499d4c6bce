import { type AbiEvent, type Address, encodeAbiParameters, encodeEventTopics, type Log } from 'viem'
import { expect, test } from 'vitest'
import { liquidationAuctionAbi } from '../../../agent/adapters/chain/abi/liquidation-auction.ts'
import { liquidatorExecutorAbi } from '../../../agent/adapters/chain/abi/liquidator-executor.ts'
import { marginEngineAbi } from '../../../agent/adapters/chain/abi/margin-engine.ts'
import { fillOf } from '../../../agent/adapters/chain/fill.ts'
import { smallNetwork } from '../../support/agent-directory.ts'
import { address, anchor, hash, submitted } from '../../support/builders.ts'

const [US, TRADER] = [address(0xa9), address(0x71)]
const ABI = [...liquidationAuctionAbi, ...marginEngineAbi, ...liquidatorExecutorAbi]

/** A log as a node would give it. */
function log(name: string, args: Readonly<Record<string, unknown>>): Log {
  const event = ABI.find(
    (item): item is Extract<(typeof ABI)[number], AbiEvent> => item.type === 'event' && item.name === name,
  )
  if (event === undefined) throw new Error(`no event ${name}`)
  const topics = encodeEventTopics({ abi: [event as AbiEvent], eventName: name, args })
  const plain = event.inputs.filter(({ indexed }) => !indexed)
  const data = encodeAbiParameters(plain, plain.map((input) => args[input.name ?? '']) as never)
  const place = { blockNumber: 2n, blockHash: hash(2), transactionHash: hash(0x77), transactionIndex: 0, logIndex: 0 }
  return {
    ...place,
    address: US,
    topics: topics as Log['topics'],
    data,
    removed: false,
    blockTimestamp: undefined,
  } as Log
}

const paid = (account: Address, amount: bigint): Log => log('FundingPaid', { account, instrument: 0, amount })

test('funding of what we had kept is ours, that of the account we took from is not', () => {
  const [engine] = smallNetwork.engines
  if (engine === undefined) throw new Error('a network has an engine')
  const { intent } = submitted()
  const taken = {
    account: TRADER,
    bidder: US,
    beneficiary: US,
    fraction: 5_000,
    pay: 7n,
    outlay: 5n,
    collateralValue: 9n,
  }
  const logs = [
    log('BidTaken', { ...taken, version: 1n }),
    log('Executed', { intent: intent.id, leg: 0, change: -2n }),
    paid(US, 40n),
    paid(US, -15n),
    paid(TRADER, 1_000n),
  ]
  const mined = { hash: hash(0x77), anchor: anchor(2n), status: 'included', gasCost: 3n, logs } as const
  const places = { deployment: engine, network: smallNetwork, ownAccounts: [], executor: US }
  expect(fillOf(places, intent, mined)).toMatchObject({ funding: -25n, cashChange: -2n, outlay: 5n, tradeFees: 0n })
})
