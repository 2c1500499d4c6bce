// Metrics, the dashboards and the alarms that read them.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { metricsOf } from '../../../agent/console/metrics.ts'
import { runDesk } from '../../support/console-run.ts'

const config = join(import.meta.dirname, '..', '..', '..', 'config')
const rules = join(config, 'alerts', 'lienmesh.yaml')
const boards = readdirSync(join(config, 'grafana')).map((file) => join(config, 'grafana', file))

const behind = runDesk()
const scraped = async (): Promise<string> => (await metricsOf(behind, await behind.look())).text

/** Families that a text of queries reads. */
const readIn = (text: string): readonly string[] => [
  ...new Set(text.match(/\b(?:lienmesh|nodejs|process)_[a-z0-9_]+/g) ?? []),
]

const promtool = spawnSync('promtool', ['--version']).status === 0
const checked = test.skipIf(!promtool)

test('what is scraped is what the books say, twice the same', async () => {
  const text = await scraped()
  expect(text).toContain('lienmesh_race_total{agent="house-1",result="won"} 6')
  expect(text).toContain(
    'lienmesh_opportunities_total{agent="house-1",strategy="gap-aware",decision="take",reason="take"} 10',
  )
  expect(text).toContain('lienmesh_settlements_open{agent="house-1",state="stuck"} 3')
  expect(text).toContain('lienmesh_pnl_usd{agent="house-1",component="total"} 48')
  expect(text).toContain('lienmesh_gap_exposure_usd{agent="house-1",measure="shortfall"} 180')
  expect(text).toContain('lienmesh_settlement_stage_seconds_count{agent="house-1",stage="sold"} 3')
  const again = await scraped()
  const ours = (said: string): readonly string[] => said.split('\n').filter((line) => line.startsWith('lienmesh_'))
  expect(ours(again)).toEqual(ours(text))
})

test('every alarm and every panel reads a family that there is', async () => {
  const families = new Set([...(await scraped()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  const asked: string[] = []
  for (const { rules: all } of parse(readFileSync(rules, 'utf8')).groups) for (const { expr } of all) asked.push(expr)
  for (const file of boards)
    for (const { targets } of JSON.parse(readFileSync(file, 'utf8')).panels)
      for (const { expr } of targets) asked.push(expr)
  const known = (name: string): boolean => families.has(name) || families.has(name.replace(/_(bucket|sum|count)$/, ''))
  expect(asked.flatMap(readIn).filter((name) => !known(name))).toEqual([])
  expect(asked.length).toBeGreaterThan(30)
})

test('there are four dashboards, whose panels do not lie on each other', () => {
  expect(boards.length).toBe(4)
  for (const file of boards) {
    const places = JSON.parse(readFileSync(file, 'utf8')).panels.map((one: { gridPos: object }) =>
      JSON.stringify(one.gridPos),
    )
    expect(new Set(places).size).toBe(places.length)
  }
})

checked('promtool accepts the rules and our families', async () => {
  const judged = spawnSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' })
  expect([judged.status, judged.stdout]).toEqual([0, expect.stringContaining('SUCCESS: 10 rules found')])
  const input = await scraped()
  const metrics = spawnSync('promtool', ['check', 'metrics'], { encoding: 'utf8', input })
  expect([metrics.status, metrics.stdout, metrics.stderr]).toEqual([0, '', ''])
})
