// Who takes part: agents by group, the provider, and the keys of everybody, all derived from the seed.
import { type Address, type Hex, keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type Assertion, restated } from '../../config/assertions.ts'
import { contradictionsIn } from '../../config/contradictions.ts'
import type { Scenario } from '../../config/scenario.ts'
import { usageError } from '../domain/errors.ts'
import { type Millis, type Wad, wad } from '../domain/units.ts'

/** One agent process to be: what it decides by, and what it has. */
export type Seat = {
  readonly name: string
  readonly role: 'bidder' | 'provider'
  readonly strategy: string
  readonly params: Readonly<Record<string, unknown>>
  readonly attest: boolean
  readonly relay: boolean
  readonly blindLogs: boolean
  readonly capital: Wad
  readonly key: Hex
  readonly operator: Address
}

/** Every seat of a scenario, providers last. The first attestor also relays deposits. */
export function seatsOf(scenario: Scenario): readonly Seat[] {
  const bidders = scenario.agents.flatMap((group) =>
    Array.from({ length: group.count }, (_, i) =>
      seat(scenario.seed, {
        name: `${group.group}-${i + 1}`,
        role: 'bidder',
        strategy: group.strategy,
        params: group.params,
        attest: group.attest,
        blindLogs: i >= group.count - group.blindLogs,
        capital: group.capital[Math.min(i, group.capital.length - 1)] ?? wad(0n),
      }),
    ),
  )
  const providers = Array.from({ length: scenario.provider.count }, (_, i) =>
    seat(scenario.seed, {
      name: `provider-${i + 1}`,
      role: 'provider',
      strategy: 'gap-aware',
      params: {},
      attest: false,
      blindLogs: false,
      capital: scenario.provider.reserves,
    }),
  )
  const relayer = bidders.findIndex((one) => one.attest && !one.blindLogs)
  return [...bidders.map((one, i) => (i === relayer ? { ...one, relay: true } : one)), ...providers]
}

/** What the command line changes of a scenario. */
export type Changes = {
  readonly agents?: number | undefined
  readonly accounts?: number | undefined
  readonly seed?: number | undefined
  readonly duration?: Millis | undefined
}

/**
 * The scenario with those changes. Agents are dropped from, or added to, the last group; what must fall and settle
 * shrinks with the number of accounts.
 */
export function changed(scenario: Scenario, { agents, accounts, seed, duration }: Changes): Scenario {
  const seeded = { ...scenario, seed: seed ?? scenario.seed, duration: duration ?? scenario.duration }
  const counted = accounts === undefined ? seeded : withAccounts(seeded, accounts)
  const manned = agents === undefined ? counted : withAgents(counted, agents)
  const [wrong] = contradictionsIn(manned)
  if (wrong === undefined) return manned
  throw usageError(
    'E_SCENARIO',
    `with these flags ${wrong.message}`,
    'Change the flags, or take out what asks for more.',
  )
}

function withAccounts(scenario: Scenario, count: number): Scenario {
  const share = Math.min(1, count / scenario.accounts.count)
  const scaled = (one: Assertion): Assertion =>
    'least' in one && one.least !== undefined && COUNTED.includes(one.kind)
      ? restated(one, Math.floor(one.least * share))
      : one
  return { ...scenario, accounts: { ...scenario.accounts, count }, assert: scenario.assert.map(scaled) }
}

/** What grows with the number of accounts. */
const COUNTED: readonly string[] = ['fell', 'liquidated', 'refused', 'settlements']

function withAgents(scenario: Scenario, agents: number): Scenario {
  let left = agents
  const groups = scenario.agents.map((group, i) => {
    const count = i === scenario.agents.length - 1 ? left : Math.min(group.count, left)
    left -= count
    return { ...group, count, blindLogs: Math.min(group.blindLogs, Math.max(0, count - 1)) }
  })
  const attestors = groups.filter((group) => group.attest).reduce((sum, group) => sum + group.count, 0)
  if (attestors < 1) throw usageError('E_AGENTS', `${agents} agents leave nobody to attest`, 'Take at least one agent.')
  const threshold = Math.min(scenario.bonds.threshold, attestors)
  const fewer = (one: Assertion): Assertion =>
    one.kind === 'winners' ? restated(one, Math.min(one.least, agents)) : one
  return {
    ...scenario,
    agents: groups.filter((group) => group.count > 0),
    bonds: { ...scenario.bonds, threshold },
    assert: scenario.assert.map(fewer),
  }
}

/** A key that only a local chain should ever see: the hash of the seed and a name. */
export const keyOf = (seed: number, name: string): Hex => keccak256(stringToHex(`lienmesh swarm ${seed} ${name}`))

/** The publishers' keys, in ascending order of address as the price book wants them. */
export const publisherKeys = (scenario: Scenario): readonly { readonly key: Hex; readonly address: Address }[] =>
  Array.from({ length: scenario.prices.publishers }, (_, i) => keyOf(scenario.seed, `publisher ${i}`))
    .map((key) => ({ key, address: privateKeyToAccount(key).address }))
    .sort((a, b) => a.address.toLowerCase().localeCompare(b.address.toLowerCase()))

const seat = (seed: number, given: Omit<Seat, 'key' | 'operator' | 'relay'>): Seat => {
  const key = keyOf(seed, given.name)
  return { ...given, relay: false, key, operator: privateKeyToAccount(key).address }
}
