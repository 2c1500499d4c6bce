// A drill on a small market that somebody else has set up: what it must prove, and what it must leave alone.
import { getTransactionCount } from 'viem/actions'
import { expect, test } from 'vitest'
import { drill } from '../../agent/swarm/drill/drill.ts'
import type { Actor } from '../../agent/swarm/drill/ground.ts'
import type { LocalNetwork } from './local-network.ts'
import type { Seat } from './seat.ts'

/** A market with an account to sink, and two who may take it. */
export type DrillStage = { readonly network: LocalNetwork; readonly winner: Seat; readonly rival: Seat }

/** The tests, to be called inside a `describe`. */
export function drillTests(stage: () => DrillStage): void {
  test('proves every way out of an account on forks, and the real chains are only read', async () => {
    const { network, winner, rival } = stage()
    const said: string[] = []
    const actor = ({ seat }: Seat): Actor => ({
      name: seat.name,
      on: new Map([network.engine, network.vault].map(({ id }) => [id, seat.executor])),
    })
    const lender = network.deployment.seats.find(({ role }) => role === 'provider')
    if (lender === undefined) throw new Error('the scenario has no provider')
    const places = [network.engine, network.vault].map(({ id }) => [id, lender.executor] as const)
    const nonces = await sentBy(winner)
    const status = await drill({
      plan: {
        network: network.deployment.network,
        chains: [network.engine, network.vault],
        actors: [winner, rival].map(actor),
        providers: [{ name: lender.name, on: new Map(places) }],
      },
      ...{ most: 1, json: true, signal: never },
      out: { write: (text: string) => said.push(text) },
    })
    const lines = said.map((line) => JSON.parse(line))
    const tried = lines.slice(0, -1).map(({ executor, route, proven, reason }) => ({ executor, route, proven, reason }))
    const routes = ['31337:state-proof', `31337:service:${lender.executor.toLowerCase()}`]
    const ways = routes.flatMap((route) => [winner, rival].map(({ seat: { name: executor } }) => ({ executor, route })))
    expect(tried).toEqual(ways.map((way) => ({ ...way, proven: true, reason: undefined })))
    expect(lines.at(-1)).toMatchObject({ type: 'summary', paths: 4, proven: 4, share: 1, holds: true })
    expect(status).toBe(0)
    for (const { chain: _, ...calls } of lines.at(-1).reads)
      expect(Object.keys(calls).filter((method) => /send|sign|anvil|evm|debug/i.test(method))).toEqual([])
    expect(await sentBy(winner)).toEqual(nonces)
  }, 60_000)

  test('says which way is shut, and fails', async () => {
    const { network, winner } = stage()
    const said: string[] = []
    await network.guard('vault-fast', 'pause')
    const on = new Map([network.engine, network.vault].map(({ id }) => [id, winner.seat.executor]))
    const plan = {
      network: network.deployment.network,
      chains: [network.engine, network.vault],
      actors: [{ name: 'winner', on }],
      providers: [],
    }
    const out = { write: (text: string) => said.push(text) }
    const status = await drill({ plan, most: 1, json: false, signal: never, out })
    await network.guard('vault-fast', 'unpause')
    expect([status, said[0]?.split(': ').at(-1)]).toEqual([6, 'claim PAUSED\n'])
    expect(said.join('')).toContain('0 of 1 paths proven')
  }, 60_000)
}

const never = new AbortController().signal

/** How many transactions the operator of a seat has sent, chain by chain. */
const sentBy = ({ seat, links }: Seat): Promise<readonly number[]> =>
  Promise.all(links.map(({ rpc }) => rpc.ask((node) => getTransactionCount(node, { address: seat.operator }))))
