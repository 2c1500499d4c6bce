import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCore, step } from '../../../agent/core/core.ts'
import { wad } from '../../../agent/domain/units.ts'
import type { EventName, Fields } from '../../../agent/runtime/events.ts'
import type { Holder } from '../../../agent/runtime/holder.ts'
import { openSeats } from '../../../agent/runtime/seats.ts'
import { openStrategyBooks } from '../../../agent/runtime/strategy-books.ts'
import { type AgentConfigInput, agentConfig } from '../../../config/schema.ts'
import { ENGINE, only, opening, play, ripe, seatOf, secondsIn, setup, takeAll, usd } from '../../support/builders.ts'
import { root } from '../../support/cruise.ts'
import { eventually } from '../../support/sending.ts'
import { viewWith } from '../../support/views.ts'

let folder = ''
const open: Holder[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienmesh-seats-'))
})
afterAll(() => {
  for (const one of open) one.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Seats strategies, and keeps what was said of them. */
async function seated(strategies: AgentConfigInput['strategies'], over: Partial<AgentConfigInput> = {}) {
  const said: { readonly event: EventName; readonly fields: Fields | undefined }[] = []
  const tuned: unknown[] = []
  const config = agentConfig.parse({
    network: 'x',
    keys: { operator: 'x' },
    chains: [{ id: 1, rpc: ['http://127.0.0.1'] }],
    strategies,
    ...over,
  })
  const holders = await openSeats(config, {
    emit: (event, fields) => void said.push({ event, fields }),
    now: () => 0,
    tuned: (seat, params) => void tuned.push([seat, params]),
  })
  open.push(...holders)
  return { holders, said, tuned }
}

function file(name: string, body: string): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    `import { API_VERSION, defineStrategy, z } from '${join(root, 'agent/strategy.ts')}'
export const strategy = defineStrategy({ name: '${name.replace('.js', '')}', apiVersion: API_VERSION, params: z.strictObject({}),
  decide: (view) => { ${body} } })
`,
  )
  return path
}

const skips = (reason: string): string =>
  `view.candidates.map(({ quotes: [quote] }) => ({ kind: 'skip', quote, reason: '${reason}' }))`

const decides = ({ seat }: Holder) => {
  if (typeof seat.decide === 'string') throw new Error(`it is ${seat.decide}`)
  return seat.decide(viewWith(1))
}

describe('a seated strategy', () => {
  test('takes a parameter that is marked live, and decides by it once the core was told', async () => {
    const { holders } = await seated([{ use: 'hedged' }])
    const [holder] = holders
    if (holder === undefined) throw new Error('expected a seat')
    const params = await holder.tune({ minNet: '1000000000000000000000000000' })
    expect(params).toMatchObject({ minNet: 10n ** 27n, ratio: 10_000 })
    const core = createCore(setup({ seats: [holder.seat] }))
    step(core, { kind: 'tuned', at: secondsIn(0), seat: 'hedged', params })
    expect(only(play(core, opening(2_400, ripe())), 'submit')).toEqual([])
  })

  test.each([
    ['that is not live', { band: 1 }, 'E_STRATEGY_TUNE', 'only minNet, ratio are marked live'],
    ['that its schema refuses', { ratio: 20_000 }, 'E_STRATEGY_PARAMS', 'ratio'],
    ['that there is none of', { greed: 1 }, 'E_STRATEGY_TUNE', 'greed'],
  ])('refuses a parameter %s, and goes on with what it had', async (_, changes, code, words) => {
    const { holders } = await seated([{ use: 'hedged' }])
    await expect(holders[0]?.tune(changes)).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
  })

  test('that sits twice has two names, so two books', async () => {
    const { holders } = await seated([{ use: 'patient' }, { use: 'patient', params: { greed: 10 } }])
    expect(holders.map(({ seat }) => seat.name)).toEqual(['patient', 'patient#2'])
  })

  test('that loops is cut short, and after three times not asked again; the others decide', async () => {
    const { holders, said } = await seated([{ use: file('loops.js', 'for (;;);') }, { use: 'first-come' }])
    const [looping, other] = holders
    if (looping === undefined || other === undefined) throw new Error('expected two seats')
    for (let i = 0; i < 3; i++) expect(() => decides(looping)).toThrow('loops took more than 250 ms')
    expect(() => decides(looping)).toThrow('it is not asked again')
    expect(said.filter(({ event }) => event === 'strategy:killed').map(({ fields }) => fields?.['disabled'])).toEqual([
      false,
      false,
      true,
    ])
    expect(decides(other)).toHaveLength(1)
  })

  test('that asks for the clock is told of once', async () => {
    const { holders, said } = await seated([{ use: file('clocked.js', 'if (Date.now() < 0) return []; return []') }])
    const [holder] = holders
    if (holder === undefined) throw new Error('expected a seat')
    decides(holder)
    decides(holder)
    expect(said.map(({ fields }) => fields?.['code'])).toEqual(['W_STRATEGY_IMPURE'])
  })

  test('in a file that is edited while it runs decides by the edit; a broken edit keeps what ran, and says so', async () => {
    const { holders, said } = await seated([{ use: file('edited.js', `return ${skips('as it was')}`) }])
    const [holder] = holders
    if (holder === undefined) throw new Error('expected a seat')
    expect(decides(holder).map(({ reason }) => reason)).toEqual(['as it was'])
    const edit = (body: string) => async () => file('edited.js', body)
    await eventually(edit(`return ${skips('as edited')}`), () =>
      said.some(({ event }) => event === 'strategy:reloaded'),
    )
    expect(decides(holder).map(({ reason }) => reason)).toEqual(['as edited'])
    await eventually(edit('return ['), () => said.some(({ event }) => event === 'strategy:kept'))
    expect(decides(holder).map(({ reason }) => reason)).toEqual(['as edited'])
    const kept = said.find(({ event }) => event === 'strategy:kept')?.fields
    expect([kept?.['strategy'], kept?.['file']]).toEqual(['edited', join(folder, 'edited.js')])
    expect(kept?.['error']).toMatchObject({
      code: 'E_STRATEGY_LOAD',
      message: expect.stringContaining('does not load'),
    })
  }, 20_000)

  test('of a provider prices claims and never bids; beside a bidder it does both', async () => {
    const provider = await seated([{ use: 'hedged' }], { role: 'provider' })
    expect(provider.holders.map(({ seat }) => [seat.name, seat.decide, seat.price !== undefined])).toEqual([
      ['hedged', 'none', false],
      ['claim-buyer', 'none', true],
    ])
    const both = await seated([{ use: 'gap-aware' }], { role: 'both' })
    expect(both.holders.map(({ seat }) => typeof seat.decide)).toEqual(['function', 'string'])
  })
})

test('answers that are none are refused in words, and another strategy takes the account', () => {
  const answers = [{ kind: 'grab' }, { kind: 'take' }, { kind: 'take', quote: viewWith(1).candidates[0]?.quotes[0] }]
  for (const answer of answers) {
    const wrong = seatOf(() => [answer as never], { name: 'wrong' })
    const effects = play(createCore(setup({ seats: [wrong, seatOf(takeAll)] })), opening(2_400, ripe()))
    expect(only(effects, 'submit').map(({ intent }) => intent.strategy)).toEqual(['test'])
    expect(only(effects, 'decided').find(({ decision }) => decision.strategy === 'wrong')?.decision).toMatchObject({
      reason: 'strategy-error',
      detail: expect.stringMatching(/^answers /),
    })
  }
})

test('the books of strategies outlive a run, and add up', () => {
  const kept = new Map<string, string>()
  const journal = {
    remember: (key: string, value: string) => void kept.set(key, value),
    recall: (key: string) => kept.get(key),
  }
  const attribution = {
    ...{ bonus: usd(10), positions: usd(0), funding: usd(0), gas: usd(-1), lostRaceGas: usd(0), providerFee: usd(0) },
    ...{ protocolFee: usd(0), slippage: usd(-1), gap: usd(-3), total: usd(5) },
  }
  const write = (facts: Readonly<Record<string, string>>) => {
    for (const [key, value] of Object.entries(facts)) kept.set(key, value)
  }
  write(openStrategyBooks(journal).closed('hedged', attribution))
  const again = openStrategyBooks(journal)
  again.hedged({ strategy: 'hedged', engine: ENGINE, instrument: 0, pnl: usd(2), fees: usd(1) })
  write(again.closed('patient', attribution))
  expect(
    openStrategyBooks(journal)
      .lines()
      .map(({ strategy, settled, gap, hedges, total }) => ({ strategy, settled, gap, hedges, total })),
  ).toEqual([
    { strategy: 'hedged', settled: 1, gap: usd(-3), hedges: usd(2), total: usd(7) },
    { strategy: 'patient', settled: 1, gap: usd(-3), hedges: wad(0n), total: usd(5) },
  ])
})
