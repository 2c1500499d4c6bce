// One anvil on a port the system chose, its clock in our hands until the market opens.
import { createRequire } from 'node:module'
import { unavailable } from '../domain/errors.ts'
import type { ChainId } from '../domain/units.ts'
import type { Child, Processes } from './processes.ts'
import { openRpc, type Rpc } from './rpc.ts'

/** A running local chain. `block` is its block time in seconds once it mines by itself. */
export type LocalChain = {
  readonly name: string
  readonly id: ChainId
  readonly url: string
  readonly block: number
  readonly rpc: Rpc
  readonly child: Child
}

/** What to start. */
export type ChainPlan = { readonly name: string; readonly id: ChainId; readonly block: number }

/** Starts the platform's anvil. It does not mine until told to. */
export async function startChain(processes: Processes, plan: ChainPlan): Promise<LocalChain> {
  const listening = Promise.withResolvers<string>()
  const onLine = (line: string): void => {
    const address = /Listening on (\S+)/.exec(line)?.[1]
    if (address !== undefined) listening.resolve(`http://${address}`)
  }
  const child = processes.start({ name: plan.name, command: anvilBinary(), args: anvilArguments(plan), onLine })
  void child.exited.then((why) => listening.reject(chainDied(plan.name, why)))
  const url = await listening.promise
  const rpc = openRpc(url)
  await rpc.request('anvil_setLoggingEnabled', [false])
  return { ...plan, url, rpc, child }
}

/** Lets the chain mine by its block time from now on. */
export const startMining = async (chain: LocalChain): Promise<void> => {
  await chain.rpc.request('evm_setIntervalMining', [chain.block])
}

/** The program inside the platform package: the package's own `bin` is a wrapper that would outlive a kill. */
export function anvilBinary(): string {
  const os = process.platform === 'win32' ? 'win32' : process.platform
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch
  const name = `@foundry-rs/anvil-${os}-${cpu}/bin/anvil${process.platform === 'win32' ? '.exe' : ''}`
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch (cause) {
    throw unavailable(
      'E_ANVIL',
      `expected the program ${name}, found none`,
      'Run npm ci again, without --omit=optional.',
      cause,
    )
  }
}

/** Base fee 0 makes the order by maximum fee an honest auction of tips; pruning keeps history off the disk. */
const anvilArguments = (plan: ChainPlan): readonly string[] => [
  ...['--host', '127.0.0.1', '--port', '0', '--chain-id', String(plan.id), '--no-mining', '--accounts', '6'],
  ...['--balance', '100000000', '--prune-history', '256', '--base-fee', '0', '--gas-limit', '200000000'],
  ...['--no-request-size-limit', '--hardfork', 'osaka', '--disable-console-log', '--disable-pool-balance-checks'],
]

const chainDied = (name: string, why: number | string): Error =>
  unavailable('E_CHAIN_DOWN', `chain ${name} ended (${why})`, `Look at logs/${name}.log in the run directory.`)
