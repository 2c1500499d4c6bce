// Everything that must be right before capital moves, looked at once. Reads only: nothing is sent.
import { setTimeout as pause } from 'node:timers/promises'
import type { Address } from 'viem'
import type { AgentConfig } from '../../../config/schema.ts'
import { EXIT, invariantBroken, LienmeshError } from '../../domain/errors.ts'
import type { Network } from '../../domain/network.ts'
import { majority } from '../links.ts'
import { examineContracts } from './contracts.ts'
import { check, type Finding, fail, ok } from './finding.ts'
import { examineDisk, examineJournal, examineKey } from './machine.ts'
import { examineChain } from './nodes.ts'
import { examinePeers } from './peers.ts'
import { examineStanding } from './standing.ts'

/** Looks at the machine, then at every chain of the network, then at peers; findings as they are made. */
export async function* examine(config: AgentConfig, network: Network): AsyncGenerator<Finding> {
  yield await examineDisk(config)
  const [findings, operator] = await examineKey(config, network)
  yield* findings
  yield await examineJournal(config, network, operator)
  yield await check('machine', 'config', async () => covered(config, network))
  for (const chain of config.chains) {
    const answers = await examineChain(chain, Date.now)
    yield* answers
    if (answers.every(({ status }) => status === 'fail')) continue
    yield* await examineContracts(chain, network)
    if (operator !== undefined) yield* await examineStanding(chain, network, { operator, ...config })
  }
  yield* await examinePeers(config)
}

/**
 * What a live agent looks at while it starts, by its own clock (ms): disk, nodes, clock, peers. None of it keeps an agent
 * from starting; that is for `standReady`.
 */
export async function* lookAround(config: AgentConfig, now: () => number): AsyncGenerator<Finding> {
  yield await examineDisk(config)
  for (const chain of config.chains) yield* await examineChain(chain, now)
  yield* await examinePeers(config)
}

/**
 * What a live agent looks at before its first bid: contracts and standing on every chain. Answers what is not ok.
 * Throws E_NOT_READY at the first thing that would fail; it may pass when too few endpoints could tell.
 */
export async function standReady(
  config: AgentConfig,
  network: Network,
  operator: Address,
): Promise<readonly Finding[]> {
  const looks = config.chains.flatMap((chain) => [
    byMost(chain, (one) => examineContracts(one, network)),
    byMost(chain, (one) => examineStanding(one, network, { operator, ...config })),
  ])
  const findings = (await Promise.all(looks)).flat().filter(({ status }) => status !== 'ok')
  const broken = findings.filter(({ status }) => status === 'fail')
  const [worst] = broken.toSorted((a, b) => Number(b.answered) - Number(a.answered))
  if (worst === undefined) return findings
  throw notReady(worst)
}

const notReady = ({ area, check: name, found, fix = '', answered }: Finding): LienmeshError =>
  new LienmeshError('E_NOT_READY', `${area}, ${name}: ${found}`, {
    remedy: answered ? 'fix-config' : 'retry',
    exit: EXIT.config,
    fix: `${fix} lienmesh doctor shows everything.`.trim(),
  })

type Chain = AgentConfig['chains'][number]

/** Time (ms) after which the first endpoint is overtaken by the others. */
const OVERTAKEN = 500

/** Asks the others where the first endpoint finds something wrong, or is slow: one that lies, or hangs, stops no agent. */
async function byMost(chain: Chain, look: (chain: Chain) => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  const { rpc, quorum = majority(rpc.length) } = chain
  const [first, ...others] = rpc.map((url) => ({ ...chain, rpc: [url] }))
  if (first === undefined) return []
  const own = look(first)
  const said = await Promise.race([own, pause(OVERTAKEN, undefined, { ref: false })])
  if (said?.every(passes)) return said
  const all = await untilEnough([own, ...others.map(look)], quorum)
  const checks = all[0]?.length ?? 0
  return Array.from({ length: checks }, (_, i) =>
    verdictOf(
      all.flatMap((found) => found[i] ?? []),
      quorum,
    ),
  )
}

const passes = ({ status }: Finding): boolean => status !== 'fail'

/** What was found until `quorum` endpoints found nothing wrong, or all have told. */
function untilEnough(
  looks: readonly Promise<readonly Finding[]>[],
  quorum: number,
): Promise<readonly (readonly Finding[])[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly (readonly Finding[])[]>()
  const told: (readonly Finding[])[] = []
  for (const look of looks)
    look.then((findings) => {
      told.push(findings)
      if (told.length === looks.length || told.filter((one) => one.every(passes)).length >= quorum) resolve([...told])
    }, reject)
  return promise
}

/** A quorum decides, for or against; without one nobody knows. */
function verdictOf(found: readonly Finding[], quorum: number): Finding {
  const [passed, failed] = [found.filter(passes), found.filter((one) => !passes(one))]
  const against = failed.filter(({ answered }) => answered)
  const [one = failed[0]] = passed.length >= quorum ? passed : against
  if (one === undefined) throw invariantBroken('an endpoint found nothing at all', {})
  return { ...one, answered: passed.length >= quorum || against.length >= quorum }
}

/** An agent needs every chain of its network. */
function covered({ chains, mode }: AgentConfig, network: Network) {
  const needed = new Set([...network.engines, ...network.vaults].map(({ chain }) => chain))
  const missing = [...needed].filter((one) => !chains.some(({ id }) => id === one))
  if (missing.length > 0) return fail(`chains lacks ${missing.join(', ')}`, 'Add their rpc and executor to chains.')
  return ok(`network ${network.name}, ${needed.size} chains, mode ${mode}`)
}
