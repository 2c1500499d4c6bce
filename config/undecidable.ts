// Assertions that nothing in their scenario could ever decide: about names that nobody bears, or what never comes.
import type { Assertion } from './assertions.ts'
import { castOf, targetsOf } from './fault-cast.ts'
import { type Names, namesIn, undeclared } from './scenario-names.ts'
import type { Scenario } from './scenario-shape.ts'

/** Why the assertion can never be judged; nothing when it can. */
export function undecidable(one: Assertion, scenario: Scenario): readonly string[] {
  const unknown = strangers(one, namesIn(scenario))
  return unknown.length > 0 ? unknown : never(one, scenario)
}

/** Names in it that nothing bears. */
function strangers(one: Assertion, names: Names): readonly string[] {
  const others = one.kind === 'slashed-only' ? names.agent : names.route
  return [
    ...('route' in one ? undeclared(one.route, names.route) : []),
    ...('agent' in one ? undeclared(one.agent, names.agent) : []),
    ...('account' in one ? undeclared(one.account, names.holder) : []),
    ...(one.kind === 'winners' ? undeclared(one.of, names.holder) : []),
    ...('but' in one ? one.but.flatMap((name) => undeclared(name, others)) : []),
  ]
}

/** What it waits for and cannot come. */
function never(one: Assertion, scenario: Scenario): readonly string[] {
  const { accounts, agents, provider, lines, actions } = scenario
  const bidders = agents.reduce((sum, { count }) => sum + count, 0)
  switch (one.kind) {
    case 'fell':
    case 'refused':
    case 'liquidated':
      return unless((one.least ?? 0) <= numberOf(scenario), `there are only ${numberOf(scenario)} accounts`)
    case 'winners':
      return unless(one.least <= bidders, `only ${bidders} agents bid`)
    case 'mesh':
      return unless(one.least <= bidders + provider.count, 'fewer than so many peers take part')
    case 'learned':
      return unless(
        agents.some(({ blindLogs }) => blindLogs > 0),
        'every agent reads logs',
      )
    case 'lines':
      if (lines === undefined) return ['the scenario has no credit lines']
      return unless(one.least <= lines.count, `only ${lines.count} lines are asked for`)
    case 'backed':
      return unless(lines?.backers !== undefined, 'no pool lends')
    case 'silence':
      return unless(one.from < one.to && one.from < scenario.duration, 'the market is not open then')
    case 'loss':
      return one.most === 'cap' ? capless(one.route, scenario) : []
    case 'resumes':
      return unless(comesBack(scenario, one.agent), 'no fault ends it and brings it back')
    case 'compare':
      return unless(accounts.twins && one.mode !== one.than, 'no book is held under both: see accounts.twins')
    case 'withdrawn':
      return unless(
        actions.some((action) => action.do === 'withdraw'),
        'no action withdraws',
      )
    case 'slashed':
      return unless(
        actions.some((action) => action.do === 'equivocate' && action.agent === one.agent),
        'no action makes it equivocate',
      )
    default:
      return []
  }
}

/** With twins every book is four accounts. */
const numberOf = ({ accounts, holders }: Scenario): number => accounts.count * (accounts.twins ? 4 : 1) + holders.length

const unless = (possible: boolean, why: string): readonly string[] => (possible ? [] : [why])

/** A cap that no vault has bounds nothing. */
const capless = (route: string | undefined, { vaults }: Scenario): readonly string[] =>
  vaults.filter(({ id, cap }) => cap === undefined && (route ?? id) === id).map(({ id }) => `${id} has no cap`)

/** Whether some fault ends the agent and lets it start again. */
const comesBack = (scenario: Scenario, agent: string): boolean =>
  scenario.faults.some((fault) => {
    if (fault.kind !== 'restart' && (fault.kind !== 'crash' || fault.for === undefined)) return false
    const targets = targetsOf(fault, castOf(scenario))
    return 'on' in targets && targets.on.includes(agent)
  })
