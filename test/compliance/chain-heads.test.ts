import { keccak256 } from 'viem'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChainLink, openLink } from '../../agent/adapters/chain/link.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { chainId, millis } from '../../agent/domain/units.ts'
import type { HeadEvent } from '../../agent/ports/chain.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'

const CHAIN = chainId(31_337)
let anvil: Anvil
let link: ChainLink
let ended: AbortController

beforeEach(async () => {
  anvil = await startAnvil({ chainId: CHAIN, args: ['--no-mining'] })
  link = await openLink({ chain: CHAIN, urls: [anvil.url], clock: systemClock, poll: millis(5) })
  ended = new AbortController()
})

afterEach(async () => {
  ended.abort()
  await link.close()
  await anvil.stop()
})

test('every header hashes to its block, whatever was in it', async () => {
  const [from] = (await anvil.ask('eth_accounts')) as string[]
  await anvil.ask('eth_sendTransaction', { from, to: from, value: '0x1' })
  await anvil.ask('anvil_mine', '0x5')
  for (let number = 0n; number <= 5n; number++) {
    const { rlp, head } = await link.reader.header(number)
    expect(keccak256(rlp)).toBe(head.hash)
    expect(head.number).toBe(number)
  }
})

test('a proof at a block leads to that header', async () => {
  await anvil.ask('anvil_mine', '0x2')
  const block = (await anvil.ask('eth_getBlockByNumber', '0x2', false)) as { stateRoot: string }
  const proof = await link.reader.proof('0x00000000000000000000000000000000000000aa', [`0x${'0'.repeat(64)}`], 2n)
  expect(proof.slots).toEqual([{ key: `0x${'0'.repeat(64)}`, proof: [EMPTY_TRIE] }])
  expect(keccak256(proof.accountProof[0] ?? '0x')).toBe(block.stateRoot)
})

test('a second follower starts at the head and both hear the next one', async () => {
  const first = tell(link.reader.heads(ended.signal))
  await first.until(0n)
  const second = tell(link.reader.heads(ended.signal))
  expect(await second.until(0n)).toEqual(['head 0'])
  await anvil.ask('evm_mine')
  expect(await Promise.all([first.until(1n), second.until(1n)])).toEqual([['head 1'], ['head 1']])
})

test('a wrong chain behind a URL is named with both ids and without the credentials', async () => {
  const url = anvil.url.replace('http://', 'http://user:secret@')
  await expect(openLink({ chain: chainId(1), urls: [url], clock: systemClock })).rejects.toMatchObject({
    code: 'E_CHAIN_ID',
    exit: 4,
    message: `Expected chain 1 at ${anvil.url}, found chain 31337.`,
  })
})

test('a node that does not answer is E_RPC_DOWN, to be tried again', async () => {
  await anvil.stop()
  await expect(openLink({ chain: CHAIN, urls: [anvil.url], clock: systemClock })).rejects.toMatchObject({
    code: 'E_RPC_DOWN',
    remedy: 'retry',
  })
})

/** RLP of nothing: the root node of a trie without entries. */
const EMPTY_TRIE = '0x80'

/** Reads events in words, up to and including the head of a block. */
function tell(events: AsyncIterable<HeadEvent>) {
  const iterator = events[Symbol.asyncIterator]()
  return {
    async until(number: bigint): Promise<readonly string[]> {
      const words: string[] = []
      for (;;) {
        const { value, done } = await iterator.next()
        if (done) return words
        words.push(value.kind === 'head' ? `head ${value.head.number}` : `reorg ${value.from.number}`)
        if (value.kind === 'head' && value.head.number === number) return words
      }
    },
  }
}
