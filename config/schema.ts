// The agent's config file, one schema per section. Flags, environment variables, JSON Schema and docs come from here.
import { z } from 'zod'
import type { KeySource } from '../agent/domain/key-source.ts'
import { address, chain, endpoint, name } from './fields.ts'
import { keySource } from './key-source.ts'
import { amount, duration, ratio } from './units.ts'

const level = z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace'])

const keys = z
  .strictObject({
    operator: z
      .string()
      .min(1)
      .optional()
      .describe('File with the operator key: a keystore, or 32 bytes in hex. It signs bids, claims and attestations.'),
    password: z
      .string()
      .min(1)
      .optional()
      .describe('File with the password of a keystore (mode 0600), or - for standard input.'),
    signer: z
      .enum(['process', 'inline'])
      .default('process')
      .describe('Where the key file is opened: by a process that does nothing else, or inline, for devnets.'),
    socket: z.string().min(1).optional().describe('Socket of a `lienmesh signer` that holds the key.'),
    remote: endpoint.optional().describe('URL of a Web3Signer or Clef that holds the key of keys.address.'),
    dialect: z.enum(['web3signer', 'clef']).default('web3signer').describe('What the remote signer is.'),
    address: address.optional().describe("The remote signer's key; alone, an address to watch for, without a key."),
  })
  .transform((written, context): KeySource => {
    const source = keySource(written)
    if (typeof source !== 'string') return source
    context.issues.push({ code: 'custom', message: source, input: written })
    return z.NEVER
  })
  .describe('Keys, by file. A key never stands in the config itself.')

const chains = z
  .array(
    z.strictObject({
      id: chain.describe('EIP-155 chain id; every endpoint must answer with it.'),
      rpc: z.array(endpoint).min(1).describe('Endpoints of this chain, preferred first.'),
      quorum: z
        .int()
        .positive()
        .optional()
        .describe(
          'Endpoints that must agree before money moves; most of them by default. 1 is for a node of your own.',
        ),
      rate: z
        .strictObject({ perSecond: z.number().positive(), burst: z.int().positive() })
        .optional()
        .describe(
          'Requests that each endpoint allows per second, and at once. Settlements go first. Unlimited by default.',
        ),
      executor: address
        .optional()
        .describe("This agent's LiquidatorExecutor on the chain; lienmesh executor deploy writes it here."),
    }),
  )
  .min(1)
  .describe('One entry per chain of the network.')

const capital = z
  .strictObject({
    reserve: amount.prefault('0 USD').describe('Engine cash that is never spent on a bid.'),
    maxBids: z.int().positive().default(6).describe('Most bids under way at once.'),
    gasRunway: z
      .int()
      .nonnegative()
      .default(10)
      .describe(
        'Claims that our coin must pay for on a vault chain, besides those on their way, before a bid. 0 for any.',
      ),
    maxBid: amount.prefault('1000000 USD').describe('Most cash that one bid may take.'),
  })
  .describe('What may be spent.')

const shares = z
  .strictObject({
    settlement: ratio.prefault('100 %').describe('Expected shortfall of one settlement by itself.'),
    asset: ratio.prefault('75 %').describe('Expected shortfall of everything carried on one asset.'),
    route: ratio.prefault('75 %').describe('Expected shortfall of everything carried on one route.'),
    chain: ratio.prefault('100 %').describe('Expected shortfall of everything carried on one vault chain.'),
    extreme: ratio.prefault('400 %').describe('Expected shortfall at 99.9 % of everything carried.'),
    stress: ratio.prefault('1000 %').describe('Loss of everything carried on the worst of the days of stress.'),
  })
  .describe('Further limits on tails, each as a share of maxShortfall.')

const caps = z
  .strictObject({
    settlement: amount.prefault('1000000 USD').describe('Most outlay of one settlement.'),
    route: amount.prefault('1000000 USD').describe('Most outlay on its way over one route.'),
    group: amount.prefault('1000000 USD').describe('Most outlay on its way in one group: bitcoin, ether, stable, alt.'),
  })
  .describe('Most outlay paid and not yet received, by part; maxInFlight is the whole.')

const scenarios = z
  .strictObject({
    rows: z.int().min(512).max(65_536).default(4_096).describe('Common scenarios drawn for everything carried.'),
    historical: ratio.prefault('25 %').describe('Most weight of the moves seen lately among them.'),
    refresh: duration.prefault('15m').describe('Longest modelled time before new ones are drawn.'),
  })
  .describe('Scenarios that decide what nets and what adds up.')

const risk = z
  .strictObject({
    maxInFlight: amount.prefault('1000000 USD').describe('Most outlay paid and not yet received, over all routes.'),
    maxShortfall: amount.prefault('1000000 USD').describe('Most expected shortfall (97.5 %) of everything carried.'),
    shares: shares.prefault({}),
    caps: caps.prefault({}),
    scenarios: scenarios.prefault({}),
    minNet: amount.prefault('0 USD').describe('Least net value of a bid.'),
    volatility: ratio.prefault('90 %').describe('Annual volatility believed until prices taught better.'),
    capitalCharge: ratio.prefault('10 %').describe('Least premium per unit of marginal expected shortfall.'),
    slippage: ratio.prefault('0.4 %').describe('Expected slippage of selling collateral.'),
  })
  .describe('Hard limits, and the parameters that price gap risk.')

const protections = z
  .strictObject({
    drawdown: ratio.prefault('20 %').describe('Largest fall of settled P&L from its peak, as a share of the capital.'),
    gapLosses: z.int().positive().default(10).describe('Settlements in a row that the gap may turn into losses.'),
    divergence: ratio
      .prefault('10 %')
      .describe('How far apart publishers may price one asset for longer than two seconds.'),
    market: ratio
      .prefault('2 %')
      .describe("How far from the publishers' price most pools of an asset may trade for three of their blocks."),
    marketAct: z
      .enum(['halt', 'alarm'])
      .default('halt')
      .describe('What pools further away do: stop bidding, or only raise an alarm.'),
    failedGas: amount.prefault('500 USD').describe('Most gas burnt by failed bids within an hour.'),
  })
  .describe('What stops bidding by itself, until `lienmesh resume` clears it. Settlements go on.')

const listed = z.union([
  z.string().min(1),
  z
    .int()
    .positive()
    .transform((id) => String(id)),
])
const lists = (what: string, words: string) =>
  z
    .strictObject({
      allow: z.array(listed).default([]).describe(`Only ${what} of these words are bid on; empty for all. ${words}`),
      refuse: z.array(listed).default([]).describe(`${what} of these words are never bid on.`),
    })
    .prefault({})

const policy = z
  .strictObject({
    tags: z
      .record(name, z.array(listed).min(1))
      .default({})
      .describe('Words of your own for vaults, chains and assets, such as bridged: [vault-slow, WBTC, 31338].'),
    routes: lists('routes', 'A vault, state-proof, liquidity-service, or what its proofs rest on: attested and so on.'),
    chains: lists('chains', 'An id, the name of an engine, or engine or vault for all of those.'),
    assets: lists('assets', 'A symbol, or bitcoin, ether, stable, alt.'),
  })
  .describe('What is bid on at all, by name or tag: a slice with any part refused is left, for policy-refused.')

const strategy = z.strictObject({
  use: z.string().min(1).describe('A built-in strategy by name, or a file such as ./strategies/mine.ts.'),
  params: z.record(z.string(), z.unknown()).default({}).describe("Parameters, checked by the strategy's own schema."),
  share: ratio.prefault('100 %').describe('Share of the capital it may use.'),
  shortfall: ratio.prefault('100 %').describe('Share of the expected shortfall (risk.maxShortfall) it may fill.'),
})

const provider = z
  .strictObject({
    margin: ratio.prefault('0.5 %').describe('Kept of every claim bought, above the priced gap.'),
    maxClaim: amount.prefault('250000 USD').describe('Most cash paid for one claim.'),
    minReserve: amount.prefault('0 USD').describe('Reserves that are never lent out.'),
    lineDepth: z.int().nonnegative().default(1).describe('Blocks on top of a deposit before cash is lent on it.'),
    validFor: duration.prefault('6s').describe('How long a signed offer is good for.'),
  })
  .describe('Terms of a liquidity provider. Read by the roles provider and both.')

const paper = z
  .strictObject({
    capital: amount.prefault('100000 USD').describe('Cash on every engine that a paper agent starts with.'),
    latency: duration.prefault('500ms').describe('From a decision until its transaction would reach a builder.'),
  })
  .describe('What is simulated in paper mode. It keeps its books in `paper` below the data directory.')

const p2p = z
  .strictObject({
    listen: z
      .string()
      .startsWith('/')
      .default('/ip4/127.0.0.1/tcp/0')
      .describe('Multiaddr to listen on; port 0 takes a free one.'),
    announce: z
      .array(z.string().startsWith('/'))
      .default([])
      .describe('Multiaddrs to tell peers instead of those listened on: behind a proxy, NAT or load balancer.'),
    bootstrap: z.array(z.string().startsWith('/')).default([]).describe('Multiaddrs of peers to dial at start.'),
    identity: z.string().min(1).optional().describe('File of the transport key. Without it, a new one per start.'),
    swarmKey: z
      .string()
      .min(1)
      .optional()
      .describe('File of a pre-shared key (swarm.key): only peers that have it complete a connection.'),
    lanes: z
      .array(z.string().startsWith('/'))
      .default([])
      .describe('Multiaddrs of peers, with their ids, to exchange prices with directly besides gossip.'),
    thread: z
      .boolean()
      .default(false)
      .describe('Run the network on a thread of its own: worth it from three cores on, and costs 60 MB.'),
    mdns: z.boolean().default(false).describe('Look for peers of the same network in the local one.'),
    quic: z.boolean().default(false).describe('Listen and dial over QUIC as well, on the same port over UDP.'),
    relay: z.boolean().default(false).describe('Help peers behind a NAT to find each other.'),
    nat: z.boolean().default(false).describe('We stand behind a NAT: be reached through relays, then directly.'),
    dht: z.boolean().default(false).describe('Find peers through the peers of peers (Kademlia).'),
  })
  .describe('The gossip network.')

const log = z
  .strictObject({
    level: level.default('info').describe('Level of every module without its own.'),
    modules: z.record(z.string(), level).default({}).describe('Level by module, for example gossip: debug.'),
  })
  .describe('Logs: one JSON object per line on standard output.')

const api = z
  .strictObject({
    port: z
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe('Port on 127.0.0.1 of the dashboard, its API and the metrics; 0 takes a free one. None by default.'),
    watch: z
      .string()
      .regex(/^(?:[0-9.]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/, 'expected an address and a port, such as 0.0.0.0:9651')
      .optional()
      .describe(
        'Address for supervisors of other machines: /livez, /readyz and, with the reading token, /metrics; nothing else.',
      ),
    token: z
      .string()
      .min(1)
      .optional()
      .describe('File with the reading token (43 letters, mode 0600). Made at the first start by default.'),
  })
  .describe('What can be seen and steered from a browser on this machine.')

const minutes = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'expected hours of the UTC day, such as 22:00-07:00')
  .transform((text) => {
    const [from = 0, to = 0] = text.split('-').map((part) => 60 * Number(part.slice(0, 2)) + Number(part.slice(3)))
    return { from, to }
  })

const notify = z
  .array(
    z.strictObject({
      kind: z.enum(['webhook', 'slack', 'discord', 'telegram']).describe('What receives the messages.'),
      address: z
        .string()
        .min(1)
        .describe("File with the webhook's URL, or with the token of a Telegram bot (mode 0600)."),
      chat: z.string().min(1).optional().describe('The chat of a Telegram bot.'),
      level: z.enum(['error', 'warn', 'info']).default('warn').describe('The least that is told.'),
      digest: duration.prefault('15m').describe('Everything below error is gathered so long into one message.'),
      quiet: minutes.optional().describe('Hours of the UTC day in which only errors are told, such as 22:00-07:00.'),
    }),
  )
  .default([])
  .describe('Who is told what happens. The same thing is told once in ten minutes.')

/** One agent. Unknown keys are errors. */
export const agentConfig = z.strictObject({
  name: name.default('agent').describe('Name in logs and status messages.'),
  network: z.string().min(1).describe('File with the network description (network.json).'),
  mode: z
    .enum(['shadow', 'paper', 'live'])
    .default('shadow')
    .describe('shadow decides and records; paper also books what its bids would have become; live sends.'),
  role: z
    .enum(['bidder', 'provider', 'both'])
    .default('bidder')
    .describe('bidder liquidates; provider buys claims at once and lends; both does both.'),
  attest: z.boolean().default(false).describe('Sign headers of final blocks as a bonded attestor.'),
  fleet: z
    .array(address)
    .default([])
    .describe(
      'Operators of agents that share our executor: each does its part of the accounts, and stands by for the others.',
    ),
  relay: z.boolean().default(false).describe('Credit deposits on the engine chain as a public service.'),
  blindLogs: z.boolean().default(false).describe('Never read event logs: live from proven states that peers gossip.'),
  dataDir: z.string().min(1).default('data').describe('Directory of the journal. One agent per directory.'),
  pace: duration
    .prefault('20ms')
    .describe('Least time between two looks at one engine; a crowded machine looks less often.'),
  seed: z.int().nonnegative().default(1).describe("Seed of the strategies' random numbers."),
  keys,
  chains,
  capital: capital.prefault({}),
  risk: risk.prefault({}),
  protections: protections.prefault({}),
  policy: policy.prefault({}),
  strategies: z
    .array(strategy)
    .min(1)
    .prefault([{ use: 'gap-aware' }])
    .describe('Strategies, asked in this order.'),
  provider: provider.prefault({}),
  paper: paper.prefault({}),
  p2p: p2p.prefault({}),
  api: api.prefault({}),
  notify,
  log: log.prefault({}),
})

/** A valid agent config with every default filled in and every unit read. File paths are absolute. */
export type AgentConfig = z.infer<typeof agentConfig>
/** A config as it may be written, before defaults. */
export type AgentConfigInput = z.input<typeof agentConfig>
