import { expect, test } from 'vitest'
import { createCore } from '../../../agent/core/core.ts'
import { dutyOf, heardMember } from '../../../agent/core/fleet.ts'
import { address, ENGINE, head, play, START, setup } from '../../support/builders.ts'
import { runFleet } from '../../support/fleet-world.ts'

const MEMBERS = [address(0xa1), address(0xa2), address(0xa3)] as const
const accounts = Array.from({ length: 600 }, (_, n) => ({ engine: ENGINE, id: address(0x5000 + n) }))

/** What a member makes of every account at block 10, having heard others at the blocks given. */
function duties(me: (typeof MEMBERS)[number], heard: readonly (readonly [(typeof MEMBERS)[number], bigint])[]) {
  const core = createCore(setup({ fleet: { members: MEMBERS, me, executor: address(0xee) } }))
  for (const number of [7n, 10n]) play(core, [{ at: START, kind: 'head', head: head(number) }])
  for (const [member, number] of heard) heardMember(core, member, [{ chain: ENGINE, number }])
  return accounts.map((account) => dutyOf(core, account).kind === 'ours')
}

test('every account is one member’s, about as many each', () => {
  const all = MEMBERS.map((me) =>
    duties(
      me,
      MEMBERS.filter((one) => one !== me).map((one) => [one, 10n] as const),
    ),
  )
  expect(accounts.every((_, n) => all.filter((one) => one[n]).length === 1)).toBe(true)
  for (const one of all) expect(one.filter(Boolean).length).toBeGreaterThan(150)
})

test('two blocks behind is alive, three is not: its accounts fall to the others and theirs stay where they are', () => {
  const [a, b, c] = MEMBERS
  const before = duties(a, [
    [b, 10n],
    [c, 8n],
  ])
  const after = duties(a, [
    [b, 10n],
    [c, 7n],
  ])
  expect(before.every((ours, n) => !ours || after[n])).toBe(true)
  expect(after.filter(Boolean).length).toBeGreaterThan(before.filter(Boolean).length)
})

test('who has just come lets its stand-ins finish for two blocks before it does anything', () => {
  const [a] = MEMBERS
  const core = createCore(setup({ fleet: { members: MEMBERS, me: a, executor: address(0xee) } }))
  const ours = (number: bigint): number => {
    play(core, [{ at: START, kind: 'head', head: head(number) }])
    return accounts.filter((account) => dutyOf(core, account).kind === 'ours').length
  }
  expect([ours(10n), ours(12n), ours(13n)]).toEqual([0, 0, accounts.length])
})

test('an agent without a fleet does everything', () => {
  const core = createCore(setup())
  expect(accounts.every((account) => dutyOf(core, account).kind === 'ours')).toBe(true)
})

test('a fleet with crashes liquidates everything once, and never against itself', () => {
  const run = runFleet(40, 5)
  expect(run.failovers).toBeGreaterThan(5)
  expect(run).toMatchObject({ liquidations: 40, selfRaces: 0, doubles: 0, missed: 0 })
  expect(run.worstDelay).toBeLessThanOrEqual(4)
})
