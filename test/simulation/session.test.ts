// Sessions of a simulated agent: what it was told, decided again.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import type { Input } from '../../agent/core/core.ts'
import type { Decision } from '../../agent/domain/liquidation.ts'
import type { Network } from '../../agent/domain/network.ts'
import type { Instant } from '../../agent/domain/units.ts'
import { simulatedScenario } from '../../agent/kit/backtest/on-scenario.ts'
import { recordings } from '../../agent/kit/session/recording.ts'
import { differences, replay } from '../../agent/kit/session/replay.ts'
import { readSession, type Session, sessionFile } from '../../agent/kit/session/session.ts'
import { logged } from '../../agent/runtime/loop.ts'
import { simulatedConfig } from '../../agent/runtime/simulated.ts'
import { startOf } from '../../agent/runtime/start.ts'
import { scenarioNetwork } from '../../agent/simulator/scenario/world-of.ts'
import { runWorld } from '../../agent/simulator/world.ts'
import { changed } from '../../agent/swarm/seats.ts'
import { loadScenario } from '../../config/scenario.ts'
import { lienmesh } from '../support/command-line.ts'

const scenario = changed(loadScenario('first-steps'), { accounts: 24, agents: 2 })
let folder = ''
let told: readonly Input[] = []
let decided: readonly Decision[] = []
let session: Session

/** Plays the scenario; keeps what the first agent heard and said, as its journal would. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lienmesh-session-'))
  const spec = await simulatedScenario(scenario)
  const [first] = spec.agents
  if (first === undefined) throw new Error('the scenario has no agent')
  const inputs: Input[] = []
  const decisions: Decision[] = []
  runWorld(spec, [
    {
      input: (agent, input) => void (agent.spec === first && inputs.push(input)),
      effect: (agent, effect) =>
        void (agent.spec === first && effect.kind === 'decided' && decisions.push(effect.decision)),
    },
  ])
  const network = scenarioNetwork(scenario)
  ;[told, decided] = [[...breakersOf(network, inputs[0]?.at ?? spec.opensAt), ...inputs], decisions]
  const [group] = scenario.agents
  const strategies = [{ use: group?.strategy ?? '', params: {} }]
  const config = simulatedConfig(network, { executor: first.executor, bonded: true, seed: scenario.seed, strategies })
  const standing = { self: [first.executor], bonded: first.setup.bonded }
  const start = startOf({ config, network, standing, at: inputs[0]?.at ?? spec.opensAt })
  const path = join(folder, 'house-1', 'journal.db')
  mkdirSync(join(folder, 'house-1'))
  const journal = openSqliteJournal({ path })
  journal.input({ kind: 'terms', at: 0, terms: 'of an earlier run' })
  journal.input(start)
  for (const input of told) journal.input(logged(input))
  for (const decision of decisions) journal.decision(decision)
  journal.close()
  const [recorded] = recordings(folder, undefined)
  if (recorded === undefined) throw new Error('nothing was recorded')
  session = recorded
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A live agent hears of every breaker; a simulated one does without. */
const breakersOf = ({ vaults }: Network, at: Instant): readonly Input[] =>
  vaults.flatMap(({ id: vault }) =>
    (['mirror', 'vault'] as const).map((side): Input => ({ kind: 'breaker', at, vault, side, tripped: false })),
  )

describe('a session', () => {
  test('is the last run of a journal, from its start on', () => {
    expect([session.agent, session.inputs.length, session.decisions.length]).toEqual([
      'house-1',
      told.length,
      decided.length,
    ])
    expect(decided.length).toBeGreaterThan(5)
  })

  test('decided again by the same core has no difference', async () => {
    const again = await replay(session)
    expect(differences(session.decisions, again.decisions)).toEqual([])
    expect((await replay(session)).decisionsHash).toBe(again.decisionsHash)
  })

  test('names every decision that came out differently, and those that only one of the two made', () => {
    const [first, second, ...rest] = session.decisions
    if (first === undefined || second === undefined) throw new Error('too few decisions')
    const other: Decision = { ...first, reason: 'halted' }
    expect(differences(session.decisions, [other, ...rest])).toEqual([
      { was: first, now: other },
      { was: second, now: undefined },
    ])
  })

  test('decided by another strategy differs', async () => {
    const again = await replay(session, [
      { ...session.start.config.strategies[0], use: 'patient', params: {} },
    ] as never)
    expect(differences(session.decisions, again.decisions).length).toBeGreaterThan(0)
  })
})

describe('the file of a session', () => {
  const written = (change: (text: string) => string): string => {
    const file = join(folder, 'changed.session.gz')
    writeFileSync(file, gzipSync(change(gunzipSync(sessionFile(session)).toString('utf8'))))
    return file
  }

  test('comes back as it was', () => {
    expect(readSession(written((text) => text))).toEqual(session)
  })

  test('holds no node, no key and no path', () => {
    expect(gunzipSync(sessionFile(session)).toString('utf8')).not.toMatch(/"rpc"|"keys"|"dataDir"|operator\.key/)
  })

  test.each<[string, (text: string) => string, string]>([
    ['of another version', (text) => text.replace('"version":1', '"version":7'), 'a session of version 7, expected 1'],
    ['cut short', (text) => text.slice(0, text.lastIndexOf('{"type":"end"')), 'it ends in the middle'],
    ['changed by a digit', (text) => text.replace('"type":"input"', '"type":"inpat"'), 'the file was changed'],
    ['that is none', () => 'timestamp_ms,ETH\n1,2\n', 'line 1 is no entry of a session'],
  ])('%s is refused in one message', (_, change, message) => {
    expect(() => readSession(written(change))).toThrow(message)
  })
})

test('record and replay are commands that agree', async () => {
  const out = join(folder, 'sessions')
  const recorded = await lienmesh(['record', '--from', folder, '--out', out, '--json'])
  expect([recorded.status, JSON.parse(recorded.out)]).toEqual([
    0,
    {
      type: 'session',
      agent: 'house-1',
      file: join(out, 'house-1.session.gz'),
      inputs: told.length,
      decisions: decided.length,
    },
  ])
  const file = join(out, 'house-1.session.gz')
  expect(readSession(file)).toEqual(session)
  const again = await lienmesh(['replay', file, '--diff', '--json'])
  expect(again.status).toBe(0)
  expect(JSON.parse(again.out)).toMatchObject({ type: 'replay', inputs: told.length, differences: 0 })
  const backtest = await lienmesh(['backtest', 'gap-aware', '--session', file, '--seeds', '1', '--jobs', '1', '--json'])
  expect(backtest.status).toBe(0)
  expect(JSON.parse(backtest.out.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'summary', seeds: 1 })
  expect(readFileSync(file).length).toBeLessThan(5e6)
})
