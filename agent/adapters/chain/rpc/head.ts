// The block that a quorum of providers calls its own: the highest that enough of them have under one hash.
import type { Hex } from 'viem'
import type { Manner, Outcome, Provider } from './provider.ts'

/** A block as a node gives it, typed; what matters here is its place. */
export type Block = { readonly number: Hex; readonly hash: Hex; readonly parentHash: Hex }

type Seen = { readonly provider: Provider; readonly blocks: Map<bigint, Block> }

/** Blocks one level further down are tried before a disagreement is given up on. */
const LEVELS = 3

/** Blocks behind the agreed head after which a provider is behind, not merely slower. */
const LAG = 3n

/** The newest block that `need` providers agree on; a text that says why there is none. */
export async function agreedHead(
  providers: readonly Provider[],
  { need, ...manner }: Manner & { readonly need: number },
): Promise<Block | string> {
  const seen = await latestOf(providers, need, manner)
  const heights = seen.map(tipOf).toSorted((a, b) => (a > b ? -1 : 1))
  const reached = heights[need - 1]
  if (reached === undefined) return `${need} providers must tell their head, ${heights.length} did`
  for (let height = reached; height >= 0n && height > reached - BigInt(LEVELS); height--) {
    await fill(seen, height, manner)
    const block = majority(seen, height, need)
    if (block === undefined) continue
    reproach(seen, block)
    return block
  }
  return `no block that ${need} of ${providers.length} providers have under one hash`
}

const LATEST = { method: 'eth_getBlockByNumber', params: ['latest', false] } as const

/** Time (ms) that late heads get once enough have come and differ: a hanging provider must not hold the others up. */
const GRACE = 40

/** Waits until enough providers name one head, or the moment after enough have answered at all. */
function latestOf(providers: readonly Provider[], need: number, manner: Manner): Promise<readonly Seen[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Seen[]>()
  const asked = providers.filter((provider) => provider.available(manner.urgent))
  const seen: Seen[] = []
  let missing = asked.length
  let timer: NodeJS.Timeout | undefined
  const end = () => {
    clearTimeout(timer)
    resolve(seen.slice())
  }
  const look = () => {
    if (missing === 0 || unanimous(seen, need)) end()
    else if (seen.length >= need) timer ??= setTimeout(end, GRACE)
  }
  for (const provider of asked)
    provider.ask([LATEST], manner).then(([outcome]) => {
      missing--
      const block = blockIn(outcome)
      if (block) seen.push({ provider, blocks: new Map([[BigInt(block.number), block]]) })
      look()
    }, reject)
  look()
  return promise
}

/** Enough of them name one and the same head: nobody else needs to be heard. */
const unanimous = (seen: readonly Seen[], need: number): boolean =>
  seen.some((one) => majority(seen, tipOf(one), need) !== undefined)

/** Asks those who are higher for their block at this height. */
async function fill(seen: readonly Seen[], height: bigint, manner: Manner): Promise<void> {
  await Promise.all(
    seen.map(async ({ provider, blocks }) => {
      if (blocks.has(height)) return
      const number: Hex = `0x${height.toString(16)}`
      const [outcome] = await provider.ask([{ method: 'eth_getBlockByNumber', params: [number, false] }], manner)
      const block = blockIn(outcome)
      if (block) blocks.set(height, block)
    }),
  )
}

function majority(seen: readonly Seen[], height: bigint, need: number): Block | undefined {
  const found = seen.flatMap(({ blocks }) => blocks.get(height) ?? [])
  return found.find((block) => found.filter((other) => JSON.stringify(other) === JSON.stringify(block)).length >= need)
}

/** Who has another block at that height is on another branch; who is far below does not keep up. */
function reproach(seen: readonly Seen[], head: Block): void {
  const height = BigInt(head.number)
  for (const one of seen) {
    const own = one.blocks.get(height)
    if (own !== undefined && own.hash !== head.hash) one.provider.note('behind', `another block ${height}`)
    else if (own !== undefined && JSON.stringify(own) !== JSON.stringify(head))
      one.provider.note('lying', `other contents of block ${height}`)
    else if (tipOf(one) + LAG < height) one.provider.note('behind', `head ${tipOf(one)}, the others have ${height}`)
    else one.provider.note('abreast', `has block ${height}`)
  }
}

const tipOf = ({ blocks }: Seen): bigint => [...blocks.keys()].reduce((a, b) => (a > b ? a : b), 0n)

function blockIn(outcome: Outcome | undefined): Block | undefined {
  const value = outcome?.kind === 'answer' ? outcome.value : undefined
  // Typed by its shape on the wire: number, hash and parentHash are there.
  return typeof value === 'object' && value !== null ? (value as Block) : undefined
}
