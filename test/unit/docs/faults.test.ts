// docs/faults.md names every fault and where it is proven; the titles of tests say whether that is so.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** What can cost money. */
const NUMBERS = ['10', '10b', '11', '12', '13', '14', '15', '16', '17', '18', '19'].concat([
  '21',
  '22',
  '23',
  '24',
  '30',
  '31',
  '32',
  '33',
  '34',
  '35',
  '36',
  '37',
  '38',
  '50',
  '51',
  '53',
  '54',
  '55',
  '56',
])

/** Titles of a file's tests: what describe and test are given, or the notice above a Solidity contract. */
function titlesIn(path: string): readonly string[] {
  const text = read(path)
  if (path.endsWith('.sol')) return text.match(/\/\/\/ @notice .*/g) ?? []
  const calls = /\b(?:test|describe)(?:\.\w+\((?:[^()]|\([^()]*\))*\))?\(\s*(['"`])(.*?)\1/gs
  const tables = /^\s*\[?'(F\d\d[^']*)'/gm
  return [
    ...[...text.matchAll(calls)].map((found) => found[2] ?? ''),
    ...[...text.matchAll(tables)].map((found) => found[1] ?? ''),
  ]
}

/** F30 to F33 are four numbers; F30, F31 are two. */
function numbersIn(title: string): readonly string[] {
  const ranges = [...title.matchAll(/F(\d\d) to F(\d\d)/g)].flatMap(([, from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => String(Number(from) + i)),
  )
  return [...ranges, ...[...title.matchAll(/\bF(\d\d[a-z]?)\b/g)].map((found) => found[1] ?? '')]
}

const files = [...globSync('test/**/*.test.ts', { cwd: root }), ...globSync('contracts/test/**/*.t.sol', { cwd: root })]

/** Files by the number that a title of theirs says, as `10 test/...`. */
const said = files.flatMap((file) =>
  titlesIn(file).flatMap((title) => numbersIn(title).map((number) => `${number} ${file}`)),
)

const rows = read('docs/faults.md')
  .split('\n')
  .flatMap((line) => {
    const [, number, , , where] = line.split('|').map((cell) => cell.trim())
    return number?.startsWith('F') ? [{ number: number.slice(1), files: where?.match(/[^`\s]+/g) ?? [] }] : []
  })

test('every fault that can cost money has a test that says its number', () => {
  expect(NUMBERS.filter((number) => !said.some((one) => one.startsWith(`${number} `)))).toEqual([])
})

test('the page of faults names exactly the tests that say their numbers', () => {
  const written = rows.flatMap(({ number, files: named }) => named.map((file) => `${number} ${file}`))
  expect(written.toSorted()).toEqual([...new Set(said)].toSorted())
  expect(rows.map(({ number }) => number)).toEqual(NUMBERS)
})
