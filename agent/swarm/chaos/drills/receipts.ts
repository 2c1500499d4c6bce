// Drills of inclusion: what one or two of three providers make up about a transaction, and who believes it.
import type { Hash } from 'viem'
import type { JournaledTx } from '../../../ports/journal.ts'
import {
  complain,
  type Drill,
  FINALITY,
  hashOf,
  history,
  never,
  openCount,
  order,
  type Stage,
  signer,
  three,
  until,
  usd,
} from './stage.ts'

const RECEIPT = 'eth_getTransactionReceipt'
const COUNT = 'eth_getTransactionCount'

/** A provider invents a receipt in a real block; the account's own nonce denies it. */
export const receiptAgainstNonce: Drill = async (stage) => {
  const [liar] = stage.proxies
  liar.add({ kind: 'swallow', hashOf })
  const transactor = await stage.open({}, { urls: [liar.url] })
  return believes(stage, transactor.send(order(1), never), async (row) => {
    const block = await stage.node.request<{ hash: Hash }>('eth_getBlockByNumber', ['0x1', false])
    liar.add({ kind: 'lie', path: '', value: receipt(row.hash, block.hash), methods: [RECEIPT] })
  })
}

/** A provider invents a receipt in a block that is not the one of its height, with a nonce that agrees. */
export const receiptOffChain: Drill = async (stage) => {
  const [liar] = stage.proxies
  liar.add({ kind: 'swallow', hashOf })
  const transactor = await stage.open({}, { urls: [liar.url] })
  return believes(stage, transactor.send(order(1), never), async (row) => {
    await stage.mine()
    const other = await stage.node.request<{ hash: Hash }>('eth_getBlockByNumber', ['0x2', false])
    liar.add({ kind: 'lie', path: '', value: receipt(row.hash, other.hash), methods: [RECEIPT] })
    liar.add({ kind: 'lie', path: '', value: '0x1', methods: [COUNT] })
  })
}

/** One of three providers tells of a receipt, and of the nonce to it; two do not. */
export const receiptOfOne: Drill = async (stage) => {
  const [liar, ...others] = stage.proxies
  for (const proxy of stage.proxies) proxy.add({ kind: 'swallow', hashOf })
  const transactor = await stage.open({}, three(stage.proxies))
  return believes(
    stage,
    transactor.send(order(1), never),
    async (row) => {
      // Whoever believes the first answer hears the liar's.
      for (const proxy of others) proxy.add({ kind: 'latency', millis: 500, methods: [RECEIPT, COUNT] })
      const block = await stage.node.request<{ hash: Hash }>('eth_getBlockByNumber', ['0x1', false])
      liar.add({ kind: 'lie', path: '', value: receipt(row.hash, block.hash), methods: [RECEIPT] })
      liar.add({ kind: 'lie', path: '', value: '0x1', methods: [COUNT] })
    },
    1_500,
  )
}

/** Two of three providers conspire about a large amount; the third proves nothing of it. */
export const receiptOfTwo: Drill = async (stage) => {
  const [first, second, third] = stage.proxies
  for (const liar of [first, second]) liar.add({ kind: 'swallow', hashOf })
  third.add({ kind: 'error', code: -32_000, message: 'busy', methods: ['eth_sendRawTransaction'] })
  const finality = [
    { below: usd(1_000), blocks: FINALITY, proof: false },
    { below: undefined, blocks: FINALITY, proof: true },
  ]
  const transactor = await stage.open({ finality }, three(stage.proxies))
  return believes(stage, transactor.send(order(1, { value: usd(50_000) }), never), async (row) => {
    const block = await stage.node.request<{ hash: Hash }>('eth_getBlockByNumber', ['0x1', false])
    for (const liar of [first, second]) {
      liar.add({ kind: 'lie', path: '', value: receipt(row.hash, block.hash), methods: [RECEIPT] })
      liar.add({ kind: 'lie', path: '', value: '0x1', methods: [COUNT] })
      liar.add({ kind: 'lie', path: 'nonce', value: '0x1', methods: ['eth_getProof'] })
    }
  })
}

/** Whether an invented inclusion is believed within a few blocks. */
async function believes(
  stage: Stage,
  sent: Promise<unknown>,
  lie: (row: JournaledTx) => Promise<void>,
  wait = 600,
): Promise<readonly string[]> {
  let told = false
  void sent.then(
    () => {
      told = true
    },
    () => undefined,
  )
  await until(() => openCount(stage) === 1)
  const [row] = history(stage)
  if (row === undefined) return ['nothing was journaled']
  await stage.mine()
  await lie(row)
  for (let block = 0; block < FINALITY + 3 && !told; block++) {
    await stage.mine()
    await until(() => told, wait)
  }
  return [
    ...complain(told, 'a transaction that is in no block was reported as mined'),
    ...complain(openCount(stage) === 0, 'a transaction that is in no block was booked as settled'),
  ]
}

const receipt = (hash: Hash, blockHash: Hash) => ({
  ...{ transactionHash: hash, transactionIndex: '0x0', blockHash, blockNumber: '0x1', status: '0x1', logs: [] },
  ...{
    from: signer.address,
    to: signer.address,
    gasUsed: '0x5208',
    cumulativeGasUsed: '0x5208',
    effectiveGasPrice: '0x1',
  },
})
