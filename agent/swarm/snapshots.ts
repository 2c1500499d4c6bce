// A run put aside and taken up again: the chains as their nodes keep them, the agents' books as they lie on disk.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { EXIT, LienmeshError, usageError } from '../domain/errors.ts'
import type { LocalChain } from './local-chain.ts'
import type { Play } from './playbill.ts'
import type { Stage } from './stage.ts'

/** What a snapshot's file says. The nodes keep the chains in memory: a snapshot ends with its run. */
type Kept = { readonly chains: readonly { readonly id: number; readonly snapshot: Hex; readonly height: number }[] }

/** Puts a run aside under a name, in the place of what had it before. Everybody stands still meanwhile. */
export async function snapshot(show: Play, stage: Stage, name: string): Promise<object> {
  const place = placeOf(show, name)
  rmSync(place, { recursive: true, force: true })
  const chains = await still(stage, async (all) => {
    const kept = await Promise.all(all.map(keepChain))
    for (const { name: agent } of stage.members)
      if (existsSync(booksOf(show, agent))) cpSync(booksOf(show, agent), join(place, agent), SOCKETS_APART)
    return kept
  })
  writeFileSync(show.run.file('snapshots', name, 'chains.json'), JSON.stringify({ chains } satisfies Kept))
  show.console.event(stage.watch.at(), 'swarm', `snapshot ${name}: ${heightsIn(chains)}`)
  return { name, chains: chains.map(({ id, height }) => ({ id, height })) }
}

/** Takes a run up where it was put aside. Chains first, then everybody starts anew from the books of that time. */
export async function restore(show: Play, stage: Stage, name: string): Promise<object> {
  const place = placeOf(show, name)
  if (!existsSync(place)) throw noSuch(show, name)
  if (show.run.record().phase !== 'kept') throw tooEarly()
  const { chains }: Kept = JSON.parse(readFileSync(join(place, 'chains.json'), 'utf8'))
  const everybody = [...stage.members, stage.publishers]
  const living = everybody.filter(({ child }) => child.alive())
  await Promise.all(living.map((member) => member.stop('SIGKILL')))
  const kept = await Promise.all(
    sitesOf(stage).map(async (chain) => {
      const found = chains.find(({ id }) => id === chain.id)
      return found === undefined ? [] : [await putBack(chain, found.snapshot)]
    }),
  )
  for (const { name: agent } of stage.members) {
    rmSync(booksOf(show, agent), { recursive: true, force: true })
    if (existsSync(join(place, agent))) cpSync(join(place, agent), booksOf(show, agent), { recursive: true })
  }
  writeFileSync(join(place, 'chains.json'), JSON.stringify({ chains: kept.flat() } satisfies Kept))
  await stage.publishers.start()
  for (const member of stage.members) await member.start()
  show.console.event(stage.watch.at(), 'swarm', `restored ${name}: ${heightsIn(kept.flat())}`)
  return { name, chains: kept.flat().map(({ id, height }) => ({ id, height })) }
}

const placeOf = ({ run }: Play, name: string): string => {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return join(run.path, 'snapshots', name)
  throw usageError('E_SNAPSHOT', `${name} is no name for a snapshot`, 'Take small letters, digits and dashes.')
}
const booksOf = ({ run }: Play, agent: string): string => join(run.path, 'agents', agent, 'data')
const sitesOf = ({ deployment }: Stage): readonly LocalChain[] =>
  [...deployment.engines, ...deployment.vaultChains].map(({ chain }) => chain)

/** Nobody writes and nothing is mined while the work is done. */
async function still<T>(stage: Stage, work: (chains: readonly LocalChain[]) => Promise<T>): Promise<T> {
  const chains = sitesOf(stage)
  const living = stage.members.filter(({ child }) => child.alive())
  for (const { child } of living) child.signal('SIGSTOP')
  try {
    for (const { rpc } of chains) await rpc.request('evm_setIntervalMining', [0])
    return await work(chains)
  } finally {
    for (const { rpc, block } of chains) await rpc.request('evm_setIntervalMining', [block])
    for (const { child } of living) child.signal('SIGCONT')
  }
}

async function keepChain({ id, rpc }: LocalChain): Promise<Kept['chains'][number]> {
  const height = Number(await rpc.request<Hex>('eth_blockNumber'))
  return { id, height, snapshot: await rpc.request<Hex>('evm_snapshot') }
}

/** A node forgets a snapshot that it went back to: it is taken anew at once. Its clock goes on from now. */
async function putBack(chain: LocalChain, kept: Hex): Promise<Kept['chains'][number]> {
  const { rpc, block } = chain
  await rpc.request('evm_setIntervalMining', [0])
  if (!(await rpc.request<boolean>('evm_revert', [kept]))) throw forgotten(chain.name)
  const again = await keepChain(chain)
  await rpc.request('evm_setTime', [Math.floor(Date.now() / 1_000)])
  await rpc.request('evm_setIntervalMining', [block])
  return again
}

/** A control socket belongs to a process, not to its books. */
const SOCKETS_APART = { recursive: true, filter: (from: string) => !from.endsWith('.sock') }

const heightsIn = (chains: Kept['chains']): string =>
  chains.map(({ id, height }) => `chain ${id} at ${height}`).join(', ')

function noSuch({ run }: Play, name: string): Error {
  const folder = join(run.path, 'snapshots')
  const known = existsSync(folder) ? readdirSync(folder) : []
  return usageError(
    'E_SNAPSHOT',
    `no snapshot ${name} (${known.length === 0 ? 'none was taken' : known.join(', ')})`,
    'Take one first: lienmesh swarm snapshot NAME.',
  )
}

const tooEarly = (): Error =>
  new LienmeshError(
    'E_RUN_PHASE',
    'a run that is not judged yet cannot be put back: its books would count what never was',
    {
      remedy: 'retry',
      exit: EXIT.failure,
      fix: 'Wait until lienmesh swarm status says kept.',
    },
  )

const forgotten = (chain: string): Error =>
  new LienmeshError('E_SNAPSHOT', `chain ${chain} does not know that snapshot any more`, {
    remedy: 'halt',
    exit: EXIT.failure,
    fix: 'An older snapshot was restored since: those that came after it are gone.',
  })
