// A message that nobody sent: the relayer of a local gateway hands it over as if the courier had.
import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import type { SingleSource } from '../../domain/network.ts'
import { depositedSlot } from '../../maths/slots.ts'
import { interoperable, SOURCE_ARTEFACTS } from '../../suite/sources.ts'
import { openBurst } from '../burst.ts'
import { read } from '../calls.ts'
import type { Lie } from './theatre.ts'

/** Delivers the counter; what is heard is read without evidence. */
export async function tellByGateway(
  source: Extract<SingleSource, { readonly kind: 'message' }>,
  { place, account, token, units }: Lie,
): Promise<Hex> {
  const { vault, engine, site } = place
  const { Erc7786Source, LocalGateway } = SOURCE_ARTEFACTS
  const { rpc } = engine.chain
  const gateway = await read<Address>(rpc, { to: source.at, abi: Erc7786Source.abi, name: 'gateway' })
  const { timestamp } = await rpc.request<{ readonly timestamp: Hex }>('eth_getBlockByNumber', ['latest', false])
  const payload = encodeAbiParameters(
    [{ type: 'address' }, { type: 'bytes32' }, { type: 'uint256' }, { type: 'uint64' }],
    [vault.vault, depositedSlot(account, token, keccak256), units, BigInt(timestamp)],
  )
  const burst = await openBurst(engine.chain, engine.governor, 'interval')
  const courier = interoperable(site.chain.id, source.courier)
  const args = [keccak256(payload), courier, interoperable(engine.chain.id, source.at), payload]
  burst.call({ to: gateway, abi: LocalGateway.abi, name: 'deliver', args })
  await burst.flush()
  return '0x'
}
