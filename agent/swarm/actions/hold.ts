// Named accounts that do more than they began with.
import { maxUint64 } from 'viem'
import type { Action } from '../../../config/actions.ts'
import { invariantBroken } from '../../domain/errors.ts'
import { ENGINE_ARTEFACTS } from '../../suite/contracts.ts'
import { unitsFor } from '../deploy-vault.ts'
import { dollars } from '../deployment.ts'
import { call, lock, openDesk } from '../desk.ts'
import { usd } from '../format.ts'
import { type Acting, assetOf, placeOf, startOf, traderNamed } from './theatre.ts'

type Of<D extends Action['do']> = Extract<Action, { readonly do: D }>

/** Locks more of the account's own asset on its own route. */
export async function depositMore({ holder, amount }: Of<'deposit'>, acting: Acting): Promise<void> {
  const { account, declared } = declaredAs(holder, acting)
  const place = placeOf(acting.deployment, declared.route)
  const asset = assetOf(place, declared.asset)
  const units = unitsFor(dollars(amount), startOf(acting.scenario, asset.feed), asset.decimals)
  await lock(acting.deployment, place.site, [{ vault: place.vault.vault, token: asset.token, account, amount: units }])
  acting.report(holder, `locked ${usd(amount)} more in ${declared.route}`)
}

/** Trades the account's instrument at the mark. */
export async function tradeMore({ holder, side, notional }: Of<'trade'>, acting: Acting): Promise<void> {
  const { account, declared, site } = declaredAs(holder, acting)
  const { instruments } = acting.scenario
  const instrument = instruments.findIndex(({ name }) => name === declared.instrument)
  const price = startOf(acting.scenario, instruments[instrument]?.feed ?? '')
  const units = BigInt(Math.floor(Number(notional) / price / 1e14)) * 10n ** 14n
  const [size, limit] = side === 'buy' ? [units, maxUint64] : [-units, 0n]
  const desk = await openDesk(acting.deployment, site.chain)
  desk.execute([[call(site.engine, ENGINE_ARTEFACTS.MarginEngine.abi, 'trade', account, instrument, size, limit)]])
  await desk.burst.flush()
  acting.report(holder, `${side === 'buy' ? 'bought' : 'sold'} ${usd(notional)} of ${declared.instrument}`)
}

function declaredAs(holder: string, acting: Acting) {
  const declared = acting.scenario.holders.find(({ name }) => name === holder)
  if (declared === undefined) throw invariantBroken(`no account is called ${holder}`, { holder })
  return { ...traderNamed(acting, holder), declared }
}
