// A tripped route is shut alone; two of them stop the agent.
import { expect, test } from 'vitest'
import { chainId, instant, type VaultId } from '../../../agent/domain/units.ts'
import type { Breaker } from '../../../agent/ports/chain.ts'
import { type Broken, watchBreaker } from '../../../agent/runtime/guard.ts'
import { fakeChain } from '../../support/fake-chain.ts'

/** What is told of a breaker that answers so, look by look. */
async function told(
  name: string,
  vault: VaultId,
  looks: readonly boolean[],
  broken: Broken,
): Promise<readonly string[]> {
  const [said, enough, left]: [string[], AbortController, boolean[]] = [[], new AbortController(), [...looks]]
  const breaker: Breaker = {
    ...{ name, vault, side: name === vault ? 'vault' : 'mirror', books: chainId(1), other: fakeChain(chainId(2)) },
    tripped: async () => left.shift() ?? false,
    inspect: async () => undefined,
  }
  const clock = {
    now: () => instant(0),
    sleep: async () => {
      if (left.length === 0) enough.abort()
    },
  }
  const around = {
    clock,
    tell: (input: { readonly kind: string }) => void said.push(input.kind),
    emit: (event: string) => void said.push(event),
  }
  await watchBreaker(around, { breaker, broken }, enough.signal)
  return said
}

test('one route that is tripped is told once, by an alarm, and opens again', async () => {
  const broken: Broken = new Map()
  expect(await told('vault-1', 'vault-1', [false, true, true, false], broken)).toEqual([
    'breaker',
    'breaker',
    'alarm',
    'breaker',
  ])
  expect(broken.size).toBe(0)
})

test('both sides of one route are one route', async () => {
  const broken: Broken = new Map()
  await told('vault-1', 'vault-1', [true], broken)
  expect(await told('mirror of vault-1', 'vault-1', [true], broken)).toEqual(['breaker', 'alarm'])
})

test('a second route stops everything', async () => {
  const broken: Broken = new Map()
  await told('vault-1', 'vault-1', [true], broken)
  expect(await told('vault-2', 'vault-2', [true], broken)).toEqual(['breaker', 'alarm', 'halt'])
})
