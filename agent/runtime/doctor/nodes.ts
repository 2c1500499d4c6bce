// The nodes behind every chain: who they are, how far they are, and whether they tell the same story.
import { createClient, http, numberToHex } from 'viem'
import { getBlock, getChainId } from 'viem/actions'
import type { AgentConfig } from '../../../config/schema.ts'
import type { Head } from '../../domain/market.ts'
import type { ChainId } from '../../domain/units.ts'
import { min } from '../../maths/fixed-point.ts'
import { check, type Finding, fail, ok, warn } from './finding.ts'

export type Node = ReturnType<typeof nodeAt>

/** A client for one look: a slow answer is a finding, not something to wait for. */
export const nodeAt = (url: string) =>
  createClient({ transport: http(url, { timeout: 4_000, retryCount: 0, batch: true }) })

type Seen = { readonly place: string; readonly node: Node; readonly head: Pick<Head, 'number' | 'timestamp'> }

/** Every endpoint of a chain, their agreement, and our clock (ms) against theirs. */
export async function examineChain(
  { id, rpc }: AgentConfig['chains'][number],
  now: () => number,
): Promise<readonly Finding[]> {
  const area = `chain ${id}`
  const seen: Seen[] = []
  const findings: Finding[] = []
  for (const url of rpc) {
    const place = new URL(url).origin
    findings.push(await check(area, place, () => meet(id, place, nodeAt(url), seen)))
  }
  const [first] = seen
  if (first === undefined) return findings
  findings.push(await check(area, 'clock', async () => clockAgainst(seen, now() / 1_000)))
  if (rpc.length > 1) findings.push(await check(area, 'agreement', () => agreement(seen)))
  return findings
}

async function meet(id: ChainId, place: string, node: Node, seen: Seen[]) {
  const found = await getChainId(node)
  if (found !== id) return fail(`serves chain ${found}`, `Point chain ${id} at a node of its own network.`)
  const started = performance.now()
  const { number, timestamp } = await getBlock(node)
  seen.push({ place, node, head: { number, timestamp } })
  const millis = performance.now() - started
  const words = `block ${number}, answers in ${millis.toFixed(0)} ms`
  return millis > SLOW ? warn(words, 'Use a nearer node: money reads are given up after 800 ms.') : ok(words)
}

const SLOW = 800

/** A clock that is behind refuses good prices as being from the future; a node that is behind shows the past. */
function clockAgainst(seen: readonly Seen[], now: number) {
  const age = now - Math.max(...seen.map(({ head }) => Number(head.timestamp)))
  const words = `newest block is ${age.toFixed(1)} s old`
  if (age < -2) return fail(words, 'Set the clock of this machine (chrony or systemd-timesyncd).')
  return age > OLD ? warn(words, 'Check the clock of this machine, and whether the nodes are in sync.') : ok(words)
}

const OLD = 60

/** The hash of the newest block that all of them have. */
async function agreement(seen: readonly Seen[]) {
  const [first, ...others] = seen.map(({ head }) => head.number)
  const number = others.reduce(min<bigint>, first ?? 0n)
  const hashes = await Promise.all(seen.map(async ({ node }) => (await getBlock(node, { blockNumber: number })).hash))
  if (new Set(hashes).size === 1) return ok(`${seen.length} nodes agree on block ${number}`)
  const said = seen.map(({ place }, i) => `${place} ${hashes[i]?.slice(0, 10)}`).join(', ')
  return fail(
    `block ${number} differs: ${said}`,
    `Find out which node is on a fork (${numberToHex(number)}) and drop it.`,
  )
}
