// Calls of an executor's owner that a seal holds back: announced first, done when the delay has passed. Whether a call
// may be made now is asked of the contract itself, by playing it.
import { encodeFunctionData, type Hex } from 'viem'
import { liquidatorExecutorAbi } from '../adapters/chain/abi/liquidator-executor.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { type Purse, trial } from './purse.ts'
import type { Act, Stage } from './stage.ts'

/** A call as it stands: it can be made, must be announced, must wait, or would be refused for another reason. */
export type Standing =
  | { readonly kind: 'open' }
  | { readonly kind: 'unannounced' }
  | { readonly kind: 'waits'; readonly until: bigint }

/** Plays a call. Throws E_REFUSED when it would fail for any other reason than the seal. */
export async function standingOf(purse: Pick<Purse, 'chain' | 'node' | 'address'>, act: Act): Promise<Standing> {
  const refusal = await trial(purse, act)
  if (refusal === undefined) return { kind: 'open' }
  const { error, args } = refusal
  if (error === 'RequestUnknown' || error === 'WithdrawUnknown') return { kind: 'unannounced' }
  if (error === 'TimelockPending' || error === 'StillBonded') return { kind: 'waits', until: BigInt(String(args[0])) }
  throw new LienmeshError('E_REFUSED', `chain ${purse.chain}: ${act.says}: ${error}(${args.map(String).join(', ')})`, {
    remedy: 'fix-config',
    exit: EXIT.failure,
    fix: 'Nothing was sent. Correct what it names, then run the same command again.',
  })
}

/** The announcement of a call of the owner. */
export const announcement = (act: Act): Act => ({
  says: `announce: ${act.says}`,
  to: act.to,
  data: encodeFunctionData({ abi: liquidatorExecutorAbi, functionName: 'request', args: [act.data] }),
})

/** Some calls that do not rest on one another, as far as each can be made now. Nothing is left after the last. */
export async function throughSeal(
  purse: Pick<Purse, 'chain' | 'node' | 'address'>,
  acts: readonly Act[],
): Promise<Stage> {
  const standings = await Promise.all(acts.map(async (act) => ({ act, standing: await standingOf(purse, act) })))
  const [open, unannounced, waiting] = (['open', 'unannounced', 'waits'] as const).map((kind) =>
    standings.filter(({ standing }) => standing.kind === kind),
  )
  const now = [...(open ?? []).map(({ act }) => act), ...(unannounced ?? []).map(({ act }) => announcement(act))]
  const last = (unannounced ?? []).length + (waiting ?? []).length === 0
  if (now.length > 0) return { kind: 'send', acts: now, last }
  const until = (waiting ?? []).reduce(
    (latest, { standing }) => (standing.kind === 'waits' && standing.until > latest ? standing.until : latest),
    0n,
  )
  if (until === 0n) return { kind: 'done', says: 'nothing left to do' }
  const [first, ...more] = (waiting ?? []).map(({ act }) => act.says)
  return { kind: 'wait', until, why: more.length === 0 ? (first ?? '') : `${more.length + 1} announced calls` }
}

/** A call that the owner makes through its executor. */
export const ownerCall = (executor: Hex, says: string, { to, data }: Pick<Act, 'to' | 'data'>): Act => ({
  says,
  to: executor,
  data: encodeFunctionData({ abi: liquidatorExecutorAbi, functionName: 'ownerCall', args: [to, data] }),
})
