import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadScenario, scenarioNames } from '../../../config/scenario.ts'
import { temporaryFolder } from '../../support/config-file.ts'

const flashCrash = readFileSync(new URL('../../../config/scenarios/flash-crash.yaml', import.meta.url), 'utf8')

/** The default scenario with one passage replaced. */
function changed(from: string, to: string): string {
  if (!flashCrash.includes(from)) throw new Error(`the scenario no longer says ${from}`)
  const file = join(temporaryFolder(), 'changed.yaml')
  writeFileSync(file, flashCrash.replace(from, to))
  return file
}

describe('scenarios', () => {
  test.each(scenarioNames())('%s is valid', (name) => {
    expect(loadScenario(name).name).toBe(name)
  })

  test('the default is a crash of 18 % within three seconds, with two routes home', () => {
    const { path, vaults, timeScale, assets, agents } = loadScenario('flash-crash')
    expect(path[0]).toMatchObject({ move: -1800, over: 3000 })
    expect(vaults.map(({ id, delay }) => [id, delay])).toEqual([
      ['vault-fast', 0],
      ['vault-slow', 5_000],
    ])
    expect(timeScale).toBe(60)
    expect(new Set(assets.map(({ decimals }) => decimals)).size).toBe(assets.length)
    expect(agents.reduce((count, group) => count + group.count, 0)).toBe(6)
  })

  test('an unknown name is a usage error with the nearest one', () => {
    expect(() => loadScenario('flash-crush')).toThrow(
      expect.objectContaining({
        code: 'E_SCENARIO',
        exit: 2,
        message: 'unknown scenario flash-crush – did you mean flash-crash?',
      }),
    )
  })

  test('an unknown key, a wrong unit and an undeclared feed are found at their place', () => {
    expect(() => loadScenario(changed('quorum: 2', 'quorun: 2'))).toThrow(
      /changed\.yaml:\d+:\d+ unknown key prices\.quorun – did you mean quorum\?/,
    )
    expect(() => loadScenario(changed('interval: 500ms', 'interval: 500'))).toThrow(
      /prices\.interval: "500" has no unit/,
    )
    expect(() => loadScenario(changed('feed: BTC, haircut', 'feed: SOL, haircut'))).toThrow(
      /assets\.1\.feed: SOL is not declared \(ETH, BTC\)/,
    )
    expect(() => loadScenario(changed('isolated: 30 %', 'isolated: 31 %'))).toThrow(/must add up to 100 %/)
  })

  test('a fault on nobody, and one after the close, are refused with their place', () => {
    const faults = ['crash house-9', 'latency 200ms at 2h'].map((line) => `  - ${line}\n`).join('')
    expect(() => loadScenario(changed('assert:', `faults:\n${faults}assert:`))).toThrow(
      expect.objectContaining({
        code: 'E_CONFIG',
        message: expect.stringMatching(
          /:\d+:5 faults\.0: crash: on names no agent house-9 – did you mean house-1\?.*\n.*:\d+:5 faults\.1: latency: it comes at 7200s, when/,
        ),
      }),
    )
  })
})
