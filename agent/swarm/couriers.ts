// The relayer of local ERC-7786 gateways: brings what couriers sent on one chain to the sources that wait on the other.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, decodeEventLog, type Hex, toEventSelector, toHex } from 'viem'
import type { Source } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { interoperable, partsOf, SOURCE_ARTEFACTS } from '../suite/sources.ts'
import { openBurst } from './burst.ts'
import { read } from './calls.ts'
import { type Deployment, get } from './deployment.ts'
import type { LocalChain } from './local-chain.ts'
import { ownersOf } from './owners.ts'

const { Erc7786Source, CounterCourier, LocalGateway } = SOURCE_ARTEFACTS

/** Where a message is sent and where it is heard. */
type Line = {
  readonly from: LocalChain
  readonly to: LocalChain
  readonly courier: Address
  readonly sentAt: Address
  readonly heardAt: Address
}

/** Carries messages until the signal fires; nothing to do where no route hears any. */
export async function carryMessages(deployment: Deployment, signal: AbortSignal): Promise<void> {
  const lines = await linesOf(deployment)
  await Promise.all(lines.map((line) => carry(line, signal)))
}

async function linesOf({ network, engines, vaultChains }: Deployment): Promise<readonly Line[]> {
  const chains = new Map([...engines, ...vaultChains].map(({ chain }) => [chain.id, chain]))
  const heard = (source: Source, to: ChainId, from: ChainId) =>
    partsOf(source).flatMap((one) =>
      one.kind === 'message' ? [{ ...one, to: get(chains, to), from: get(chains, from) }] : [],
    )
  const wanted = network.vaults.flatMap(({ vaultSource, engineSource, chain, engine }) => [
    ...heard(vaultSource, engine, chain),
    ...heard(engineSource, chain, engine),
  ])
  return Promise.all(
    wanted.map(async ({ from, to, courier, at }): Promise<Line> => {
      const sentAt = await read<Address>(from.rpc, { to: courier, abi: CounterCourier.abi, name: 'gateway' })
      const heardAt = await read<Address>(to.rpc, { to: at, abi: Erc7786Source.abi, name: 'gateway' })
      return { from, to, courier, sentAt, heardAt }
    }),
  )
}

async function carry({ from, to, courier, sentAt, heardAt }: Line, signal: AbortSignal): Promise<void> {
  const [{ governor }, sender] = [await ownersOf(to), interoperable(from.id, courier).toLowerCase()]
  for (let next = 0n; !signal.aborted; await sleep(EVERY, undefined, { signal }).catch(() => undefined)) {
    const tip = BigInt(await from.rpc.request<Hex>('eth_blockNumber'))
    if (tip < next) continue
    const filter = { address: sentAt, topics: [MESSAGE_SENT], fromBlock: toHex(next), toBlock: toHex(tip) }
    const logs = await from.rpc.request<readonly Log[]>('eth_getLogs', [filter])
    next = tip + 1n
    const messages = logs.map(messageIn).filter((one) => one.sender.toLowerCase() === sender)
    if (messages.length === 0) continue
    const burst = await openBurst(to, governor, 'interval')
    for (const { sendId, recipient, payload, ...message } of messages)
      burst.call({
        ...{ to: heardAt, abi: LocalGateway.abi, name: 'deliver' },
        args: [sendId, message.sender, recipient, payload],
      })
    await burst.flush()
  }
}

/** Milliseconds between two looks. */
const EVERY = 500

type Log = { readonly topics: [Hex, ...Hex[]]; readonly data: Hex }
type Message = { readonly sendId: Hex; readonly sender: Hex; readonly recipient: Hex; readonly payload: Hex }

const MESSAGE_SENT = toEventSelector('MessageSent(bytes32,bytes,bytes,bytes,uint256,bytes[])')

const messageIn = ({ topics, data }: Log): Message =>
  decodeEventLog({ abi: LocalGateway.abi, topics, data }).args as unknown as Message
