// What each fault is carried out by. The parts themselves are tested with real sockets, chains and nodes.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Member } from '../../../agent/swarm/crew.ts'
import { performOn } from '../../../agent/swarm/faults/perform.ts'
import type { Roads } from '../../../agent/swarm/faults/roads.ts'
import { castOf, targetsOf } from '../../../config/fault-cast.ts'
import { faultSchema } from '../../../config/faults.ts'
import { loadScenario } from '../../../config/scenario.ts'

const scenario = loadScenario('flash-crash')
const cast = castOf({ ...scenario, agents: scenario.agents.slice(0, 1) })

/** A swarm of which only the wishes are written down. */
function swarm(roads = true) {
  const trace: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-faults-'))
  const told = (what: string, undone = `${what} undone`) => {
    trace.push(what)
    return () => void trace.push(undone)
  }
  const member = (name: string): Member => ({
    ...{ name, addresses: [`/ip4/127.0.0.1/tcp/1/p2p/${name}`] },
    child: {
      ...{ name, pid: 1, exited: new Promise(() => undefined), alive: () => true, tell: () => undefined },
      signal: (kind) => void trace.push(`${kind} ${name}`),
    },
    stop: async (signal) => void trace.push(`stop ${name} by ${signal}`),
    start: async () => void trace.push(`start ${name}`),
  })
  const links: Roads['links'] = {
    ...{ door: () => Promise.reject(new Error('no doors')), open: () => 0, close: async () => undefined },
    add: ({ kind }, on, to) => told(`${kind} between ${on.length} and ${to.length}`),
  }
  const nodes: Roads['nodes'] = {
    ...{ url: async () => '', close: async () => undefined },
    add: async ({ kind }, agents, chains) => told(`${kind} at ${agents} to ${chains}`),
  }
  const act = performOn({
    roads: roads
      ? {
          links,
          nodes,
          door: links.door,
          lead: async () => undefined,
          node: async () => '',
          close: async () => undefined,
        }
      : undefined,
    chains: [],
    member,
    feed: (name) => scenario.feeds.findIndex((one) => one.name === name),
    at: () => 7_000,
    bend: ({ kind, feeds, publishers, since, move }) =>
      told(`${kind} ${feeds} by ${publishers} since ${since}: ${move}`),
    hold: (vaults, millis) => told(`hold ${vaults} ${millis}`),
    censor: async (vaults) => async () => told(`censor ${vaults}`)(),
    clockFile: (name) => join(folder, name),
    stranger: async (kind, rate, agents) => async () => told(`${kind} ${rate} among ${agents}`)(),
  })
  const suffer = async (line: string): Promise<readonly string[]> => {
    const fault = faultSchema.parse(line)
    const targets = targetsOf(fault, cast)
    if (Array.isArray(targets)) throw new Error(targets.join())
    await (await act(fault, targets))?.()
    return trace
  }
  return { suffer, clock: (name: string) => readFileSync(join(folder, name), 'utf8'), act }
}

describe('a fault is carried out by the part it is about, and undone there', () => {
  test.each<[string, ...string[]]>([
    ['latency 200ms on house-1 to house-2', 'latency between 1 and 1', 'latency between 1 and 1 undone'],
    ['jitter 50ms house', 'latency between 4 and 6', 'latency between 4 and 6 undone'],
    ['loss 10% house-1', 'loss between 1 and 6', 'loss between 1 and 6 undone'],
    ['bandwidth 20KB/s', 'bandwidth between 6 and 6', 'bandwidth between 6 and 6 undone'],
    ['partition house-1 from publishers', 'partition between 1 and 1', 'partition between 1 and 1 undone'],
    ['reset_peer 3s on house-2', 'reset_peer between 1 and 6', 'reset_peer between 1 and 6 undone'],
    ['rpc_lag 1s on house-1', 'rpc_lag at house-1 to engine,vault', 'rpc_lag at house-1 to engine,vault undone'],
    ['rpc_down house-1 chain vault', 'rpc_down at house-1 to vault', 'rpc_down at house-1 to vault undone'],
    ['reorder 5% on house-1 chain vault', 'reorder at house-1 to vault', 'reorder at house-1 to vault undone'],
    ['oracle_freeze ETH', 'freeze 0 by 0,1,2 since 7000: 0', 'freeze 0 by 0,1,2 since 7000: 0 undone'],
    ['oracle_skew -3% on BTC', 'off 1 by 0,1,2 since 7000: -0.03', 'off 1 by 0,1,2 since 7000: -0.03 undone'],
    ['oracle_lie +50% on ETH', 'off 0 by 0 since 7000: 0.5', 'off 0 by 0 since 7000: 0.5 undone'],
    ['oracle_silence publisher-3', 'silence  by 2 since 7000: 0', 'silence  by 2 since 7000: 0 undone'],
    ['censor vault-slow', 'censor vault-slow', 'censor vault-slow undone'],
    ['crash house-1', 'stop house-1 by SIGKILL', 'start house-1'],
    ['restart house-1', 'stop house-1 by SIGTERM', 'start house-1'],
    ['pause publishers', 'SIGSTOP publishers', 'SIGCONT publishers'],
    ['spam 200/s on house-1', 'spam 200 among house-1', 'spam 200 among house-1 undone'],
    ['forge on house-1,house-2', 'forge 20 among house-1,house-2', 'forge 20 among house-1,house-2 undone'],
  ])('%s', async (line, ...trace) => {
    expect(await swarm().suffer(line)).toEqual(trace)
  })

  test('a clock is off by what its file says, and true again', async () => {
    const { suffer, clock, act } = swarm()
    await act(faultSchema.parse('clock_skew -90s house-1'), { on: ['house-1'], to: [], chains: [], by: [] })
    expect(clock('house-1')).toBe('-90000')
    await suffer('clock_skew +1s house-1')
    expect(clock('house-1')).toBe('0')
  })

  test.each(['latency 1s', 'rpc_down', 'clock_skew +1s house-1'])(
    '%s needs proxies between processes',
    async (line) => {
      await expect(swarm(false).suffer(line)).rejects.toMatchObject({ code: 'E_NO_ROADS', exit: 2 })
    },
  )
})
