import { expect, test } from 'vitest'
import { createCore, type Input } from '../../../agent/core/core.ts'
import { inFlight } from '../../../agent/core/ledger.ts'
import {
  address,
  anchor,
  batchesAt,
  ENGINE,
  hash,
  ME,
  only,
  opening,
  play,
  ripe,
  START,
  sale,
  seatOf,
  secondsIn,
  setup,
  submitted,
  usd,
} from '../../support/builders.ts'

const ticks = (ether: number, second: number): readonly Input[] =>
  batchesAt(ether, secondsIn(second)).map((batch) => ({ at: secondsIn(second), kind: 'prices', batch }))

test('rivals on this engine are counted for a minute', () => {
  const seen: number[] = []
  const counting = seatOf(({ candidates }) => {
    for (const { competitors } of candidates) seen.push(competitors)
    return []
  })
  const core = createCore(setup({ seats: [counting] }))
  const rival = (bidder: number): Input => ({
    at: START,
    kind: 'competitor',
    engine: ENGINE,
    bidder: address(bidder),
    account: address(0x99),
  })
  play(core, [
    rival(1),
    rival(2),
    rival(2),
    { at: START, kind: 'competitor', engine: ENGINE, bidder: ME, account: address(0x99) },
    ...opening(2_400, ripe()),
    ...ticks(2_399, 61),
  ])
  expect([seen[0], seen.at(-1)]).toEqual([2, 0])
})

test('a claim of an earlier run is taken home like any other', () => {
  const { core, intent } = submitted()
  const claim = {
    intent: hash(0xdead),
    vault: 'vault-slow',
    collateral: 2,
    asset: address(0xe1),
    amount: 10n ** 18n,
    openedAt: START,
    openedIn: anchor(1n),
  }
  const effects = play(core, [
    { at: secondsIn(1), kind: 'claim-opened', claim },
    { at: secondsIn(1), kind: 'claim-opened', claim },
  ])
  expect(only(effects, 'settle')).toEqual([{ kind: 'settle', claim }])
  expect(inFlight(core.ledger)).toBe(usd(2_400))
  play(core, [{ at: secondsIn(2), kind: 'claim-sold', claims: [claim], sale: sale(usd(2_390), usd(2_400)) }])
  expect(inFlight(core.ledger)).toBe(0n)
  expect(intent.strategy).toBe('test')
})
