import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { campaignPage } from '../../../agent/cli/campaign-page.ts'
import type { BatchResult } from '../../../agent/swarm/chaos/batch.ts'
import { summaryOf } from '../../../agent/swarm/chaos/campaign.ts'
import { writeTold } from '../../../agent/swarm/chaos/told.ts'
import { temporaryFolder } from '../../support/config-file.ts'

const world: BatchResult = {
  ...{ signer: 'process', kills: 25, signerKills: 9, hits: { 'recover:read': 7, 'paid:after': 5 }, reorgs: 12 },
  ...{ rpcFaults: 50, liquidations: 13, doublePayments: 0, lost: 0, weiDifferenceA: 0n, weiDifferenceB: 10n ** 21n },
  ...{ findings: ['a claim that nobody made'], died: { '1 E_RPC_DOWN': 2 }, alarms: { E_UNFINAL: 3 } },
  ...{ alarmedAfter: [0, 1], alarmedAtStart: 1, wallSeconds: 60 },
}
const asked = { kills: 50, seed: 7, shard: undefined, deepReorgs: 25, loseJournal: false, broken: false }

/** The cells of a page's last row. */
const cellsOf = (page: string): readonly string[] =>
  (page.split('\n').findLast((line) => line.startsWith('| [')) ?? '')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

test('a record of kills is a row with everything that was counted, and a line with the rest', () => {
  const folder = temporaryFolder()
  const worlds = [world, { ...world, signer: 'inline', signerKills: 0, findings: [] } as const]
  writeTold(join(folder, 'deep.json'), { asked, summary: summaryOf(worlds), worlds, escaped: [] })
  const page = campaignPage(folder)
  const [name, commit, ...cells] = cellsOf(page)
  expect([name, commit?.startsWith('`')]).toEqual(['[deep](../campaigns/deep.json)', true])
  expect(cells).toEqual([
    ...['`--kills 50 --seed 7 --deep-reorgs 25`', '50 (24 at points, 26 at random)', '2, 10', '24', '100', '26'],
    ...['0', '0', '0, 2000000000000000000000'],
  ])
  expect(page).toContain(
    'deep: 2 worlds in 120 s; 1 of them with a signer process, 9 of which were killed before their agent; ' +
      'lives that ended by themselves: 1 E_RPC_DOWN 4; alarms: E_UNFINAL 6; ' +
      '4 alarms after at most 1 blocks, 2 at a start; found: a claim that nobody made.',
  )
})

test('a record of drills is a row that names who escaped', () => {
  const folder = temporaryFolder()
  const summary = { ...summaryOf([]), brokenAgents: 25, brokenAgentsCaught: 24 }
  const escaped = ['believes the first receipt']
  writeTold(join(folder, 'broken.json'), { asked: { ...asked, broken: true }, summary, worlds: [], escaped })
  const page = campaignPage(folder)
  expect(page).not.toContain('## Kills')
  expect(cellsOf(page).slice(2)).toEqual(['25', '24', 'believes the first receipt'])
})

test('no record is said to be none, and what is no record is refused', () => {
  expect(campaignPage(join(temporaryFolder(), 'nowhere'))).toContain('None is on record.')
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'other.json'), '{"kills":"many"}')
  expect(() => campaignPage(folder)).toThrow(expect.objectContaining({ code: 'E_DOCS' }))
})
