// Any mistake in a config is refused with the key it is about, or changes what the config says. F51 of the fault matrix;
// LIENMESH_FUZZ_RUNS makes it longer.
import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadConfig } from '../../../config/load.ts'
import { configFile } from '../../support/config-file.ts'

const runs = Number(process.env['LIENMESH_FUZZ_RUNS'] ?? 500)

/** A config with every kind of value, none of them a default, as YAML's subset JSON. */
const whole = {
  network: 'network.json',
  mode: 'live',
  role: 'provider',
  seed: 77,
  keys: { operator: 'operator.key' },
  chains: [{ id: 31_337, rpc: ['http://127.0.0.1:1'], executor: '0x00000000000000000000000000000000000000e1' }],
  capital: { reserve: '100 USD', maxBid: '5000 USD' },
  risk: { maxInFlight: '6000 USD', maxShortfall: '900 USD', minNet: '1 USD', slippage: '0.7 %' },
  protections: { drawdown: '11 %', gapLosses: 4, failedGas: '60 USD' },
}

type Path = readonly (string | number)[]

/** Every place in a value, its root left out. */
const placesIn = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, child]) => {
        const here = [...path, Array.isArray(value) ? Number(key) : key]
        return [here, ...placesIn(child, here)]
      })

const junk = fc.oneof(
  fc.constantFrom<unknown>(null, true, [], {}, '', ' ', 'NaN', '-1 USD', '1e999 USD', '5', '5 parsecs', '0x', '∞ USD'),
  fc.constantFrom<unknown>(-1, 0.5, 1e308, Number.MAX_SAFE_INTEGER, '5 %', '101 %', '-5 %', '6 EUR', '6s', '1_000 USD'),
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

/** What loading says: the config as text, or the message of its refusal. */
function load(file: string, value: unknown): { readonly config: string } | { readonly refusal: string } {
  writeFileSync(file, JSON.stringify(value))
  try {
    const { config } = loadConfig({ file, env: {}, flags: {} })
    return { config: JSON.stringify(config, (_, item) => (typeof item === 'bigint' ? `${item}` : item)) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'E_CONFIG') return { refusal: error.message }
    throw error
  }
}

/** The same value with another at one place, under another key when one is given. */
function changed(value: unknown, [step, ...rest]: Path, by: unknown, key = step): unknown {
  if (step === undefined) return by
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? changed(item, rest, by, key) : item))
  const entries = Object.entries(value ?? {}).map(([name, item]) => {
    if (name !== step) return [name, item]
    return rest.length === 0 ? [key, key === step ? by : item] : [name, changed(item, rest, by, key)]
  })
  return Object.fromEntries(entries)
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (held, step) => (typeof held === 'object' && held !== null ? Reflect.get(held, step) : held),
    value,
  )

const names = placesIn(whole).filter((path) => typeof path.at(-1) === 'string')

test('F51: a misspelt key is never passed over', () => {
  const file = configFile('')
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.stringMatching(/^[a-zA-Z]{1,9}$/), (path, slip) => {
      const key = `${path.at(-1)}${slip}`
      const said = load(file, changed(whole, path, undefined, key))
      expect('refusal' in said && said.refusal).toContain(key)
    }),
    { numRuns: runs },
  )
})

test('F51: a bad value is refused by its key, and a good one is what the config says', () => {
  const file = configFile('')
  const healthy = load(file, whole)
  fc.assert(
    fc.property(fc.constantFrom(...placesIn(whole)), junk, (path, value) => {
      const said = load(file, changed(whole, path, value))
      const key = String(path.findLast((step) => typeof step === 'string'))
      if ('refusal' in said) expect(said.refusal).toContain(key)
      else if (JSON.stringify(value) !== JSON.stringify(at(whole, path)))
        expect([path, value, said]).not.toEqual([path, value, healthy])
    }),
    { numRuns: runs },
  )
})
