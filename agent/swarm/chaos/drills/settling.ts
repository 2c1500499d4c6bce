// Drills of the way home: a claim that is stuck, and one that is paid.
import type { Claim } from '../../../domain/liquidation.ts'
import { instant, type Wad, wad } from '../../../domain/units.ts'
import { endLives } from '../../../runtime/end-lives.ts'
import { createRoots } from '../../../runtime/roots.ts'
import { createDesk } from '../../../runtime/settle.ts'
import { anchor, ENGINE, hash, usd, VAULT_CHAIN } from './market.ts'
import { complain, type Drill, type Stage, signer } from './stage.ts'

const TOKEN = '0x00000000000000000000000000000000000000e1'
const asset = { collateral: 0, symbol: 'WETH', token: TOKEN, decimals: 18, pair: TOKEN } as const
const AMOUNT = 2n * 10n ** 18n
/** Attempts that are stuck: more than the desk makes on one root. */
const STUCK = 45

const claim: Claim = {
  ...{ intent: hash(1), vault: 'vault', collateral: 0, asset: TOKEN, amount: AMOUNT, openedAt: instant(0) },
  openedIn: anchor(5n),
}

/** A route that is stuck for a while and then pays: the claim is redeemed as long as it takes, and once. */
export const stuck: Drill = async (stage) => {
  const { attempts, sales } = await settled(stage)
  return [
    ...complain(sales === 0, `a claim was forgotten after ${attempts} attempts on a stuck route`),
    ...complain(sales > 1, `one claim was sold ${sales} times`),
  ]
}

/** A bid of an earlier life that is final: its capital is free when its claim is paid, and not before. */
export const left: Drill = async ({ journal }) => {
  const bid = {
    chain: ENGINE,
    from: signer.address,
    nonce: 0,
    intent: hash(1),
    leg: 'bid',
    raw: '0x',
    hash: hash(2),
  } as const
  journal.commit({ ...bid, state: 'signed', reserved: usd(7) })
  journal.settle(bid.hash, 'included')
  const held = async (owed: bigint, claimed: bigint): Promise<number> => {
    const deployment = { id: 'vault', engine: ENGINE, assets: [asset] }
    await endLives({
      journal,
      engines: new Map([[ENGINE, { chain: { owed: async () => owed } }]]),
      vaults: new Map([['vault', { chain: { claimed: async () => claimed }, deployment, executor: TOKEN }]]),
    })
    return journal.lives().length
  }
  return [
    ...complain((await held(10n, 9n)) !== 1, 'capital was free while its claim was on its way'),
    ...complain((await held(10n, 10n)) !== 0, 'capital of a paid claim was held for ever'),
  ]
}

/** What a desk does with one claim, on a clock that jumps and for a minute after it was paid. */
async function settled({ journal }: Stage): Promise<{ readonly attempts: number; readonly sales: number }> {
  const ended = new AbortController()
  const seen = { now: 0, attempts: 0, sales: 0, paidAt: undefined as number | undefined }
  const desk = createDesk(
    {
      ...{ journal, roots: createRoots(1), emit: () => undefined, tell: () => undefined },
      clock: {
        now: () => instant(seen.now),
        sleep: async (length) => {
          seen.now += length
          if (seen.now > (seen.paidAt ?? PATIENCE) + 60_000) ended.abort()
          await new Promise((resolve) => setImmediate(resolve))
        },
      },
      valueOf: (): Wad => usd(4_000),
      engines: new Map([[ENGINE, { chain: { id: ENGINE, header: unasked, latest: unasked } }]]),
      vaults: new Map([
        [
          'vault',
          {
            deployment: { id: 'vault', engine: ENGINE, assets: [asset] },
            chain: {
              id: VAULT_CHAIN,
              basis: async () => ({ number: 5n, attested: undefined }),
              redeem: async (claims) => {
                if (++seen.attempts <= STUCK) return { kind: 'stuck', reason: 'ROUTE_PAUSED', gasCost: 0n }
                seen.paidAt ??= seen.now
                return { kind: 'sold', claims, received: [{ asset: TOKEN, amount: AMOUNT }], sale }
              },
            },
          },
        ],
      ]),
    },
    {
      maxSlippage: 500,
      onSold: () => {
        if (++seen.sales > 2) ended.abort()
      },
    },
  )
  desk.open(claim)
  await desk.run('vault', ended.signal)
  return seen
}

/** Milliseconds of the desk's own time in which the claim must be home. */
const PATIENCE = 600_000

const sale = {
  ...{ tx: hash(9), anchor: anchor(9n, VAULT_CHAIN), proceeds: wad(3_900n * 10n ** 18n) },
  ...{ gasCost: 0n, soldAt: instant(0) },
}

const unasked = (): never => {
  throw new Error('nobody asks the engine of this drill')
}
