// A function that changes something has a test in which it refuses, and an error says what it found.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Abi } from 'viem'
import { describe, expect, test } from 'vitest'
import { root } from '../../support/cruise.ts'

const contracts = join(root, 'contracts')
const tests = readdirSync(join(contracts, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.sol'))
  .map((file) => readFileSync(join(contracts, 'test', file), 'utf8'))
  .join('\n')
/** OpenZeppelin's own, and what local chains alone have. */
const foreign = new Set(['AccessManager', 'TestToken', 'LocalGateway'])
const inherited = new Set(['setAuthority', 'multicall', 'approve', 'transfer', 'transferFrom', 'mint'])
/** Called by a list of calls in executor/Strangers.t.sol and Delay.t.sol: who is no owner, or too early, is refused. */
const listed = new Set(['requestWithdraw', 'setHourlyCap', 'setMeasure', 'setOperator', 'setRule'])
/** Whoever calls it speaks for itself alone: there is nothing to refuse. */
const free = new Set(['setSigner'])

describe('every function that changes something', () => {
  test('refuses in some test', () => {
    const missing = changing().filter((name) => !refusedIn(name.split('.')[1] ?? ''))
    expect(missing).toEqual([])
  })

  test('refuses with what it found, except where there is nothing to say', () => {
    const errors = suite().flatMap(({ abi }) => abi.filter((item) => item.type === 'error'))
    const mute = new Set(errors.filter(({ inputs }) => inputs.length === 0).map(({ name }) => name))
    expect([...mute].sort()).toEqual(numberless)
  })
})

/** Ours first, then OpenZeppelin's. */
const numberless = [
  ...['Frozen', 'HolderMissing', 'KindMissing', 'ModeMissing', 'NoHeader', 'NotTripped', 'ReservationsOff'],
  ...['ZeroAmount', 'ECDSAInvalidSignature', 'EnforcedPause', 'ExpectedPause', 'FailedCall', 'InvalidShortString'],
  ...['RLPInvalidEncoding', 'RateLimitExceeded', 'ReentrancyGuardReentrantCall', 'CheckpointUnorderedInsertion'],
].sort()

function suite(): readonly { readonly name: string; readonly abi: Abi }[] {
  return readdirSync(join(contracts, 'artifacts'))
    .map((file) => JSON.parse(readFileSync(join(contracts, 'artifacts', file), 'utf8')))
    .map(({ contractName, abi }) => ({ name: contractName, abi }))
    .filter(({ name }) => !foreign.has(name))
}

function changing(): string[] {
  return suite().flatMap(({ name, abi }) =>
    abi.flatMap((item) => {
      if (item.type !== 'function' || item.stateMutability === 'view' || item.stateMutability === 'pure') return []
      return inherited.has(item.name) || free.has(item.name) ? [] : [`${name}.${item.name}`]
    }),
  )
}

/** `expectRevert`, perhaps a prank, then a statement with the call. */
function refusedIn(name: string): boolean {
  if (listed.has(name)) return tests.includes(`abi.encodeCall(executor.${name},`)
  const refusal = 'expect(?:Partial)?Revert\\((?:[^;]*);(?:\\s*vm\\.(?:start)?[pP]rank\\([^;]*;)?\\s*[^;]*?'
  return new RegExp(`${refusal}\\b${name}\\b`).test(tests)
}
