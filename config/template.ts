// The config file that a new agent starts from: safe defaults, each with its reason.
import { stringify } from 'yaml'

/** What `lienmesh init` asks. Amounts as people write them. */
export type Draft = {
  readonly name: string
  readonly network: string
  readonly chains: readonly {
    readonly id: number
    readonly rpc: readonly string[]
    readonly quorum?: number | undefined
  }[]
  readonly operator: string
  readonly password: string
  readonly maxBid: string
  readonly reserve: string
  readonly maxInFlight: string
  readonly maxShortfall: string
  readonly bootstrap: readonly string[]
  /** File of a private network's key. */
  readonly swarmKey?: string | undefined
}

/** The text of a config, commented. */
export const draftConfig = (
  draft: Draft,
): string => `# One Lienmesh agent. Every key: docs/reference/config.md. Check it: lienmesh config check
name: ${quoted(draft.name)}
network: ${quoted(draft.network)}

# shadow decides and records, and sends nothing. live needs this line and --mode live.
mode: shadow
dataDir: data

# The operator's key signs bids and claims. The owner's key stays out of this file.
keys:
  operator: ${quoted(draft.operator)}
  password: ${quoted(draft.password)}

# Live needs three endpoints of different operators, or a stated quorum: 1 for a node of your own.
# lienmesh executor deploy writes the executor of each chain here.
chains:
${draft.chains.map(chainText).join('')}
# What one bid may take, how many may be under way, and what they leave.
capital:
  maxBid: ${draft.maxBid}
  maxBids: 4
  reserve: ${draft.reserve}

# What may be under way at once, and the mean loss of its worst 2.5 % of outcomes.
risk:
  maxInFlight: ${draft.maxInFlight}
  maxShortfall: ${draft.maxShortfall}

# Bidding stops by itself at these, until lienmesh resume.
protections:
  drawdown: 20 %
  gapLosses: 10
  failedGas: 200 USD

strategies:
  - use: gap-aware

p2p:
  listen: /ip4/127.0.0.1/tcp/0
  bootstrap:${draft.bootstrap.length === 0 ? ' []' : draft.bootstrap.map((peer) => `\n    - ${quoted(peer)}`).join('')}
${draft.swarmKey === undefined ? '' : `  swarmKey: ${quoted(draft.swarmKey)}\n`}`

const chainText = ({ id, rpc, quorum }: Draft['chains'][number]): string =>
  [
    `  - id: ${id}`,
    `    rpc:${rpc.map((url) => `\n      - ${quoted(url)}`).join('')}`,
    ...(quorum === undefined ? [] : [`    quorum: ${quorum}`]),
    '',
  ].join('\n')

/** A scalar as YAML needs it. */
const quoted = (text: string): string => stringify(text).trimEnd()
