// What contradicts itself in a scenario: names that nothing answers to, shares that do not add up, what comes when nobody is
// there, and assertions that nothing in it could ever decide.
import type { Action } from './actions.ts'
import { castOf, faultComplaints } from './fault-cast.ts'
import { type Names, namesIn, undeclared } from './scenario-names.ts'
import type { Scenario } from './scenario-shape.ts'
import { undecidable } from './undecidable.ts'

/** One contradiction: where it stands, and what it is. */
export type Contradiction = { readonly path: readonly (string | number)[]; readonly message: string }

/** Every contradiction of a scenario, first things first. */
export const contradictionsIn = (scenario: Scenario): readonly Contradiction[] => [
  ...unknownNames(scenario),
  ...wrongSums(scenario),
  ...wrongActions(scenario),
  ...faultComplaints(scenario.faults, castOf(scenario), scenario.duration).map(({ fault, message }) => ({
    ...{ path: ['faults', fault], message },
  })),
  ...scenario.assert.flatMap((one, i) =>
    undecidable(one, scenario).map((message) => ({ path: ['assert', i], message: `"${one.sentence}": ${message}` })),
  ),
]

/** Every reference by name, list by list. */
function unknownNames(scenario: Scenario): readonly Contradiction[] {
  const names = namesIn(scenario)
  const check = <T>(
    list: string,
    all: readonly T[],
    refers: (one: T) => readonly Reference[],
  ): readonly Contradiction[] =>
    all.flatMap((one, i) =>
      refers(one).flatMap(([field, word, to]) =>
        undeclared(word, names[to]).map((message) => ({ path: [list, i, field], message })),
      ),
    )
  return [
    ...check('vaults', scenario.vaults, ({ chain, engine, assets = [] }) => [
      ['chain', chain, 'vaultChain'],
      ['engine', engine, 'engine'],
      ...assets.map((symbol): Reference => ['assets', symbol, 'asset']),
    ]),
    ...check('assets', scenario.assets, ({ feed }) => [['feed', feed, 'feed']]),
    ...check('instruments', scenario.instruments, ({ feed }) => [['feed', feed, 'feed']]),
    ...check('holders', scenario.holders, ({ route, asset, instrument }) => [
      ['route', route, 'route'],
      ['asset', asset, 'asset'],
      ['instrument', instrument, 'instrument'],
    ]),
  ]
}

/** A field, the word in it, and what must bear that name. */
type Reference = readonly [field: string, word: string, to: keyof Names]

function wrongSums({ accounts, prices, bonds, agents, vaults, holders }: Scenario): readonly Contradiction[] {
  const { isolated, cross, unified } = accounts.modes
  const attestors = agents.filter((group) => group.attest).reduce((sum, { count }) => sum + count, 0)
  const wrong = (holds: boolean, path: Contradiction['path'], message: string): readonly Contradiction[] =>
    holds ? [] : [{ path, message }]
  const without = (route: string, asset: string): boolean => {
    const assets = vaults.find(({ id }) => id === route)?.assets
    return assets !== undefined && !assets.includes(asset)
  }
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
    ...holders.flatMap(({ route, asset }, i) =>
      wrong(!without(route, asset), ['holders', i, 'asset'], `${route} takes no ${asset}`),
    ),
  ]
}

/** What an action names, and that the market is open then. */
function wrongActions(scenario: Scenario): readonly Contradiction[] {
  const names = namesIn(scenario)
  return scenario.actions.flatMap((one, i) => {
    const wrong = [
      ...(one.at < scenario.duration ? [] : [`it comes at ${one.at / 1000}s, when the market is closed`]),
      ...('route' in one ? undeclared(one.route, names.route) : []),
      ...('asset' in one ? undeclared(one.asset, names.asset) : []),
      ...('holder' in one ? undeclared(one.holder, names.holder) : []),
      ...('agent' in one ? undeclared(one.agent, names.agent) : []),
      ...(one.do === 'forge' ? unforgeable(one, scenario) : []),
    ]
    return wrong.map((message) => ({ path: ['actions', i], message: `${one.do}: ${message}` }))
  })
}

/** A source that the route does not stand on cannot lie to it. */
function unforgeable(
  { route, by }: Extract<Action, { readonly do: 'forge' }>,
  { vaults }: Scenario,
): readonly string[] {
  const vault = vaults.find(({ id }) => id === route)
  const source = vault?.vaultSource ?? { kind: 'attested' }
  const kinds: readonly string[] = source.kind === 'quorum' ? source.of.map(({ kind }) => kind) : [source.kind]
  return vault === undefined || kinds.includes(by) ? [] : [`${route} stands on ${kinds.join(', ')}, not on ${by}`]
}
