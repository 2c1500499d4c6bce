// What time it is on a chain. Our clock may be wrong by minutes; what a chain refuses or accepts goes by its blocks.
import { max } from '../../maths/fixed-point.ts'
import { blockBy } from './heads.ts'
import type { ChainLink } from './link.ts'

type Timed = Pick<ChainLink, 'rpc' | 'clock'>

/** So many seconds from now, as the chain counts them: from our clock, or from the newest block where ours is behind. */
export async function secondsFromNow(link: Timed, seconds: bigint): Promise<bigint> {
  return max(secondsOf(link), await newest(link)) + seconds
}

/** Whether our clock is further ahead of the newest block than blocks are apart: what we think is due may not be. */
export async function runsAhead(link: Timed): Promise<boolean> {
  return secondsOf(link) > (await newest(link)) + APART
}

/** Seconds that may pass between two blocks of a chain in use: two of Ethereum's slots and some. */
const APART = 30n

const secondsOf = ({ clock }: Timed): bigint => BigInt(Math.floor(clock.now() / 1_000))

const newest = async ({ rpc }: Timed): Promise<bigint> => (await blockBy(rpc, 'latest'))?.timestamp ?? 0n
