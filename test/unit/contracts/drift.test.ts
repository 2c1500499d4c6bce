// What is recorded of the contracts is compared with what their sources give: a record that drifts is seen.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Artifact, readArtifact } from '../../../contracts/artifact.ts'
import { compareFigures, readRecord } from '../../../contracts/gas.ts'
import { layoutFile, sizeFile } from '../../../contracts/layout.ts'
import { targets } from '../../../contracts/sources.ts'

const artifacts = targets().flatMap(({ name }) => readArtifact(name) ?? [])
const drifted = (name: string, change: (artifact: Artifact) => Artifact): readonly Artifact[] =>
  artifacts.map((artifact) => (artifact.contractName === name ? change(artifact) : artifact))
const record = ({ path }: { path: string }): string => readFileSync(path, 'utf8')

describe('the layout of storage', () => {
  test('is as recorded, until a variable moves', () => {
    const file = layoutFile(artifacts)
    expect(file.text).toBe(record(file))
    const moved = layoutFile(drifted('LiquidatorExecutor', (artifact) => move(artifact, 'isOperator', '7')))
    expect(moved.text).not.toBe(record(moved))
  })

  test('may not move where another chain reads it', () => {
    for (const label of ['deposited', 'claimed', 'totalDeposited', 'finalRootAt'])
      expect(() => layoutFile(drifted('CollateralVault', (artifact) => move(artifact, label, '9')))).toThrow(
        `CollateralVault.${label} must stand in slot`,
      )
  })
})

describe('the size of a contract', () => {
  test('is as recorded, until a byte comes or goes', () => {
    const file = sizeFile(artifacts)
    expect(file.text).toBe(record(file))
    const grown = sizeFile(
      drifted('PriceBook', (artifact) => ({ ...artifact, deployedBytecode: `${artifact.deployedBytecode}00` })),
    )
    expect(grown.text).not.toBe(record(grown))
  })

  test('may not pass what a chain takes', () => {
    const large = (bytes: number) => () =>
      sizeFile(drifted('PriceBook', (artifact) => ({ ...artifact, deployedBytecode: `0x${'00'.repeat(bytes)}` })))
    expect(large(24_576)).not.toThrow()
    expect(large(24_577)).toThrow('PriceBook has 24577 bytes, over 24576')
  })
})

describe('the gas of a call', () => {
  const recorded = readRecord()

  test('is as recorded, give or take a fiftieth', () => {
    expect(compareFigures(recorded, recorded, true)).toEqual([])
    expect(off('registry.slash', 1.019)).toEqual([])
    expect(off('registry.slash', 1.021)).toEqual([expect.stringContaining('registry.slash costs')])
    expect(off('registry.slash', 0.979)).toEqual([expect.stringContaining('% from')])
  })

  test('may not pass what was promised, whatever the record says', () => {
    const dear = { ...recorded, 'vault.claim': 230_001 }
    expect(compareFigures(dear, dear, true)).toEqual(['vault.claim costs 230001 gas, over its limit of 230000'])
  })

  test('is missed when it is measured no more, and asked for when it is new', () => {
    const { 'vault.claim': claim, ...rest } = recorded
    expect(compareFigures(rest, recorded, true)).toEqual(['vault.claim has a record and was not measured'])
    expect(compareFigures(rest, recorded, false)).toEqual([])
    expect(compareFigures(recorded, rest, true)).toEqual([`vault.claim costs ${claim} gas and has no record`])
  })

  const off = (call: string, factor: number): readonly string[] =>
    compareFigures({ ...recorded, [call]: Math.round((recorded[call] ?? 0) * factor) }, recorded, true)
})

function move(artifact: Artifact, label: string, slot: string): Artifact {
  const storage = artifact.storageLayout.storage.map((one) =>
    one.label.replaceAll('_', '') === label ? { ...one, slot } : one,
  )
  return { ...artifact, storageLayout: { ...artifact.storageLayout, storage } }
}
