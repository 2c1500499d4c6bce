// Reading the logs of a range: ours by place, viem's and ethers' by parsing. Answers of 2,000 logs that say which account
// changed, and the same with one log in twenty that says more. node test/bench/hot/logs.mjs
import { Interface } from 'ethers'
import { encodeAbiParameters, encodeEventTopics, formatLog, parseEventLogs, toEventSelector } from 'viem'
import { liquidationAuctionAbi } from '../../../agent/adapters/chain/abi/liquidation-auction.ts'
import { marginEngineAbi } from '../../../agent/adapters/chain/abi/margin-engine.ts'
import { logsCall } from '../../../agent/adapters/chain/rpc/logs.ts'
import { atLeast, guide, inTurns, report } from './measure.ts'

const COUNT = 2_000
const [ENGINE, AUCTION] = [`0x${'5f'.repeat(20)}`, `0x${'6e'.repeat(20)}`]
const abi = [...marginEngineAbi, ...liquidationAuctionAbi].filter(({ type }) => type === 'event')
const hex = (n, digits = 64) => `0x${n.toString(16).padStart(digits, '0')}`
const accountOf = (i) => hex(0xabc000 + (i % 400), 40)

const place = (i) => ({
  blockHash: hex(i * 31 + 5),
  blockNumber: hex(18_000_000 + (i >> 3), 7),
  blockTimestamp: '0x65000000',
  transactionHash: hex(i * 77 + 3),
  transactionIndex: '0x1',
  logIndex: hex(i, 3),
  removed: false,
})

const updated = (i) => ({
  address: ENGINE,
  topics: encodeEventTopics({ abi: marginEngineAbi, eventName: 'AccountUpdated', args: { account: accountOf(i) } }),
  data: encodeAbiParameters([{ type: 'uint64' }], [BigInt(i)]),
  ...place(i),
})

/** A log of which more matters than its account. */
function bid(i) {
  const event = liquidationAuctionAbi.find(({ type, name }) => type === 'event' && name === 'BidTaken')
  const args = { account: accountOf(i), bidder: accountOf(i + 1), beneficiary: accountOf(i + 2) }
  const plain = event.inputs.filter(({ indexed }) => !indexed)
  const topics = encodeEventTopics({
    abi: [event],
    args: Object.fromEntries(event.inputs.filter(({ indexed }) => indexed).map(({ name }) => [name, args[name]])),
  })
  return { address: AUCTION, topics, data: encodeAbiParameters(plain, plain.map(plainOf)), ...place(i) }
}

const plainOf = ({ type }) => (type === 'address' ? ENGINE : type.endsWith('[]') ? [] : type === 'bool' ? false : 1n)

function compare(logs) {
  const text = JSON.stringify({ jsonrpc: '2.0', id: 1, result: logs })
  const body = Buffer.from(text)
  const filter = { address: [ENGINE, AUCTION], topics: [], fromBlock: '0x0', toBlock: hex(30_000_000, 7) }
  const call = logsCall(
    filter,
    new Set([toEventSelector(marginEngineAbi.find(({ name }) => name === 'AccountUpdated')).slice(2)]),
  )
  const found = call.read(body, 1)
  const rest = logs.filter(({ address }) => address === AUCTION).length
  if (found?.touched.length !== (rest === 0 ? 400 : 380) || found.others.length !== rest)
    throw new Error(`expected every log, found ${found?.touched.length} accounts and ${found?.others.length} others`)
  const ethers = new Interface(abi)
  const { ours, viem, theirs, json } = inTurns(
    {
      ours: () => call.read(body, 1),
      viem: () => parseEventLogs({ abi, logs: JSON.parse(body.toString()).result.map((log) => formatLog(log)) }),
      theirs: () => JSON.parse(body.toString()).result.map((log) => ethers.parseLog(log)),
      json: () => JSON.parse(body.toString()),
    },
    3,
  )
  process.stdout.write(
    `${(text.length / COUNT).toFixed(0)} bytes a log; us a log: ours ${(ours / COUNT).toFixed(2)}, JSON.parse ${(json / COUNT).toFixed(2)}, viem ${(viem / COUNT).toFixed(2)}, ethers ${(theirs / COUNT).toFixed(2)}\n`,
  )
  return { ours, viem, theirs }
}

const plain = compare(Array.from({ length: COUNT }, (_, i) => updated(i)))
const mixed = compare(Array.from({ length: COUNT }, (_, i) => (i % 20 === 0 ? bid(i) : updated(i))))
report([
  atLeast('B12', 'logs of a range, of accounts that changed', [plain.viem / plain.ours, 20], 'viem getLogs path'),
  atLeast('B12', 'logs of a range, of accounts that changed', [plain.theirs / plain.ours, 100], 'ethers'),
  {
    ...guide('B12', 'logs of a range, of accounts that changed', [COUNT / plain.ours, 1.5], 'M/s'),
    direction: 'at-least',
  },
  {
    ...guide('B12', 'logs of a range, one in twenty of bids', [mixed.viem / mixed.ours, 20], 'x'),
    direction: 'at-least',
  },
])
