// Governance moves a gap haircut: published, then enacted when its delay is over.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Action } from '../../../config/actions.ts'
import { ENGINE_ARTEFACTS } from '../../suite/contracts.ts'
import { openBurst } from '../burst.ts'
import { read } from '../calls.ts'
import { RISK_DELAY } from '../deploy-risk.ts'
import { type Acting, assetOf, placeOf } from './theatre.ts'

/** Proposes the level and enacts it. */
export async function publishGap(
  { route, asset, to }: Extract<Action, { readonly do: 'gap' }>,
  { deployment, report, signal }: Acting,
): Promise<void> {
  const place = placeOf(deployment, route)
  const { collateral } = assetOf(place, asset)
  const { chain, riskParameters, governor } = place.engine
  const risk = { to: riskParameters, abi: ENGINE_ARTEFACTS.RiskParameters.abi }
  const known = await read<{ readonly premium: number; readonly fee: number }>(chain.rpc, {
    ...{ ...risk, name: 'levels', args: [collateral] },
  })
  const burst = await openBurst(chain, governor, 'interval')
  burst.call({ ...risk, name: 'propose', args: [collateral, { ...known, gap: to }] })
  await burst.flush()
  report('governance', `proposes a gap haircut of ${to / 100} % for ${asset} on ${route}`)
  await sleep((RISK_DELAY + 2) * 1_000, undefined, { signal })
  const enacting = await openBurst(chain, governor, 'interval')
  enacting.call({ ...risk, name: 'enact', args: [collateral] })
  await enacting.flush()
  report('governance', `the gap haircut of ${asset} on ${route} is ${to / 100} %`)
}
