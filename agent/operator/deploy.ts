// Deploys an executor on one chain and sets it up. What holds already is left alone, so that the same command goes on
// where it was interrupted; what a sealed executor lacks is announced and done after the delay.
import type { Address } from 'viem'
import { encodeFunctionData } from 'viem'
import { getCode, readContract } from 'viem/actions'
import { liquidatorExecutorAbi } from '../adapters/chain/abi/liquidator-executor.ts'
import { configError } from '../domain/errors.ts'
import { sameCode } from '../suite/runtime-code.ts'
import { creation, executorAddress, type Making, requireProxy } from './create.ts'
import type { Purse } from './purse.ts'
import { type Setting, type SettingUp, settingsOf } from './settings.ts'
import type { Act, Errand, Stage } from './stage.ts'
import { throughSeal } from './timelock.ts'

/** The deployment on the purse's chain. */
export async function deployErrand(
  purse: Purse,
  making: Making,
  terms: Omit<SettingUp, 'node' | 'chain' | 'executor'>,
): Promise<Errand> {
  const { node, chain } = purse
  await requireProxy(node, chain)
  const executor = executorAddress(making)
  const settings = await settingsOf({ ...terms, node, chain, executor })
  const found = await look(purse, executor, settings)
  return {
    chain,
    outline: outlineOf(making, found),
    async next() {
      const now = await look(purse, executor, settings)
      if (!now.exists) return { kind: 'send', acts: [creation(making)], last: false }
      return stageOf(purse, executor, now)
    },
  }
}

type Look = { readonly exists: boolean; readonly sealed: boolean; readonly missing: readonly Setting[] }

async function look({ node, chain }: Purse, executor: Address, settings: readonly Setting[]): Promise<Look> {
  const code = await getCode(node, { address: executor })
  if (code === undefined) return { exists: false, sealed: false, missing: settings }
  if (!sameCode(code, 'LiquidatorExecutor'))
    throw configError('E_REFUSED', `chain ${chain}: other code at ${executor}`, 'Choose another --salt.')
  const held = { address: executor, abi: liquidatorExecutorAbi } as const
  const [sealed, ...holds] = await Promise.all([
    readContract(node, { ...held, functionName: 'isSealed' }),
    ...settings.map((one) => one.holds()),
  ])
  return { exists: true, sealed, missing: settings.filter((_, i) => holds[i] !== true) }
}

/** Before the seal everything at once, the seal last; after it only through the delay. */
async function stageOf(purse: Purse, executor: Address, { sealed, missing }: Look): Promise<Stage> {
  const acts = missing.map(({ act }) => act)
  if (!sealed) return { kind: 'send', acts: [...acts, sealing(executor)], last: false }
  return acts.length === 0 ? { kind: 'done', says: 'set up, sealed and read back' } : throughSeal(purse, acts)
}

const sealing = (executor: Address): Act => ({
  says: 'seal: whatever loosens waits from now on',
  to: executor,
  data: encodeFunctionData({ abi: liquidatorExecutorAbi, functionName: 'seal' }),
})

function outlineOf(making: Making, { exists, sealed, missing }: Look): readonly string[] {
  const groups = [...Map.groupBy(missing, ({ group }) => group)].map(([group, { length }]) =>
    length === 1 ? group : `${length} × ${group}`,
  )
  const lines = [
    ...(exists ? [] : [creation(making).says]),
    ...(groups.length === 0 ? [] : [groups.join(', ')]),
    ...(sealed ? [] : ['seal: from then on whatever loosens waits']),
  ]
  if (lines.length === 0) return [`nothing to do: ${executorAddress(making)} stands and is set up`]
  return sealed ? [...lines, 'it is sealed: announced now, done after its delay'] : lines
}
