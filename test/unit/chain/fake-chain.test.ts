import { expect, test } from 'vitest'
import { account, address, anchor, engineTerms, hash, submitted, VAULT_CHAIN } from '../../support/builders.ts'
import { fakeEngine, fakeVault } from '../../support/fake-chain.ts'

const never = new AbortController().signal

test('a fake engine has the accounts it was given, as of the block asked for', async () => {
  const engine = fakeEngine(engineTerms())
  const held = account()
  const { chain, number, hash: name } = await engine.latest()
  engine.known.set(held.id, held)
  engine.mine(2)
  const at = { chain, number, hash: name }
  expect(await engine.accounts([held.id, address(0xdead)], at)).toEqual([{ ...held, anchor: at }])
})

test('a fake engine loses every race until it is told otherwise, and remembers the bids', async () => {
  const engine = fakeEngine(engineTerms())
  const { intent } = submitted()
  expect(await engine.bid(intent, undefined, never)).toMatchObject({ kind: 'lost', reason: 'LOST_RACE' })
  engine.fate = () => ({ kind: 'expired', reason: 'TOO_LATE' })
  expect(await engine.bid(intent, undefined, never)).toEqual({ kind: 'expired', reason: 'TOO_LATE' })
  expect(engine.bids).toEqual([
    { intent, offer: undefined },
    { intent, offer: undefined },
  ])
})

test('a fake engine whose logs are cut says so like a real one', async () => {
  const engine = fakeEngine(engineTerms())
  engine.logs = 'cut'
  await expect(engine.events(0n, 1n)).rejects.toMatchObject({ code: 'E_LOGS_UNAVAILABLE' })
})

test('a fake vault shows the deposits of the blocks asked for', async () => {
  const vault = fakeVault(VAULT_CHAIN, 'vault-fast')
  const deposits = [1n, 2n, 3n].map((number) => ({
    account: address(0xaa),
    asset: address(0xbb),
    anchor: anchor(number, { chain: VAULT_CHAIN, hash: hash(1) }),
  }))
  vault.locked = deposits
  expect(await vault.deposits(2n, 3n)).toEqual(deposits.slice(1))
})
