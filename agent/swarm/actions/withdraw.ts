// Everybody leaves: positions closed, losses paid, collateral taken out on the engine chain and claimed on its vault chain.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, type Hex, keccak256, toHex } from 'viem'
import { headerRlp } from '../../adapters/chain/header.ts'
import { evidenceOf } from '../../adapters/chain/sources/headers.ts'
import { unavailable } from '../../domain/errors.ts'
import type { ChainId } from '../../domain/units.ts'
import { owedSlot } from '../../maths/slots.ts'
import { type AttestedBlock, createRoots } from '../../runtime/roots.ts'
import { ENGINE_ARTEFACTS, VAULT_ARTEFACTS } from '../../suite/contracts.ts'
import { openBurst } from '../burst.ts'
import { readAll } from '../calls.ts'
import { dollars, type EngineSite } from '../deployment.ts'
import { call, type Inner, openDesk } from '../desk.ts'
import { ownersOf } from '../owners.ts'
import type { Trader } from '../traders.ts'
import { joinNetwork } from './listen.ts'
import { type Acting, type Place, placeOf } from './theatre.ts'

/** What one depositor is owed of one asset on one route. */
type Owed = { readonly place: Place; readonly account: Address; readonly token: Address }

/** Every depositor of every engine. Attestations of the network's own attestors are what the vaults are shown. */
export async function withdrawAll(acting: Acting): Promise<void> {
  const attested = await collectAttestations(acting)
  const leaving = acting.traders.filter(({ credit }) => credit.length > 0)
  const owed = (
    await Promise.all(
      acting.deployment.engines.map((site) =>
        leave(
          acting,
          site,
          leaving.filter((one) => one.site === site),
        ),
      ),
    )
  ).flat()
  acting.report('depositors', `${leaving.length} closed everything and took their collateral out`)
  await Promise.all(
    [...Map.groupBy(owed, ({ place }) => place.vault.id)].map(([id, all]) => claimAll(acting, id, all, attested)),
  )
}

/** Closes, pays losses in cash, and takes out all there is. Whoever owes more than it has stays. */
async function leave(acting: Acting, site: EngineSite, all: readonly Trader[]): Promise<readonly Owed[]> {
  const engine = { to: site.engine, abi: Engine }
  const margins = await readAll<{ readonly mark: bigint }>(
    site.chain.rpc,
    all.map(({ account }) => ({ ...engine, name: 'margin', args: [account] })),
  )
  const traders = all.filter((_, i) => (margins[i]?.mark ?? 0n) >= 0n)
  await each(
    acting,
    site,
    traders.map(({ account }) => call(site.engine, Engine, 'closeAll', account)),
  )
  const cash = await readAll<bigint>(
    site.chain.rpc,
    traders.map(({ account }) => ({ ...engine, name: 'cashOf', args: [account] })),
  )
  const losses = cash.map((held) => (held < 0n ? dollars(-held) + 1n : 0n))
  const desk = await openDesk(acting.deployment, site.chain)
  const total = losses.reduce((sum, one) => sum + one, 0n)
  desk.burst.call({ to: site.cash, abi: Token, name: 'mint', args: [acting.deployment.desk, total] })
  await desk.burst.flush()
  const paying = traders.flatMap(({ account }, i) =>
    losses[i] ? [call(site.engine, Engine, 'depositCash', account, losses[i])] : [],
  )
  await each(acting, site, paying)
  return takeOut(acting, site, traders)
}

async function takeOut(acting: Acting, site: EngineSite, traders: readonly Trader[]): Promise<readonly Owed[]> {
  const routes = acting.deployment.network.vaults.filter(({ engine }) => engine === site.chain.id)
  const places = routes.flatMap((vault) => vault.assets.map((asset) => ({ vault, asset })))
  const asked = traders.flatMap(({ account }) => places.map((place) => ({ ...place, account })))
  const held = await readAll<bigint>(
    site.chain.rpc,
    asked.map(({ vault, asset, account }) => ({
      ...{ to: vault.mirror, abi: Mirror, name: 'available', args: [account, asset.token] },
    })),
  )
  const taken = asked.flatMap((one, i) => (held[i] ? [{ ...one, amount: held[i] }] : []))
  await each(
    acting,
    site,
    taken.map(({ account, asset, amount }) =>
      call(site.engine, Engine, 'withdrawCollateral', account, asset.collateral, amount, account),
    ),
  )
  return taken.map(({ vault, asset, account }) => ({
    ...{ place: placeOf(acting.deployment, vault.id), account, token: asset.token },
  }))
}

/** One transaction a call, so that one that is refused keeps none of the others from being made. */
async function each(acting: Acting, site: EngineSite, calls: readonly Inner[]): Promise<void> {
  const desk = await openDesk(acting.deployment, site.chain)
  for (const one of calls) desk.execute([[one]])
  await desk.burst.flush().catch((error: unknown) => acting.report('depositors', `refused: ${String(error)}`))
}

/** Under a root of the network: header and root first, then every claim of the route. */
async function claimAll(
  acting: Acting,
  route: string,
  owed: readonly Owed[],
  attested: (chain: ChainId, atLeast: bigint) => AttestedBlock | undefined,
): Promise<void> {
  const { vault, site, engine } = placeOf(acting.deployment, route)
  const source = vault.engineSource
  if (source.kind !== 'attested')
    throw new RangeError(`${route} stands on ${source.kind}: depositors claim by attestation`)
  const tip = BigInt(await engine.chain.rpc.request<Hex>('eth_blockNumber'))
  const block = await until(acting, () => attested(engine.chain.id, tip))
  const json = await engine.chain.rpc.request<Readonly<Record<string, unknown>>>('eth_getBlockByNumber', [
    toHex(block.number),
    false,
  ])
  const slots = owed.map(({ account, token }) => owedSlot(account, token, keccak256))
  const proof = await engine.chain.rpc.request<Proof>('eth_getProof', [vault.mirror, slots, toHex(block.number)])
  const { trader } = await ownersOf(site.chain)
  const roots = await openBurst(site.chain, trader, 'interval')
  const oracle = { to: source.at, abi: VAULT_ARTEFACTS.RootOracle.abi }
  roots.call({
    ...oracle,
    name: 'submit',
    args: [headerRlp(json), block.attestations.map(({ signature }) => signature)],
  })
  roots.call({ ...oracle, name: 'anchor', args: [block.number, vault.mirror, proof.accountProof] })
  await roots.flush()
  await sleep((source.delay + 2) * 1_000, undefined, { signal: acting.signal })
  const claims = await openBurst(site.chain, trader, 'interval')
  for (const [i, { account, token }] of owed.entries()) {
    const evidence = evidenceOf(block.number, proof.storageProof[i]?.proof ?? [])
    claims.call({
      to: vault.vault,
      abi: VAULT_ARTEFACTS.CollateralVault.abi,
      name: 'claim',
      args: [account, token, evidence],
    })
  }
  await claims.flush()
  acting.report('depositors', `${owed.length} claims paid by ${route}`)
}

type Proof = {
  readonly accountProof: readonly Hex[]
  readonly storageProof: readonly { readonly proof: readonly Hex[] }[]
}

/** Signatures as everybody on the network hears them. */
async function collectAttestations(acting: Acting) {
  const { network } = acting.deployment
  const roots = createRoots(network.threshold)
  const gossip = await joinNetwork(acting)
  acting.signal.addEventListener('abort', () => void gossip.stop(), { once: true })
  const listening = async (): Promise<void> => {
    for await (const message of gossip.messages(() => ({ kind: 'accept' }), acting.signal))
      if (message.kind === 'attestation') roots.attest(message.payload)
  }
  void listening().catch((error: unknown) => acting.report('depositors', `hear nothing more: ${String(error)}`))
  return (chain: ChainId, atLeast: bigint): AttestedBlock | undefined => roots.lowest(chain, atLeast)
}

async function until<T>({ signal }: Acting, look: () => T | undefined): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(200, undefined, { signal })) {
    const found = look()
    if (found !== undefined) return found
  }
  throw unavailable(
    'E_ROOTS',
    'no quorum attested the withdrawals',
    'Look at the logs of the attestors in the run directory.',
  )
}

const PATIENCE = 20_000
const { abi: Engine } = ENGINE_ARTEFACTS.MarginEngine
const { abi: Mirror } = ENGINE_ARTEFACTS.VaultMirror
const { abi: Token } = ENGINE_ARTEFACTS.TestToken
