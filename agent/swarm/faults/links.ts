// The links between the processes of a swarm: each process has a door that its peers knock at, and behind every door bytes
// meet the toxics of the pair. Who knocks is known by the socket's owner; a stranger counts as anybody.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type Random, seeded } from '../../simulator/scenario/random.ts'
import { carry, type Flow, type LinkToxic } from './flow.ts'
import { ownerOf } from './socket-owner.ts'

/** A process's door. */
export type Door = {
  /** The multiaddr that peers are told. */
  readonly address: string
  /** The process listens on this port of 127.0.0.1 now. */
  lead(port: number): void
}

/** Every door of a swarm. */
export type Links = {
  /** The door of a process; the same one whenever it is asked for. */
  door(name: string): Promise<Door>
  /** Lets a toxic act on every link between one of `on` and one of `to`, both ways. The result takes it away. */
  add(toxic: LinkToxic, on: readonly string[], to: readonly string[]): () => void
  /** Connections that go through doors now. */
  open(): number
  close(): Promise<void>
}

/** What the doors need to know. `pids` are the processes of the swarm. */
export type LinkOptions = { readonly pids: () => ReadonlyMap<number, string>; readonly seed: number }

type Placed = { readonly toxic: LinkToxic; readonly on: ReadonlySet<string>; readonly to: ReadonlySet<string> }

type Joined = {
  readonly from: string | undefined
  readonly to: string
  readonly since: number
  readonly flows: readonly Flow[]
  readonly reset: () => void
}

type State = {
  readonly options: LinkOptions
  readonly placed: Set<Placed>
  readonly joined: Set<Joined>
  readonly dice: Random
}

/** Opens a house without doors. */
export function openLinks(options: LinkOptions): Links {
  const state: State = { options, placed: new Set(), joined: new Set(), dice: seeded(options.seed, 'links') }
  const doors = new Map<string, Promise<Door & { readonly server: Server }>>()
  return {
    door(name) {
      const door = doors.get(name) ?? openDoor(state, name)
      doors.set(name, door)
      return door
    },
    add(toxic, on, to) {
      const placed = { toxic, on: new Set(on), to: new Set(to) }
      state.placed.add(placed)
      changed(state, placed)
      return () => {
        state.placed.delete(placed)
        changed(state, placed)
      }
    },
    open: () => state.joined.size,
    async close() {
      for (const { reset } of state.joined) reset()
      for (const door of doors.values()) (await door).server.close()
    },
  }
}

async function openDoor(state: State, name: string): Promise<Door & { readonly server: Server }> {
  let target: number | undefined
  const server = createServer((inbound) => {
    if (target === undefined) inbound.resetAndDestroy()
    else join(state, name, inbound, target)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of that kind.
  const { port } = server.address() as AddressInfo
  return {
    ...{ server, address: `/ip4/127.0.0.1/tcp/${port}` },
    lead(behind) {
      target = behind
    },
  }
}

function join(state: State, to: string, inbound: Socket, port: number): void {
  const outbound = connect(port, '127.0.0.1')
  const from = ownerOf(inbound.remotePort ?? 0, state.options.pids())
  for (const socket of [inbound, outbound]) socket.setNoDelay(true)
  const acting = (): readonly LinkToxic[] => toxicsOf(state, from, to)
  const joined: Joined = {
    ...{ from, to, since: performance.now() },
    flows: [carry(inbound, outbound, acting, state.dice), carry(outbound, inbound, acting, state.dice)],
    reset() {
      inbound.resetAndDestroy()
      outbound.resetAndDestroy()
    },
  }
  state.joined.add(joined)
  for (const socket of [inbound, outbound])
    socket.on('close', () => {
      if (inbound.closed && outbound.closed) state.joined.delete(joined)
    })
  for (const placed of state.placed) act(state, joined, placed)
}

const toxicsOf = ({ placed }: State, from: string | undefined, to: string): readonly LinkToxic[] =>
  [...placed].filter((one) => touches(one, from, to)).map(({ toxic }) => toxic)

const touches = ({ on, to: others }: Placed, from: string | undefined, to: string): boolean =>
  from === undefined
    ? on.has(to) || others.has(to)
    : (on.has(from) && others.has(to)) || (on.has(to) && others.has(from))

function changed(state: State, placed: Placed): void {
  for (const joined of state.joined) act(state, joined, placed)
}

/** What a toxic that came or went does to a connection at once. */
function act({ placed: all }: State, joined: Joined, placed: Placed): void {
  if (!touches(placed, joined.from, joined.to)) return
  for (const flow of joined.flows) flow.changed()
  if (placed.toxic.kind !== 'reset_peer' || !all.has(placed)) return
  const lived = performance.now() - joined.since
  const reset = (): void => {
    if (all.has(placed)) joined.reset()
  }
  setTimeout(reset, Math.max(0, placed.toxic.after - lived)).unref()
}
