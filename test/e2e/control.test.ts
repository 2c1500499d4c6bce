// How an operator stops, resumes and ends an agent: the commands against the socket that every agent serves.
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import type { Decision } from '../../agent/domain/liquidation.ts'
import { instant, wad } from '../../agent/domain/units.ts'
import { type Question, serveControl, socketOf } from '../../agent/runtime/control.ts'
import { lienmesh } from '../support/command-line.ts'
import { temporaryFolder } from '../support/config-file.ts'

const status = {
  name: 'house-1',
  reserved: 0,
  claims: 0,
  inFlight: 0n,
  wealth: 70_000n * 10n ** 18n,
  wins: 3,
  peers: 7,
}
const halt = { reason: 'operator', detail: 'an operator paused this agent', at: 0 }

const decision: Decision = {
  at: instant(1_700_000_000_000),
  candidate: '31337:0xa:1',
  account: '0x0a',
  strategy: 'gap-aware',
  kind: 'skip',
  reason: 'capital',
  detail: 'not enough free cash',
  net: wad(15n * 10n ** 17n),
  gap: undefined,
  fraction: undefined,
  route: undefined,
}

/** An agent that writes down what it is asked. */
function agentAt(data: string, answer: (question: Question) => object) {
  const asked: Question['ask'][] = []
  const stop = new AbortController()
  const ended = serveControl(
    data,
    (question) => {
      asked.push(question.ask)
      return Promise.resolve(answer(question))
    },
    stop.signal,
  )
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  return asked
}

test('pause, status and resume ask the agent and show its answer', async () => {
  const data = temporaryFolder()
  const asked = agentAt(data, ({ ask }) => (ask === 'resume' ? status : { ...status, halt }))
  const paused = await lienmesh(['pause', '--data', data])
  expect([paused.status, paused.out]).toEqual([
    0,
    'house-1: halted (operator): an operator paused this agent\n' +
      '  $70000.00 in engine accounts and in flight, $0.00 of it in flight\n' +
      '  0 bids under way, 0 claims to come, 3 races won, 7 peers\n',
  ])
  const resumed = await lienmesh(['resume', '--data', data, '--json'])
  expect(JSON.parse(resumed.out)).toMatchObject({ type: 'status', name: 'house-1', wealth: '70000000000000000000000' })
  expect(asked).toEqual(['pause', 'resume'])
  expect(statSync(socketOf(data)).mode & 0o777).toBe(0o600)
})

test('flatten waits for the claims, then ends the agent', async () => {
  const data = temporaryFolder()
  let claims = 2
  const asked = agentAt(data, () => ({ ...status, halt, claims: Math.max(0, claims--) }))
  const { status: exit, out } = await lienmesh(['flatten', '--data', data])
  expect(exit).toBe(0)
  expect(asked).toEqual(['pause', 'status', 'status', 'stop'])
  expect(out).toContain('2 claims to come')
})

test('flatten gives up when the claims do not come, and the agent stays paused', async () => {
  const data = temporaryFolder()
  const asked = agentAt(data, () => ({ ...status, halt, claims: 1 }))
  expect((await lienmesh(['flatten', '--data', data, '--timeout', '1'])).status).toBe(5)
  expect(asked).not.toContain('stop')
})

test('decisions of a running agent come from the agent, which holds its journal', async () => {
  const data = temporaryFolder()
  const journal = openSqliteJournal({ path: join(data, 'journal.db') })
  onTestFinished(() => journal.close())
  agentAt(data, (question) => {
    if (question.ask !== 'decisions') throw new Error(`asked for ${question.ask}`)
    return { decisions: question.filter.kind === 'skip' ? [decision] : [] }
  })
  const { out } = await lienmesh(['decisions', '--kind', 'skip', '--from', data])
  expect(out).toMatch(/skip +31337:0xa:1 {2}capital, net 1\.50\n$/)
  expect((await lienmesh(['decisions', '--kind', 'take', '--from', data])).out).toBe('')
})

test('no agent there, and a socket that a dead one left behind: one message', async () => {
  const data = temporaryFolder()
  for (const left of [false, true]) {
    if (left) writeFileSync(join(data, 'control.sock'), '')
    const { status: exit, err } = await lienmesh(['status', '--data', data])
    expect([exit, err]).toEqual([
      3,
      `✖ E_NOT_RUNNING No agent answers for ${data}.\n  fix: Start it with lienmesh run, or name its data directory with --data.\n`,
    ])
  }
})
