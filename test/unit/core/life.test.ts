import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { following, holdsCapital, LIFE, type LifeEvent, type LifeState } from '../../../agent/domain/life.ts'

const EVENTS: readonly LifeEvent[] = ['resign', 'finalise', 'revert', 'settle', 'reorg', 'foreign']

/**
 * What really happened to one liquidation, apart from any table: how often its capital left on chain, whether the claim
 * was paid, whether the bid failed or somebody else has the key.
 */
type Truth = { readonly bid: 'open' | 'won' | 'failed' | 'stolen'; readonly paid: boolean }
const START: Truth = { bid: 'open', paid: false }

/** What the world does at an event; undefined where it cannot. Written without the table. */
const happens = (truth: Truth, event: LifeEvent): Truth | undefined =>
  truth.bid === 'stolen' && event !== 'foreign' ? undefined : WORLD[event](truth)

const WORLD: Readonly<Record<LifeEvent, (truth: Truth) => Truth | undefined>> = {
  // A claim may be paid before its bid is final. A shallow reorganisation then takes the bid from a block without taking
  // anything back that the journal says: it is signed again at its nonce, and may even fail.
  resign: ({ bid, paid }) => (paid ? { bid, paid } : bid === 'won' ? undefined : { bid: 'open', paid }),
  finalise: ({ bid, paid }) => (bid === 'failed' ? undefined : { bid: 'won', paid }),
  revert: ({ bid, paid }) => (bid === 'won' && !paid ? undefined : { bid: 'failed', paid: false }),
  settle: ({ bid }) => (bid === 'failed' ? undefined : { bid: 'won', paid: true }),
  reorg: ({ bid }) => (bid === 'open' ? undefined : { bid: 'open', paid: false }),
  foreign: ({ bid, paid }) => (bid === 'open' || bid === 'stolen' ? { bid: 'stolen', paid } : undefined),
}

/** The state that a truth is. */
function stateOf({ bid, paid }: Truth): LifeState {
  if (bid === 'stolen') return 'abandoned'
  if (bid === 'failed') return 'failed'
  if (paid) return 'settled'
  return bid === 'won' ? 'final' : 'signed'
}

describe('the life of a liquidation', () => {
  test('agrees with what happens over every story of twelve events', () => {
    // Equal states have equal futures: what was compared once at a depth need not be compared again.
    let frontier = new Map([['signed', START]])
    let compared = 0
    for (let depth = 0; depth < 12; depth++) {
      const next = new Map<string, Truth>()
      for (const truth of frontier.values())
        for (const event of EVENTS) {
          const after = happens(truth, event)
          expect([stateOf(truth), event, following(stateOf(truth), event)]).toEqual([
            stateOf(truth),
            event,
            after && stateOf(after),
          ])
          compared++
          if (after) next.set(`${after.bid} ${after.paid}`, after)
        }
      frontier = next
    }
    expect(compared).toBeGreaterThan(200)
  })

  test('agrees with it in any order', () => {
    class Happening {
      readonly event: LifeEvent
      constructor(event: LifeEvent) {
        this.event = event
      }
      check = ({ truth }: { truth: Truth }): boolean => happens(truth, this.event) !== undefined
      run(model: { truth: Truth }, real: { state: LifeState }): void {
        model.truth = happens(model.truth, this.event) ?? model.truth
        const next = following(real.state, this.event)
        expect(next).toBe(stateOf(model.truth))
        real.state = next ?? real.state
      }
      toString = (): string => this.event
    }
    fc.assert(
      fc.property(
        fc.commands(
          EVENTS.map((event) => fc.constant(new Happening(event))),
          { maxCommands: 60 },
        ),
        (commands) =>
          fc.modelRun(
            () => ({ model: { truth: START }, real: { state: 'signed' satisfies LifeState as LifeState } }),
            commands,
          ),
      ),
      { numRuns: 500 },
    )
  })

  test('holds capital until it is paid or has failed, and a stolen key holds it for good', () => {
    const states = Object.keys(LIFE).filter((state): state is LifeState => state in LIFE)
    expect(states.filter(holdsCapital)).toEqual(['signed', 'final', 'abandoned'])
    expect(LIFE.abandoned).toEqual({ foreign: 'abandoned' })
  })

  test('is never over while a chain may take it back', () => {
    for (const state of ['final', 'settled', 'failed'] as const) expect(following(state, 'reorg')).toBe('signed')
  })
})
