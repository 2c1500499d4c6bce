// What scripts rely on in `lienmesh chaos`: the last line, the exit status, and shards that add up. The worlds were played
// before: they lie in the campaign's record, where any shard would have left them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BatchResult } from '../../agent/swarm/chaos/batch.ts'
import { openRecord } from '../../agent/swarm/chaos/record.ts'
import { lienmesh } from '../support/command-line.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { root } from '../support/cruise.ts'

/** A hundred kills are four worlds. */
const CAMPAIGN = { kills: 100, seed: 7 }
const WORLDS = [0, 1, 2, 3]

test('the last line has the keys of the page, in their order and of their types', async () => {
  const folder = await played(WORLDS.map((index) => world({ kills: 25, hits: { 'recover:read': index } })))
  const { status, last } = await chaos(folder)
  const documented = /```json\n(.*)\n```/.exec(readFileSync(join(root, 'docs/chaos.md'), 'utf8'))?.[1] ?? '{}'
  const kinds = (line: object) => Object.entries(line).map(([key, value]) => [key, typeof value])
  expect(kinds(last)).toEqual(kinds(JSON.parse(documented)))
  expect({ status, ...last }).toEqual({
    ...{ status: 0, type: 'summary', kills: 100, namedPoints: 1, reorgs: 4, rpcFaults: 8, liquidations: 12 },
    ...{ doublePayments: 0, lost: 0, weiDifferenceA: '0', weiDifferenceB: '0' },
    ...{ brokenAgents: 0, brokenAgentsCaught: 0, wallSeconds: 8 },
  })
})

test.each([
  ['a liquidation that was paid twice', { doublePayments: 1 }],
  ['a claim that was lost', { lost: 1 }],
  ["a wei that is missing on the vault's chain", { weiDifferenceA: 1n }],
  ["a wei that is missing on the engine's chain", { weiDifferenceB: 10n ** 30n }],
] as const)('%s ends with exit status 6, and amounts are decimal strings', async (_, wrong) => {
  const folder = await played(WORLDS.map((index) => world(index === 2 ? wrong : {})))
  const { status, last } = await chaos(folder)
  expect(status).toBe(6)
  expect(last).toMatchObject(
    Object.fromEntries(
      Object.entries(wrong).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
    ),
  )
})

test('two shards play every world once, and add up to the campaign', async () => {
  const folder = await played(
    WORLDS.map((index) => world({ kills: 10 ** index, weiDifferenceA: 10n ** BigInt(index) })),
  )
  const [first, second, all] = [
    await chaos(folder, '--shard', '1/2'),
    await chaos(folder, '--shard', '2/2'),
    await chaos(folder),
  ]
  expect([first, second, all].map(({ last }) => [last['kills'], last['weiDifferenceA']])).toEqual([
    [101, '101'],
    [1010, '1010'],
    [1111, '1111'],
  ])
  expect([first, second, all].map(({ worlds }) => worlds)).toEqual([2, 2, 4])
})

/** A folder in which these worlds of the campaign were played. */
async function played(worlds: readonly BatchResult[]): Promise<string> {
  const folder = temporaryFolder()
  const record = openRecord({ ...CAMPAIGN, folder })
  for (const [index, one] of worlds.entries()) await record.play(index, async () => one)
  return folder
}

type Summary = Readonly<Record<string, unknown>>

async function chaos(folder: string, ...more: readonly string[]) {
  const { kills, seed } = CAMPAIGN
  const words = ['chaos', '--kills', String(kills), '--seed', String(seed), '--resume', '--json', '--run-dir', folder]
  const { status, out } = await lienmesh([...words, ...more])
  const lines = out
    .trim()
    .split('\n')
    .map((line): Summary => JSON.parse(line))
  return { status, last: lines.at(-1) ?? {}, worlds: lines.filter(({ type }) => type === 'world').length }
}

function world(found: Partial<BatchResult>): BatchResult {
  return {
    ...{ signer: 'process', kills: 25, signerKills: 0, hits: {}, reorgs: 1, rpcFaults: 2, liquidations: 3 },
    ...{ doublePayments: 0, lost: 0, weiDifferenceA: 0n, weiDifferenceB: 0n, findings: [] },
    ...{ died: {}, alarms: {}, alarmedAfter: [], alarmedAtStart: 0, wallSeconds: 2 },
    ...found,
  }
}
