// Whether providers are what the config says they are.
import type { LienmeshError } from '../../../domain/errors.ts'
import { down, LOST, noQuorum, type Panel, wrongChain } from './panel.ts'
import type { Outcome, Provider } from './provider.ts'

/** Every provider says which chain it is. Who serves another one is left alone; without enough of ours nothing starts. */
export async function identify(panel: Panel): Promise<void> {
  const { chain, providers, quorum, limit } = panel
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const told: Told[] = []
  let timer: NodeJS.Timeout | undefined
  for (const provider of providers)
    provider.ask([{ method: 'eth_chainId', params: [] }], { urgent: true, limit }).then(([outcome = LOST]) => {
      told.push(toldBy(provider, outcome))
      const found = told.at(-1)?.found
      if (found !== undefined && found !== chain) provider.note('foreign', `serves chain ${found}, expected ${chain}`)
      const enough = told.filter((one) => one.found === chain).length >= quorum
      if (enough) timer ??= setTimeout(resolve, GRACE)
      if (told.length < providers.length) return
      clearTimeout(timer)
      if (enough) resolve()
      else reject(notEnough(panel, told))
    }, reject)
  return promise
}

/** Time (ms) that the others get once enough have told. Who says something else later is left alone from then on. */
const GRACE = 200

type Told = { readonly place: string; readonly found: number | undefined; readonly why: string | undefined }

function toldBy({ place }: Provider, outcome: Outcome): Told {
  if (outcome.kind === 'answer') return { place, found: Number(outcome.value), why: undefined }
  return { place, found: undefined, why: outcome.kind === 'failed' ? outcome.why : outcome.message }
}

function notEnough(panel: Panel, told: readonly Told[]): LienmeshError {
  const { chain, quorum } = panel
  for (const { found, place } of told)
    if (found !== undefined && found !== chain) return wrongChain(chain, found, place)
  const right = told.filter(({ found }) => found === chain).length
  const lost = told.find(({ why }) => why !== undefined)
  const why = lost?.why ?? 'no answer'
  if (right === 0) return down({ chain, place: lost?.place ?? '' }, why)
  return noQuorum(panel, `${right} of the ${quorum} that are needed answer, ${lost?.place} says: ${why}`)
}
