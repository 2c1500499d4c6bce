// Which engine blocks a vault can be shown proofs against right now.
import { parseEventLogs } from 'viem'
import { getLogs, readContract } from 'viem/actions'
import type { VaultDeployment } from '../../domain/network.ts'
import { rootOracleAbi } from './abi/root-oracle.ts'
import { blockBy } from './heads.ts'
import type { ChainLink } from './link.ts'

/** Where a root stands on the vault's chain. Times in seconds of that chain. */
export type RootState = { readonly accepted: boolean; readonly anchored: boolean; readonly usableAt: bigint }

/** How far `number` of the engine chain has come at this vault's oracle. */
export async function rootState({ rpc }: ChainLink, deployment: VaultDeployment, number: bigint): Promise<RootState> {
  const oracle = { address: deployment.engineRoots, abi: rootOracleAbi } as const
  const [root, storageRoot] = await rpc.gather((node) =>
    Promise.all([
      readContract(node, { ...oracle, functionName: 'roots', args: [number] }),
      readContract(node, { ...oracle, functionName: 'storageRoots', args: [number, deployment.mirror] }),
    ]),
  )
  return {
    accepted: root.acceptedAt > 0n,
    anchored: BigInt(storageRoot) > 0n,
    usableAt: root.acceptedAt + BigInt(deployment.delay),
  }
}

/** Whether a claim sent now would be paid: it is mined no earlier than now, whatever the last block's time says. */
export const usable = ({ clock }: ChainLink, { usableAt }: RootState): boolean =>
  clock.now() >= Number(usableAt) * 1_000

/** The newest anchored block at or above `number` whose delay has passed. */
export async function newestAnchored(
  link: ChainLink,
  deployment: VaultDeployment,
  number: bigint,
): Promise<bigint | undefined> {
  const head = await blockBy(link.rpc, 'latest')
  if (head === undefined) return undefined
  const fromBlock = head.number > WINDOW ? head.number - WINDOW : 0n
  const logs = await link.rpc.ask((node) =>
    getLogs(node, { address: deployment.engineRoots, fromBlock, toBlock: head.number }),
  )
  const anchors = parseEventLogs({
    abi: rootOracleAbi,
    eventName: 'Anchored',
    logs,
    args: { origin: deployment.mirror },
  })
  const numbers = anchors.map(({ args }) => args.number).filter((found) => found >= number)
  for (const found of numbers.sort((a, b) => (a > b ? -1 : 1))) {
    if (usable(link, await rootState(link, deployment, found))) return found
  }
  return undefined
}

/** Blocks of the vault chain in which an anchor is looked for. */
const WINDOW = 512n
