// What every chain must do, ours behind a real node and the fake that stands in for it.
import { keccak256 } from 'viem'
import { afterEach, describe, expect, test } from 'vitest'
import { openLink } from '../../agent/adapters/chain/link.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { chainId, millis } from '../../agent/domain/units.ts'
import type { ChainReader, HeadEvent } from '../../agent/ports/chain.ts'
import { startAnvil } from '../support/anvil.ts'
import { fakeChain } from '../support/fake-chain.ts'

const CHAIN = chainId(31_337)

/** A chain at block 5 that mines and reorganises when told to. */
type Subject = {
  readonly reader: ChainReader
  mine(blocks: number): Promise<void>
  reorg(depth: number): Promise<void>
  close(): Promise<void>
}

const subjects = [
  { name: 'a real node', open: openReal },
  { name: 'the fake', open: openFake },
]

describe.each(subjects)('$name', ({ open }) => {
  let subject: Subject
  let ended: AbortController
  afterEach(async () => {
    ended.abort()
    await subject.close()
  })
  const begin = async () => {
    ended = new AbortController()
    subject = await open()
    return listen(subject.reader.heads(ended.signal))
  }

  test('tells its newest head first, then the next ones without holes', async () => {
    const story = await begin()
    expect(await story.until(5n)).toEqual(['head 5'])
    await subject.mine(3)
    expect(await story.until(8n)).toEqual(['head 6', 'head 7', 'head 8'])
  })

  test('tells the first block that left, then those that replace it', async () => {
    const story = await begin()
    await story.until(5n)
    await subject.mine(3)
    await story.until(8n)
    await subject.reorg(2)
    await subject.mine(1)
    expect(await story.until(9n)).toEqual(['reorg 7', 'head 7', 'head 8', 'head 9'])
  })

  test('gives headers that hash to their blocks and name their parents', async () => {
    await begin()
    const { rlp, head } = await subject.reader.header(4n)
    const child = await subject.reader.header(5n)
    expect(keccak256(rlp)).toBe(head.hash)
    expect(child.head.parentHash).toBe(head.hash)
    expect(await subject.reader.latest()).toEqual(child.head)
  })

  test('has no block that was not made', async () => {
    await begin()
    await expect(subject.reader.header(99n)).rejects.toMatchObject({ code: 'E_BLOCK_MISSING' })
  })

  test('proves the slots asked for, in their order', async () => {
    await begin()
    const keys = [keccak256('0x01'), keccak256('0x02')]
    const { slots } = await subject.reader.proof('0x00000000000000000000000000000000000000aa', keys, 5n)
    expect(slots.map(({ key }) => key)).toEqual(keys)
  })
})

async function openReal(): Promise<Subject> {
  const anvil = await startAnvil({ chainId: CHAIN, args: ['--no-mining'] })
  const link = await openLink({ chain: CHAIN, urls: [anvil.url], clock: systemClock, poll: millis(5) })
  const [from] = (await anvil.ask('eth_accounts')) as string[]
  const mine = async (blocks: number) => void (await anvil.ask('anvil_mine', `0x${blocks.toString(16)}`))
  await mine(5)
  return {
    reader: link.reader,
    mine,
    // An empty block would be made again as it was: a transaction makes the branch another one.
    reorg: async (depth) => void (await anvil.ask('anvil_reorg', depth, [[{ from, to: from, value: '0x1' }, 0]])),
    close: async () => {
      await link.close()
      await anvil.stop()
    },
  }
}

async function openFake(): Promise<Subject> {
  const reader = fakeChain(CHAIN)
  reader.mine(5)
  return {
    reader,
    mine: async (blocks) => reader.mine(blocks),
    reorg: async (depth) => reader.reorg(depth),
    close: async () => undefined,
  }
}

/** Reads events in words, up to and including the head of a block. */
function listen(events: AsyncIterable<HeadEvent>) {
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
