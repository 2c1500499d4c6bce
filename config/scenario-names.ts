// Whatever of a scenario has a name.
import type { Scenario } from './scenario-shape.ts'

/** The names, by what bears them. */
export type Names = Readonly<
  Record<'route' | 'vaultChain' | 'engine' | 'feed' | 'asset' | 'instrument' | 'holder' | 'agent', readonly string[]>
>

/** Every name that a scenario declares. */
export const namesIn = (scenario: Scenario): Names => ({
  route: scenario.vaults.map(({ id }) => id),
  vaultChain: plain(scenario.vaultChains),
  engine: plain(scenario.engines),
  feed: plain(scenario.feeds),
  asset: scenario.assets.map(({ symbol }) => symbol),
  instrument: plain(scenario.instruments),
  holder: plain(scenario.holders),
  agent: scenario.agents.flatMap(({ group, count }) => Array.from({ length: count }, (_, i) => `${group}-${i + 1}`)),
})

/** What is wrong with a word that must be one of these names. */
export const undeclared = (word: string | undefined, names: readonly string[]): readonly string[] =>
  word === undefined || names.includes(word) ? [] : [`${word} is not declared (${names.join(', ')})`]

const plain = (all: readonly { readonly name: string }[]): readonly string[] => all.map(({ name }) => name)
