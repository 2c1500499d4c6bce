// What contradicts itself in a scenario: names that nothing answers to, shares that do not add up, and assertions that nothing
// in it could ever decide.
import type { Assertion } from './assertions.ts'
import { castOf, faultComplaints } from './fault-cast.ts'
import type { Scenario } from './scenario-shape.ts'

/** One contradiction: where it stands, and what it is. */
export type Contradiction = { readonly path: readonly (string | number)[]; readonly message: string }

/** Every contradiction of a scenario, first things first. */
export const contradictionsIn = (scenario: Scenario): readonly Contradiction[] => [
  ...unknownNames(scenario),
  ...wrongShares(scenario),
  ...faultComplaints(scenario.faults, castOf(scenario), scenario.duration).map(({ fault, message }) => ({
    ...{ path: ['faults', fault], message },
  })),
  ...scenario.assert.flatMap((one, i) =>
    undecidable(one, scenario).map((message) => ({ path: ['assert', i], message: `"${one.sentence}": ${message}` })),
  ),
]

/** The names of the agents of a scenario, groups in order. */
const agentNames = ({ agents }: Pick<Scenario, 'agents'>): readonly string[] =>
  agents.flatMap(({ group, count }) => Array.from({ length: count }, (_, i) => `${group}-${i + 1}`))

function unknownNames(scenario: Scenario): readonly Contradiction[] {
  const [feeds, chains, engines] = [scenario.feeds, scenario.vaultChains, scenario.engines].map(namesOf)
  const known = (path: Contradiction['path'], word: string, names: readonly string[] = []): readonly Contradiction[] =>
    undeclared(word, names).map((message) => ({ path, message }))
  return [
    ...scenario.vaults.flatMap((one, i) => [
      ...known(['vaults', i, 'chain'], one.chain, chains),
      ...known(['vaults', i, 'engine'], one.engine, engines),
    ]),
    ...scenario.assets.flatMap((one, i) => known(['assets', i, 'feed'], one.feed, feeds)),
    ...scenario.holders.flatMap((one, i) => [
      ...known(['holders', i, 'route'], one.route, scenario.vaults.map(idOf)),
      ...known(
        ['holders', i, 'asset'],
        one.asset,
        scenario.assets.map(({ symbol }) => symbol),
      ),
      ...known(['holders', i, 'instrument'], one.instrument, namesOf(scenario.instruments)),
    ]),
    ...scenario.instruments.flatMap((one, i) => known(['instruments', i, 'feed'], one.feed, feeds)),
  ]
}

const idOf = ({ id }: { readonly id: string }): string => id

const namesOf = (all: readonly { readonly name: string }[]): readonly string[] => all.map((one) => one.name)

const undeclared = (word: string, names: readonly string[]): readonly string[] =>
  names.includes(word) ? [] : [`${word} is not declared (${names.join(', ')})`]

function wrongShares({ accounts, prices, bonds, agents }: Scenario): readonly Contradiction[] {
  const { isolated, cross, unified } = accounts.modes
  const attestors = agents.filter((group) => group.attest).reduce((sum, { count }) => sum + count, 0)
  const wrong = (holds: boolean, path: Contradiction['path'], message: string): readonly Contradiction[] =>
    holds ? [] : [{ path, message }]
  return [
    ...wrong(isolated + cross + unified === 10_000, ['accounts', 'modes'], 'the three shares must add up to 100 %'),
    ...wrong(
      prices.quorum <= prices.publishers,
      ['prices', 'quorum'],
      `${prices.publishers} publishers are no quorum of ${prices.quorum}`,
    ),
    ...wrong(
      bonds.threshold <= attestors,
      ['bonds', 'threshold'],
      `${attestors} agents attest, so that ${bonds.threshold} signatures never come together`,
    ),
  ]
}

/** Why the assertion can never be judged; nothing when it can. */
function undecidable(one: Assertion, scenario: Scenario): readonly string[] {
  const routes = scenario.vaults.map(({ id }) => id)
  const agents = agentNames(scenario)
  switch (one.kind) {
    case 'isolated':
    case 'redeemed':
    case 'conserved':
      return one.but.flatMap((route) => undeclared(route, routes))
    case 'tripped':
      return undeclared(one.route, routes)
    case 'loss':
      return lossless(one.route, one.most, scenario)
    case 'closed':
    case 'settlements':
      return one.route === undefined ? [] : undeclared(one.route, routes)
    case 'resumes':
    case 'slashed':
      return undeclared(one.agent, agents)
    case 'slashed-only':
      return one.but.flatMap((agent) => undeclared(agent, agents))
    case 'mesh':
      return least(one.least < agents.length + scenario.provider.count + 1, 'fewer than so many peers take part')
    case 'winners':
      return [
        ...least(one.least <= agents.length, `only ${agents.length} agents bid`),
        ...(one.of === undefined ? [] : undeclared(one.of, namesOf(scenario.holders))),
      ]
    case 'restored':
      return undeclared(one.account, namesOf(scenario.holders))
    case 'lines':
      return scenario.lines === undefined
        ? ['the scenario has no credit lines']
        : least(one.least <= scenario.lines.count, `only ${scenario.lines.count} lines are asked for`)
    case 'fell':
    case 'refused':
      return least(one.least <= scenario.accounts.count, `there are only ${scenario.accounts.count} accounts`)
    case 'liquidated':
      return least((one.least ?? 0) <= scenario.accounts.count, `there are only ${scenario.accounts.count} accounts`)
    case 'learned':
      return least(
        scenario.agents.some(({ blindLogs }) => blindLogs > 0),
        'every agent reads logs',
      )
    case 'silence':
      return least(one.from < one.to && one.from < scenario.duration, 'the market is not open then')
    default:
      return []
  }
}

/** A cap that no vault has bounds nothing. */
function lossless(route: string | undefined, most: unknown, { vaults }: Scenario): readonly string[] {
  if (route !== undefined && !vaults.some(({ id }) => id === route)) return undeclared(route, vaults.map(idOf))
  const asked = vaults.filter(({ id }) => route === undefined || id === route)
  return most === 'cap' && asked.some(({ cap }) => cap === undefined)
    ? asked.filter(({ cap }) => cap === undefined).map(({ id }) => `${id} has no cap`)
    : []
}

const least = (possible: boolean, why: string): readonly string[] => (possible ? [] : [why])
