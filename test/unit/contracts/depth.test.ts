import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyMerkleProof } from '@ethereumjs/mpt'
import { fromRlp, type Hex, hexToBytes, keccak256, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { root } from '../../support/cruise.ts'

const fixture = JSON.parse(readFileSync(join(root, 'contracts/test/fixtures/depth.json'), 'utf8')) as {
  readonly account: Hex
  readonly slot: Hex
  readonly value: Hex
  readonly stateRoot: Hex
  readonly storageRoot: Hex
  readonly accountProof: readonly Hex[]
  readonly storageProof: readonly Hex[]
}

describe('the deep proofs of the contract tests', () => {
  test('convince a verifier that nobody here wrote', async () => {
    const account = await proven(fixture.stateRoot, fixture.account, fixture.accountProof)
    const [, , storageRoot] = fromRlp(account, 'hex')
    expect(storageRoot).toBe(fixture.storageRoot)
    const word = fromRlp(await proven(fixture.storageRoot, fixture.slot, fixture.storageProof), 'hex')
    expect(BigInt(word as Hex)).toBe(BigInt(fixture.value))
    expect([fixture.accountProof.length, fixture.storageProof.length]).toEqual([9, 5])
  })
})

async function proven(rootHash: Hex, key: Hex, proof: readonly Hex[]): Promise<Hex> {
  const nodes = proof.map((node) => hexToBytes(node))
  const value = await verifyMerkleProof(hexToBytes(keccak256(key)), nodes, {
    root: hexToBytes(rootHash),
    useKeyHashing: false,
  })
  return toHex(value ?? new Uint8Array())
}
