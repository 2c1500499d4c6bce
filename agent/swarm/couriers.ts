// The relayer of local ERC-7786 gateways: brings what couriers sent on one chain to the sources that wait on the other.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, decodeEventLog, type Hex, toEventSelector, toHex } from 'viem'
import type { Source } from '../domain/network.ts'
import type { ChainId, VaultId } from '../domain/units.ts'
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
  readonly vault: VaultId
}

/** How long messages of a vault's route are kept before they are brought, in ms. */
export type Holding = (vault: VaultId) => number

/** Carries messages until the signal fires; nothing to do where no route hears any. */
export async function carryMessages(deployment: Deployment, signal: AbortSignal, holding: Holding): Promise<void> {
  const lines = await linesOf(deployment)
  await Promise.all(lines.map((line) => carry(line, signal, holding)))
}

async function linesOf({ network, engines, vaultChains }: Deployment): Promise<readonly Line[]> {
  const chains = new Map([...engines, ...vaultChains].map(({ chain }) => [chain.id, chain]))
  const heard = (vault: VaultId, source: Source, [to, from]: readonly [ChainId, ChainId]) =>
    partsOf(source).flatMap((one) =>
      one.kind === 'message' ? [{ ...one, vault, to: get(chains, to), from: get(chains, from) }] : [],
    )
  const wanted = network.vaults.flatMap(({ id, vaultSource, engineSource, chain, engine }) => [
    ...heard(id, vaultSource, [engine, chain]),
    ...heard(id, engineSource, [chain, engine]),
  ])
  return Promise.all(
    wanted.map(async ({ from, to, courier, at, vault }): Promise<Line> => {
      const sentAt = await read<Address>(from.rpc, { to: courier, abi: CounterCourier.abi, name: 'gateway' })
      const heardAt = await read<Address>(to.rpc, { to: at, abi: Erc7786Source.abi, name: 'gateway' })
      return { from, to, courier, sentAt, heardAt, vault }
    }),
  )
}

async function carry(line: Line, signal: AbortSignal, holding: Holding): Promise<void> {
  const { from, to, courier, sentAt, heardAt, vault } = line
  const [{ governor }, sender] = [await ownersOf(to), interoperable(from.id, courier).toLowerCase()]
  const kept: { readonly since: number; readonly message: Message }[] = []
  for (let next = 0n; !signal.aborted; await sleep(EVERY, undefined, { signal }).catch(() => undefined)) {
    const tip = BigInt(await from.rpc.request<Hex>('eth_blockNumber'))
    if (tip >= next) {
      const filter = { address: sentAt, topics: [MESSAGE_SENT], fromBlock: toHex(next), toBlock: toHex(tip) }
      const logs = await from.rpc.request<readonly Log[]>('eth_getLogs', [filter])
      const said = logs.map(messageIn).filter((one) => one.sender.toLowerCase() === sender)
      kept.push(...said.map((message) => ({ since: Date.now(), message })))
      next = tip + 1n
    }
    const due = Date.now() - holding(vault)
    const messages = kept.splice(0, kept.filter(({ since }) => since <= due).length).map(({ message }) => message)
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
