// Whether providers are what the config says they are.
import { down, LOST, type Panel, wrongChain } from './panel.ts'

/** Every provider says which chain it is. Who serves another one is left alone; without enough of ours nothing starts. */
export async function identify({ chain, providers, quorum, limit }: Panel): Promise<void> {
  const answers = await Promise.all(
    providers.map(async (provider) => {
      const [outcome = LOST] = await provider.ask([{ method: 'eth_chainId', params: [] }], { urgent: true, limit })
      if (outcome.kind !== 'answer') return { provider, why: outcome.kind === 'failed' ? outcome.why : outcome.message }
      const found = Number(outcome.value)
      if (found !== chain) provider.note('foreign', `serves chain ${found}, expected ${chain}`)
      return { provider, found }
    }),
  )
  const right = answers.filter(({ found }) => found === chain)
  const wrong = answers.find(({ found }) => found !== undefined && found !== chain)
  if (right.length >= quorum) return
  if (wrong?.found !== undefined) throw wrongChain(chain, wrong.found, wrong.provider.place)
  const lost = answers.find(({ why }) => why !== undefined)
  throw down({ chain, place: lost?.provider.place ?? '' }, lost?.why ?? 'no answer')
}
