import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parametersOf } from '../../../agent/suite/parameters.ts'
import { RESTRICTED } from '../../../agent/suite/restricted.ts'
import { loadSuite } from '../../../config/suite.ts'
import { root } from '../../support/cruise.ts'

const file = loadSuite(join(root, 'config/suite-reference.yaml'))
const found = (contract: string, name: string) =>
  parametersOf(file).find((one) => one.contract === contract && one.name === name)

test('every restricted function of the sources is in the list, under each contract that has it', () => {
  const folder = join(root, 'contracts/src')
  const sources = readdirSync(folder).filter((one) => one.endsWith('.sol'))
  const text = new Map(sources.map((one) => [one.slice(0, -4), readFileSync(join(folder, one), 'utf8')]))
  const parents = (name: string): readonly string[] => {
    const heads = /contract \w+ is ([^{]+)\{/g
    const body = text.get(name) ?? ''
    const named = [...body.matchAll(heads)].flatMap(([, list = '']) =>
      list.split(',').map((one) => one.trim().split('(')[0] ?? ''),
    )
    return [name, ...named.filter((one) => text.has(one)).flatMap(parents)]
  }
  const restricted = (name: string) =>
    [...(text.get(name) ?? '').matchAll(/function (\w+)\([^)]*\)\s+external[^{]*\brestricted\b/g)].map(
      ([, one = '']) => one,
    )
  const deployable = [...text].filter(([name, body]) => new RegExp(`^contract ${name}\\b`, 'm').test(body))
  const all = deployable.flatMap(([name]) => {
    const own = [...new Set(parents(name).flatMap(restricted))].sort()
    return own.length === 0 ? [] : [[name, own] as const]
  })
  expect(Object.fromEntries(all)).toEqual(
    Object.fromEntries(Object.entries(RESTRICTED).map(([name, names]) => [name, [...names].sort()])),
  )
})

test('what a constructor was given is nobody’s to change', () => {
  expect(found('LiquidationAuction', 'startDiscount')).toEqual({
    ...{ contract: 'LiquidationAuction', name: 'startDiscount', values: ['300'], who: 'nobody', delay: 'never' },
  })
  expect(found('CollateralVault', 'staleAfter')?.values).toEqual(['604800', '1209600'])
  expect(found('QuorumSource', 'needed')?.values).toEqual(['2'])
})

test('what a role may change names the role and its wait', () => {
  expect(found('CollateralVault', 'setRateLimit()')).toEqual({
    ...{ contract: 'CollateralVault', name: 'setRateLimit()', who: 'governance', delay: '172800 s' },
    values: ['capacity 1e20, window 3600'],
  })
  expect(found('MarginEngine', 'setGap()')).toMatchObject({ who: '`RiskParameters`', delay: 'none' })
  expect(found('RootOracle', 'pause()')).toMatchObject({ who: 'guardian', delay: 'none' })
  expect(found('VaultMirror', 'reset()')?.delay).toBe('172800 s, and `resetDelay` after the trip')
  expect(found('RiskParameters', 'propose()')).toMatchObject({ who: 'risk publisher' })
  expect(found('RiskParameters', 'withdraw()')).toMatchObject({ who: 'guardian', delay: 'none' })
})
