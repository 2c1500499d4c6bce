// Chains without a node: blocks are made by hand, every answer is a plain value that a test may change.
import { type Hex, keccak256, toHex, toRlp } from 'viem'
import { stream } from '../../agent/adapters/chain/stream.ts'
import { unavailable } from '../../agent/domain/errors.ts'
import type { Intent, Outcome } from '../../agent/domain/liquidation.ts'
import type { EngineTerms, Head, MarginAccount } from '../../agent/domain/market.ts'
import type { Offer } from '../../agent/domain/message.ts'
import { type AccountId, bps, type ChainId, type VaultId, type Wad, wad } from '../../agent/domain/units.ts'
import type {
  ChainReader,
  ClaimStep,
  Deposit,
  EngineChain,
  EngineEvents,
  HeadEvent,
  VaultChain,
} from '../../agent/ports/chain.ts'

/** A chain whose blocks the test makes. */
export type FakeChain = ChainReader & {
  /** Makes blocks and tells every follower. */
  mine(blocks?: number): void
  /** Replaces the newest blocks by as many others. */
  reorg(depth: number): void
}

/** A chain with a genesis block. */
export function fakeChain(id: ChainId): FakeChain {
  const followers = new Set<(event: HeadEvent) => void>()
  const tell = (event: HeadEvent) => {
    for (const follower of followers) follower(event)
  }
  let branch = 0
  let blocks: readonly Block[] = [block(id, undefined, branch)]
  const tip = (): Head => last(blocks).head
  const mine = (count = 1) => {
    for (let i = 0; i < count; i++) {
      blocks = [...blocks, block(id, tip(), branch)]
      tell({ kind: 'head', head: tip() })
    }
  }
  return {
    id,
    mine,
    reorg: (depth) => {
      const gone = blocks.at(-depth)
      if (gone === undefined || depth >= blocks.length) throw new Error('a genesis block does not leave')
      branch++
      blocks = blocks.slice(0, -depth)
      tell({ kind: 'reorg', from: { chain: id, number: gone.head.number, hash: gone.head.hash } })
      mine(depth)
    },
    heads: (signal) =>
      stream<HeadEvent>(signal, (push) => {
        push({ kind: 'head', head: tip() })
        followers.add(push)
        return () => followers.delete(push)
      }),
    latest: async () => tip(),
    header: async (number) => blocks[Number(number)] ?? missing(number),
    proof: async (address, slots) => ({ address, accountProof: [], slots: slots.map((key) => ({ key, proof: [] })) }),
    nativeBalance: async () => 10n ** 21n,
    committable: () => true,
  }
}

/** What a fake engine answers, and what it was asked to do. */
export type FakeEngine = FakeChain &
  EngineChain & {
    readonly known: Map<AccountId, MarginAccount>
    readonly bids: { readonly intent: Intent; readonly offer: Offer | undefined }[]
    /** Decides a bid; a lost race until the test says otherwise. */
    fate: (intent: Intent) => Outcome
    logs: EngineEvents | 'cut'
    purse: Wad
  }

/** An engine chain that has the accounts it is given and loses every race. */
export function fakeEngine(terms: EngineTerms): FakeEngine {
  const chain = fakeChain(terms.chain)
  const known = new Map<AccountId, MarginAccount>()
  const engine: FakeEngine = {
    ...chain,
    known,
    bids: [],
    fate: () => ({ kind: 'lost', reason: 'LOST_RACE', gasCost: 1n, anchor: undefined }),
    logs: { touched: [], owed: [], bids: [], purchases: [], lines: [], terms: false },
    purse: wad(0n),
    terms: async () => terms,
    events: async () => (engine.logs === 'cut' ? cut() : engine.logs),
    accounts: async (ids, at) =>
      ids.flatMap((id) => {
        const account = known.get(id)
        return account ? [{ ...account, anchor: { chain: at.chain, number: at.number, hash: at.hash } }] : []
      }),
    anchors: async () => ({ deviation: bps(300), prices: new Map() }),
    bonded: async () => true,
    trade: async () => ({ kind: 'refused', reason: 'NOT_ALLOWED', gasCost: 0n }),
    cash: async () => engine.purse,
    owed: async () => 0n,
    provenState: async ({ engine: on, id, version }, number) => {
      const { rlp, head } = await chain.header(number)
      return { engine: on, account: id, version, number, hash: head.hash, header: rlp, proofs: [] }
    },
    openAuctions: async (candidates) => ({ gasCost: 1n, started: candidates.map(({ account }) => account.id) }),
    bid: async (intent, offer) => {
      engine.bids.push({ intent, offer })
      return engine.fate(intent)
    },
    ended: async (intent) => engine.fate(intent),
    orderLine: async () => ({ kind: 'refused', reason: 'REVERTED', gasCost: 0n }),
    basis: async (_, number, attested) => ({ number, attested }),
    credit: async () => ({ kind: 'nothing', held: [] }),
  }
  return engine
}

/** What a fake vault answers, and what it was asked to redeem. */
export type FakeVault = FakeChain &
  VaultChain & {
    readonly redemptions: Parameters<VaultChain['redeem']>[0][]
    locked: readonly Deposit[]
    /** The next step of a redemption; stuck until the test says otherwise. */
    step: (claims: Parameters<VaultChain['redeem']>[0]) => ClaimStep
  }

/** A vault whose route is stuck. */
export function fakeVault(id: ChainId, vault: VaultId): FakeVault {
  const made: FakeVault = {
    ...fakeChain(id),
    vault,
    redemptions: [],
    locked: [],
    step: () => ({ kind: 'stuck', reason: 'PAUSED', gasCost: 0n }),
    deposits: async (from, to) => made.locked.filter(({ anchor }) => anchor.number >= from && anchor.number <= to),
    claimed: async () => 0n,
    deposited: async () => 0n,
    basis: async (number, attested) => ({ number, attested }),
    redeem: async (claims) => {
      made.redemptions.push(claims)
      return made.step(claims)
    },
    dollarBalance: async () => wad(0n),
    tokenBalance: async () => 0n,
    pools: async () => ({ number: 0n, prices: [] }),
  }
  return made
}

type Block = { readonly rlp: Hex; readonly head: Head }

/** Enough of a header to have a hash of its own: parent, height and branch. */
function block(chain: ChainId, parent: Head | undefined, branch: number): Block {
  const number = parent === undefined ? 0n : parent.number + 1n
  const parentHash: Hex = parent?.hash ?? `0x${'0'.repeat(64)}`
  const rlp = toRlp([parentHash, toHex(number + 1n), toHex(branch + 1)])
  return { rlp, head: { chain, number, hash: keccak256(rlp), parentHash, timestamp: number } }
}

function last(blocks: readonly Block[]): Block {
  const block = blocks.at(-1)
  if (block === undefined) throw new Error('a chain has a genesis block')
  return block
}

const missing = (number: bigint): never => {
  throw unavailable('E_BLOCK_MISSING', `There is no block ${number}.`, 'Make it first.')
}

const cut = (): never => {
  throw unavailable('E_LOGS_UNAVAILABLE', 'Log access is cut.', 'Live from proven states.')
}
