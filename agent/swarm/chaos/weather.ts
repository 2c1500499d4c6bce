// What providers do to an agent: for every life another weather, of which at most one provider in three is hard to bear.
import { keccak256, toHex } from 'viem'
import type { Random } from '../../simulator/scenario/random.ts'
import type { Toxic } from '../faults/toxic.ts'
import type { Miner } from './miner.ts'
import type { Wire } from './wire.ts'

/** A kind of weather, by name. */
export const WEATHERS = [
  'clear',
  'lossy',
  'slow',
  'hanging',
  'limited',
  'stale',
  'lying-nonce',
  'lying-receipt',
  'lying-block',
  'lying-call',
  'replies-lost',
  'swallowed',
  'refused',
] as const
export type Weather = (typeof WEATHERS)[number]

/** Lets a weather come over one chain's providers, in the place of what was there. */
export function blow(weather: Weather, wire: Wire, miner: Miner, dice: Random): void {
  for (const proxy of wire.proxies) proxy.clear()
  const worst = wire.proxies[Math.floor(dice() * wire.proxies.length)]
  for (const toxic of everywhere(weather)) for (const proxy of wire.proxies) proxy.add(toxic)
  for (const toxic of inOnePlace(weather, miner)) worst?.add(toxic)
}

const SEND = ['eth_sendRawTransaction']

/** What every provider does now and then. */
function everywhere(weather: Weather): readonly Toxic[] {
  switch (weather) {
    case 'clear':
      return []
    case 'replies-lost':
      return [{ kind: 'drop_reply', methods: SEND, toxicity: 0.6 }]
    case 'refused':
      return [{ kind: 'error', code: -32_000, message: 'already known', methods: SEND, toxicity: 0.5 }]
    case 'slow':
      return [{ kind: 'latency', millis: 5, jitter: 30, toxicity: 0.3 }]
    default:
      return [
        { kind: 'reset_peer', toxicity: 0.005 },
        { kind: 'status', status: 500, toxicity: 0.004 },
        { kind: 'garbage', body: '<html>', toxicity: 0.003 },
        { kind: 'drop_reply', methods: SEND, toxicity: 0.1 },
      ]
  }
}

/** What one provider does all the time. */
function inOnePlace(weather: Weather, miner: Miner): readonly Toxic[] {
  const lie = (method: string, path: string, value: unknown): Toxic => ({ kind: 'lie', methods: [method], path, value })
  switch (weather) {
    case 'hanging':
      return [{ kind: 'timeout' }]
    case 'limited':
      return [{ kind: 'status', status: 429, toxicity: 0.9 }]
    case 'stale':
      return [{ kind: 'stale', height: miner.height() }]
    case 'lying-nonce':
      return [lie('eth_getTransactionCount', '', toHex(9_999))]
    case 'lying-receipt':
      return [lie('eth_getTransactionReceipt', 'status', '0x0')]
    case 'lying-block':
      return [lie('eth_getBlockByNumber', 'hash', keccak256('0x'))]
    case 'lying-call':
      return [lie('eth_call', '', `0x${'0'.repeat(64)}`)]
    case 'swallowed':
      return [{ kind: 'swallow', hashOf: (raw) => keccak256(`0x${raw.slice(2)}`) }]
    case 'clear':
    case 'lossy':
    case 'slow':
    case 'replies-lost':
    case 'refused':
      return []
  }
}
