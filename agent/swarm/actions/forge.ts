// A source that lies: it swears to a deposit that never was, and whoever it is for takes out what the mirror believes.
import { encodeAbiParameters, type Hex, keccak256, parseEther, stringToHex, toHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { Action } from '../../../config/actions.ts'
import type { SingleSource, Source } from '../../domain/network.ts'
import { ENGINE_ARTEFACTS } from '../../suite/contracts.ts'
import { type Burst, openBurst } from '../burst.ts'
import { read } from '../calls.ts'
import { unitsFor } from '../deploy-vault.ts'
import { dollars } from '../deployment.ts'
import { usd } from '../format.ts'
import { tellByGateway } from './forged-message.ts'
import { signForgedRoot } from './forged-root.ts'
import { type Acting, assetOf, type Lie, type Place, placeOf, startOf } from './theatre.ts'

type Forging = Extract<Action, { readonly do: 'forge' }>

/** Forges and takes: the attempt is told step by step, and so is what refused it. */
export async function forge(action: Forging, acting: Acting): Promise<void> {
  const place = placeOf(acting.deployment, action.route)
  const asset = assetOf(place, action.asset)
  const [forger, burst] = await settleIn(acting, place)
  const wanted = unitsFor(dollars(action.amount), startOf(acting.scenario, asset.feed), asset.decimals)
  const units = await allowed(place, asset.token, wanted)
  const lie: Lie = { place, account: forger.address, token: asset.token, units }
  const evidence = await swear(lie, action, acting)
  const worth = usd((action.amount * units) / (wanted === 0n ? 1n : wanted))
  const mirror = { to: place.vault.mirror, abi: ENGINE_ARTEFACTS.VaultMirror.abi }
  burst.call({ ...mirror, name: 'prove', args: [forger.address, asset.token, evidence] })
  const believed = await tried(burst)
  acting.report('forger', `${place.vault.id}: ${worth} that nobody deposited: ${believed ?? 'credited'}`)
  if (believed !== undefined) return
  const taking = [forger.address, asset.collateral, units, forger.address]
  burst.call({
    to: place.engine.engine,
    abi: ENGINE_ARTEFACTS.MarginEngine.abi,
    name: 'withdrawCollateral',
    args: taking,
  })
  acting.report('forger', `${place.vault.id}: takes ${worth} out: ${(await tried(burst)) ?? 'owed to it'}`)
}

/** A stranger with native coin and an account. */
async function settleIn({ scenario }: Acting, { vault, engine }: Place): Promise<readonly [PrivateKeyAccount, Burst]> {
  const forger = privateKeyToAccount(keccak256(stringToHex(`forger ${scenario.seed} ${vault.id}`)))
  const { rpc } = engine.chain
  await rpc.request('anvil_impersonateAccount', [forger.address])
  await rpc.request('anvil_setBalance', [forger.address, toHex(parseEther('100'))])
  const burst = await openBurst(engine.chain, forger.address, 'interval')
  burst.call({ to: engine.engine, abi: ENGINE_ARTEFACTS.MarginEngine.abi, name: 'open', args: [0n, UNIFIED] })
  await tried(burst) // a second lie finds its account open
  return [forger, burst]
}

const UNIFIED = 3

/** A clever forger asks for no more than the cap lets through: beyond it nothing is credited at all. */
async function allowed({ vault, engine }: Place, token: Hex, wanted: bigint): Promise<bigint> {
  const of = (name: string): Promise<bigint> =>
    read(engine.chain.rpc, { to: vault.mirror, abi: ENGINE_ARTEFACTS.VaultMirror.abi, name, args: [token] })
  const [cap, credited] = await Promise.all([of('creditCap'), of('totalCredited')])
  if (cap === 0n) return wanted
  const room = cap > credited ? cap - credited : 1n
  return room < wanted ? room : wanted
}

/** Makes the source say it, and answers what the mirror is then shown. */
async function swear(lie: Lie, { by }: Forging, acting: Acting): Promise<Hex> {
  const { vaultSource } = lie.place.vault
  if (vaultSource.kind !== 'quorum') return swearBy(vaultSource, lie, acting)
  const parts = await Promise.all(
    vaultSource.of.map(async (one): Promise<Hex> => (one.kind === by ? swearBy(one, lie, acting) : '0x')),
  )
  return encodeAbiParameters([{ type: 'bytes[]' }], [parts.map((part, i) => spokenBy(vaultSource.of[i], by, part))])
}

/** A message is read with evidence of 32 bytes, its least age; a member without evidence is not asked. */
const spokenBy = (source: Source | undefined, by: Forging['by'], part: Hex): Hex =>
  source?.kind === by && part === '0x' ? toHex(0n, { size: 32 }) : part

function swearBy(source: SingleSource, lie: Lie, acting: Acting): Promise<Hex> {
  switch (source.kind) {
    case 'attested':
      return signForgedRoot(source, lie, acting)
    case 'message':
      return tellByGateway(source, lie)
    default:
      throw new RangeError(`nobody here forges for a source of the kind ${source.kind}`)
  }
}

/** Sends what is queued; answers why it was refused. */
async function tried(burst: Burst): Promise<string | undefined> {
  try {
    await burst.flush()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
