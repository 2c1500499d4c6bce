// Starts the clock of auctions without bidding: the discount rises only once somebody did.
import { concatHex, keccak256, parseEventLogs, stringToHex } from 'viem'
import type { Candidate } from '../../domain/liquidation.ts'
import type { AuctionsOpened } from '../../ports/chain.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import type { Bidder } from './bid.ts'
import { pushPrices } from './bid-acts.ts'
import { act, executeCall, LEG } from './executor-call.ts'
import { sender } from './link.ts'

/** Gas limits, twice over what is used: a block has room for limits, not for what is used. */
const GAS_OF_PRICES = 500_000n
const GAS_OF_START = 200_000n
/** Seconds after which an opening that was not included is given up. */
const PATIENCE = 6n

/**
 * Carries the newest candidate's prices to the engine and opens every auction that may be opened at them; accounts that
 * healed or run already are passed over.
 */
export async function openAuctions(
  { deployment, executor, link }: Bidder,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<AuctionsOpened> {
  const newest = candidates.reduce((a, b) => (sequenceOf(b) > sequenceOf(a) ? b : a))
  const ids = candidates.map(({ account }) => account.id)
  const intent = keccak256(concatHex([stringToHex(`open ${sequenceOf(newest)}`), ...ids]))
  const deadline = BigInt(Math.floor(link.clock.now() / 1_000)) + PATIENCE
  const start = act(deployment.auction, { abi: liquidationAuctionAbi, functionName: 'startMany', args: [ids] })
  const guard = { intent, leg: LEG.open, deadline, floor: 0n }
  const data = executeCall([pushPrices(deployment, newest.batches), start], guard)
  const gas = GAS_OF_PRICES + GAS_OF_START * BigInt(ids.length)
  const { mined } = await sender(link).send({ to: executor, data, gas, leg: 'open', intent, deadline }, signal)
  const started = parseEventLogs({ abi: liquidationAuctionAbi, logs: [...mined.logs], eventName: 'AuctionStarted' })
  return { gasCost: mined.gasCost, started: started.map(({ args }) => args.account) }
}

const sequenceOf = ({ batches }: Candidate): number => Math.min(...batches.map(({ sequence }) => sequence))
