// What happened on an engine chain between two blocks, from its logs.
import { type Address, type Log, numberToHex, parseEventLogs, toEventSelector } from 'viem'
import type { ClaimFact } from '../../domain/message.ts'
import type { EngineDeployment, Network, VaultDeployment } from '../../domain/network.ts'
import { type AccountId, wad } from '../../domain/units.ts'
import type { EngineEvents } from '../../ports/chain.ts'
import { creditLinesAbi } from './abi/credit-lines.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import { linesIn } from './line-events.ts'
import { digitsOf } from './rpc/scan-logs.ts'
import type { Rpc } from './rpc.ts'

/** Where to look, and whom to leave out: the engine's own pool and insurance are nobody's accounts. */
export type EventPlaces = {
  readonly deployment: EngineDeployment
  readonly network: Network
  readonly ownAccounts: readonly Address[]
}

/** Everything of interest in a range of blocks, inclusive. */
export async function readEvents(rpc: Rpc, places: EventPlaces, from: bigint, to: bigint): Promise<EngineEvents> {
  const { engine, auction, creditLines } = places.deployment
  const address = [engine, auction, creditLines, ...mirrorsOf(places).map(({ mirror }) => mirror)]
  const filter = { address, topics: [[...TOPICS]], fromBlock: numberToHex(from), toBlock: numberToHex(to) }
  const { touched, others } = await rpc.logs(filter, TOUCHING)
  const events = eventsIn(places, others)
  const all = new Set([...touched, ...events.touched])
  for (const own of places.ownAccounts) all.delete(own)
  return { ...events, touched: [...all] }
}

/** The same from logs at hand. */
export function eventsIn(places: EventPlaces, logs: readonly Log[]): EngineEvents {
  const found = parseEventLogs({ abi: EVENTS, logs: [...logs] })
  return {
    touched: touchedIn(places, found),
    owed: found.flatMap((log) => (log.eventName === 'Owed' ? owedFact(places, log) : [])),
    bids: found.flatMap((log) =>
      log.eventName === 'BidTaken'
        ? [{ account: log.args.account, bidder: log.args.bidder, number: log.blockNumber ?? 0n, tx: hashOf(log) }]
        : [],
    ),
    purchases: found.flatMap((log) =>
      log.eventName === 'ClaimBought'
        ? [
            {
              provider: log.args.provider,
              bidder: log.args.bidder,
              account: log.args.account,
              value: wad(log.args.collateralValue),
              cash: wad(log.args.cash),
              tx: hashOf(log),
            },
          ]
        : [],
    ),
    lines: linesIn(logs),
    terms: found.some(({ eventName }) => TERMS.has(eventName)),
  }
}

/** The collateral of a vault's asset and the vault of a mirror. */
export function placeOf(places: EventPlaces, mirror: Address, asset: Address) {
  const vault = mirrorsOf(places).find((one) => same(one.mirror, mirror))
  const listed = vault?.assets.find(({ token }) => same(token, asset))
  return vault && listed ? { vault: vault.id, collateral: listed.collateral } : undefined
}

/** What names the accounts that changed, the claims, the bids and the purchases; trades and cash come with an update. */
const WANTED = [
  'AccountUpdated',
  'AuctionStarted',
  'AuctionEnded',
  'BidTaken',
  'Credited',
  'Owed',
  'ClaimBought',
  'LineRequested',
  'LineOpened',
  'LineRepaid',
  'LineEnforced',
  'LineSettled',
  'FundingAccrued',
  'SeriesFixed',
  'GapChanged',
  'InstrumentListed',
  'CollateralListed',
] as const
type Wanted = (typeof WANTED)[number]

const EVENTS = [...marginEngineAbi, ...liquidationAuctionAbi, ...vaultMirrorAbi, ...creditLinesAbi].filter(isWanted)
const TOPICS = EVENTS.map((event) => toEventSelector(event))

function isWanted<T extends { readonly type: string }>(
  item: T,
): item is Extract<T, { readonly type: 'event'; readonly name: Wanted }> {
  return item.type === 'event' && 'name' in item && WANTED.some((name) => name === item.name)
}

/** Events of which only the account matters, by the digits of their first topic. */
const TOUCHING: ReadonlySet<string> = new Set(
  EVENTS.filter(({ name }) => name.startsWith('Account') || name.startsWith('Auction') || name === 'Credited')
    .filter(({ inputs: [first] }) => first?.name === 'account' && first.indexed && first.type === 'address')
    .map((event) => digitsOf(toEventSelector(event))),
)

/** What changes the terms of everybody. */
const TERMS: ReadonlySet<string> = new Set([
  ...['FundingAccrued', 'SeriesFixed', 'GapChanged', 'InstrumentListed', 'CollateralListed'],
])

type Found = ReturnType<typeof parseEventLogs<typeof EVENTS>>[number]
type OwedLog = Extract<Found, { eventName: 'Owed' }>

function touchedIn({ ownAccounts }: EventPlaces, found: readonly Found[]): readonly AccountId[] {
  const touched = new Set<AccountId>()
  for (const log of found) {
    if (log.eventName === 'Owed') touched.add(log.args.from)
    else if ('account' in log.args && log.args.account !== undefined) touched.add(log.args.account)
  }
  for (const own of ownAccounts) touched.delete(own)
  return [...touched]
}

function owedFact(places: EventPlaces, log: OwedLog): readonly ClaimFact[] {
  const place = placeOf(places, log.address, log.args.asset)
  if (place === undefined) return []
  const { beneficiary, cumulative } = log.args
  return [{ chain: places.deployment.chain, ...place, kind: 'opened', beneficiary, cumulative, tx: hashOf(log) }]
}

const hashOf = (log: { readonly transactionHash: `0x${string}` | null }): `0x${string}` => log.transactionHash ?? '0x'

const mirrorsOf = ({ network, deployment }: EventPlaces): readonly VaultDeployment[] =>
  network.vaults.filter(({ engine }) => engine === deployment.chain)

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
