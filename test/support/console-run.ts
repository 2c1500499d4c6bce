// A small run as its agents told it: enough that every page of the console has something to show.
import { hearSaying, noteBid, notePrice, openChronicle } from '../../agent/console/chronicle/chronicle.ts'
import type { Desk, Looks } from '../../agent/console/view/desk.ts'
import { type AccountId, chainId, instant, wad } from '../../agent/domain/units.ts'
import type { Snapshot } from '../../agent/runtime/snapshot.ts'
import { smallNetwork } from './agent-directory.ts'
import { desk } from './console-desk.ts'

/** When the run began. */
export const BEGAN = 1_790_000_000_000
const DOLLAR = 10n ** 18n
const usd = (dollars: number): string => (BigInt(Math.round(dollars * 100)) * 10n ** 16n).toString()

/** Accounts by number. */
export const accountOf = (n: number): AccountId => `0x${n.toString(16).padStart(40, '0')}`
const intentOf = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`

/** A desk with two agents, thirty decided accounts, settlements in every state, gaps, gossip, bids and prices. */
export function runDesk(changes: Partial<Desk> = {}): ReturnType<typeof desk> {
  const chronicle = openChronicle()
  const say: Say = (agent, second, event, { level = 'info', ...fields } = {}) => {
    hearSaying(chronicle, { agent, at: BEGAN + 1_000 * second, level, event, fields })
  }
  for (const [agent, role] of [
    ['house-1', 'bidder'],
    ['provider-1', 'provider'],
  ] as const) {
    say(agent, 0, 'agent:started', { name: agent, role, mode: 'live' })
    say(agent, 1, 'agent:ready', { addresses: [`/ip4/127.0.0.1/tcp/1/p2p/id-of-${agent}`] })
    const counts = { price: 20, attestation: 10, state: 4, claim: 0, evidence: 0, status: 2 }
    const samples = [5, 6, 11, 12].map((s, i) => [BEGAN + 1_000 * s, 20 + 30 * i])
    say(agent, 12, 'gossip:stats', {
      messages: 36,
      received: counts,
      published: counts,
      rejected: { 'price:stale': 2 },
      p50Ms: 20,
      p99Ms: 110,
      samples,
    })
  }
  for (let n = 1; n <= 30; n++) decide(say, n)
  for (let n = 1; n <= 6; n++) settle(say, n)
  say('house-1', 55, 'alarm', {
    code: 'W_LOGS_CUT',
    detail: '<img src=x onerror=alert(1)> no log access',
    level: 'warn',
  })
  for (let n = 1; n <= 20; n++) say('house-1', 60 + n, 'gap:realised', gap(n))
  for (let n = 1; n <= 12; n++)
    noteBid(chronicle, {
      at: BEGAN + 20_000 + n,
      bidder: n % 3 === 0 ? accountOf(900) : accountOf(800),
      account: accountOf(n),
      fraction: 4_000,
      value: 1_000n * DOLLAR,
      outlay: 980n * DOLLAR,
      waited: 2_000 + n,
      road: 'state proof',
    })
  for (let s = 0; s < 60; s++) notePrice(chronicle, 'WETH', BEGAN + 1_000 * s, 2_500 - 8 * s)
  return desk({
    ...{ kind: 'swarm', name: 'flash-crash', mode: 'local', startedAt: BEGAN, chronicle },
    network: () => smallNetwork,
    agents: () => [
      {
        name: 'house-1',
        role: 'bidder',
        strategies: [{ use: 'gap-aware', params: { quantile: 0.95 }, share: '100 %', shortfall: '100 %' }],
        addresses: [accountOf(800)],
      },
      { name: 'provider-1', role: 'provider', strategies: [], addresses: [accountOf(801)] },
    ],
    look: async () => looks,
    scenario: () => ({
      ...{
        name: 'flash-crash',
        about: 'A fast crash',
        seed: 42,
        phase: 'running',
        openedAt: BEGAN,
        duration: 36_000,
        timeScale: 60,
      },
      chains: [{ name: 'engine', id: 31_337, url: 'http://127.0.0.1:1' }],
      processes: [{ name: 'house-1', pid: 1, alive: true }],
      prices: [
        {
          name: 'WETH',
          points: [
            [BEGAN, 2_500],
            [BEGAN + 30_000, 2_040],
          ],
        },
      ],
      timeline: [{ at: BEGAN + 9_000, who: 'guardian', what: 'vault-slow stopped' }],
      assertions: [{ claim: 'every claim redeemed', holds: true, found: '0 of 6 open' }],
      counts: { fell: 30, liquidated: 6 },
    }),
    config: () => ({
      settings: [{ agent: 'house-1', key: 'risk.maxShortfall', value: '6000 USD', from: 'lienmesh.yaml:12:3' }],
    }),
    ...changes,
  })
}

type Say = (
  agent: string,
  second: number,
  event: string,
  told?: { readonly level?: string } & Readonly<Record<string, unknown>>,
) => void

const KINDS = [
  ['skip', 'capital'],
  ['postpone', 'waiting-for-discount'],
  ['take', 'take'],
] as const

function decide(say: Say, n: number): void {
  const account = accountOf(n)
  say('house-1', 10 + n, 'candidate:found', {
    account,
    mode: 'unified',
    source: 'own',
    via: 'own node',
    equity: usd(900 + n),
    maintenance: usd(1_000),
    mark: usd(1_200),
  })
  const [kind, reason] = KINDS[n % 3] ?? KINDS[0]
  const gap = { expected: usd(n), shortfall: usd(10 * n), premium: usd(2 * n) }
  const carried = { shortfall: usd(200), limit: usd(6_000), rows: 4_096 }
  say('house-1', 10 + n, 'decision', {
    at: BEGAN + 10_000 + n,
    candidate: `31337:${account}:1`,
    account,
    strategy: 'gap-aware',
    kind,
    reason,
    detail: 'pays for its gap',
    net: usd(20 - n),
    gap,
    fraction: 5_000,
    route: '31337:state-proof',
    carried,
  })
}

/** Six liquidations: under way, anchored, stuck, and three that came home. */
function settle(say: Say, n: number): void {
  const [intent, account, second] = [intentOf(n), accountOf(n), 20 + n]
  say('house-1', second, 'bid:submitted', { intent, account, route: '31337:state-proof' })
  const fill = {
    fraction: 5_000,
    outlay: usd(1_000),
    collateralValue: usd(1_040),
    gapExpected: usd(4),
    gapShortfall: usd(60),
    gapPremium: usd(7),
    settlement: 'state-proof',
  }
  say('house-1', second + 1, 'bid:won', { intent, account, strategy: 'gap-aware', route: '31337:state-proof', ...fill })
  say('house-1', second + 1, 'claim:opened', {
    intent,
    vault: 'vault-fast',
    collateral: 0,
    amount: (10n ** 17n).toString(),
    openedAt: BEGAN + 1_000 * (second + 1),
  })
  if (n === 2)
    say('house-1', second + 2, 'claim:anchored', {
      vault: 'vault-fast',
      number: '9',
      usableAt: String(Math.floor(BEGAN / 1_000) + second + 3),
    })
  if (n === 3)
    say('house-1', second + 2, 'claim:stuck', { vault: 'vault-fast', reason: 'the oracle is paused', level: 'warn' })
  if (n <= 3) return
  say('house-1', second + 9, 'claim:sold', {
    vault: 'vault-fast',
    claims: [{ intent, collateral: 0 }],
    proceeds: usd(1_020),
    value: usd(1_025),
    soldAt: BEGAN + 1_000 * (second + 9),
  })
  const attribution = {
    bonus: usd(40),
    positions: '0',
    funding: '0',
    gas: usd(-2),
    lostRaceGas: usd(-1),
    providerFee: '0',
    protocolFee: usd(-1),
    slippage: usd(-5),
    gap: usd(-15),
    total: usd(16),
  }
  say('house-1', second + 9, 'settlement:closed', { intent, attribution })
}

const gap = (n: number) => ({
  forecast: {
    id: `leg ${n}`,
    vault: 'vault-fast',
    collateral: 0,
    debt: 1_000,
    expectedLoss: 0.01,
    levels: [{ alpha: 0.975, VaR: 0.04, ES: 0.06 }],
  },
  realised: { taken: n % 2 === 0, loss: n === 20 ? 0.05 : 0.002 * n - 0.02, u: (n - 0.5) / 20, seconds: 480 },
})

const engine = chainId(31_337)

/** How the first agent stands. */
export const snapshot: Snapshot = {
  at: instant(BEGAN + 60_000),
  status: {
    name: 'house-1',
    paper: false,
    halt: undefined,
    reserved: 1,
    claims: 3,
    inFlight: 3_000n * DOLLAR,
    wealth: 70_000n * DOLLAR,
    free: { [engine]: 60_000n * DOLLAR },
    wins: 6,
    peers: 1,
  },
  waiting: 2,
  unsettledGas: wad(3n * DOLLAR),
  carried: { shortfall: 180, limit: wad(6_000n * DOLLAR), inFlight: wad(3_000n * DOLLAR), most: wad(20_000n * DOLLAR) },
  cash: [{ engine, cash: wad(67_000n * DOLLAR) }],
  claims: [1, 2, 3].map((n) => ({
    ...{
      intent: `0x${n.toString(16).padStart(64, '0')}`,
      account: accountOf(n),
      strategy: 'gap-aware',
      vault: 'vault-fast',
      collateral: 0,
      amount: 10n ** 17n,
    },
    ...{
      openedAt: instant(BEGAN + 22_000),
      debt: wad(1_000n * DOLLAR),
      value: wad(1_040n * DOLLAR),
      now: wad(1_010n * DOLLAR),
      gap: undefined,
    },
  })),
  bids: [],
  holdings: [
    {
      chain: engine,
      asset: 'cash',
      actual: 67_000n * DOLLAR,
      inFlight: 0n,
      reserved: 500n * DOLLAR,
      inventory: 66_500n * DOLLAR,
    },
  ],
  prices: [{ engine, feed: 0, price: 2_000n * 10n ** 8n, age: 300 }],
  heads: [{ chain: engine, number: 120n, age: 800 }],
  runway: [{ chain: engine, claims: 400 }],
  closedRoutes: [],
  peers: [{ id: 'id-of-provider-1', address: '/ip4/127.0.0.1/tcp/1', topics: ['price'], mesh: ['price'], score: 3.2 }],
  near: [
    {
      account: accountOf(40),
      engine,
      mode: 'unified',
      source: 'own',
      equity: wad(1_100n * DOLLAR),
      maintenance: wad(1_000n * DOLLAR),
      mark: wad(1_300n * DOLLAR),
    },
  ],
  accounts: 31,
}

const looks: Looks = new Map([['house-1', snapshot]])
