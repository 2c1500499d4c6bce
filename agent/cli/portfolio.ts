// lienmesh portfolio ACCOUNT: one account over all chains, as it is or as one act would make it.
import type { Address } from 'viem'
import { z } from 'zod'
import { address } from '../../config/fields.ts'
import { wayIn } from '../console/http/tokens.ts'
import { EXIT, LienmeshError, usageError } from '../domain/errors.ts'
import { wad } from '../domain/units.ts'
import { askAgent } from '../runtime/control.ts'
import type { Portfolio } from '../runtime/portfolio.ts'
import { type Wish, wishIn } from '../runtime/wish.ts'
import { table } from '../swarm/format.ts'
import { command } from './command.ts'
import { dollars, json } from './format.ts'
import { from, journalFolder } from './journal-source.ts'
import { fromServer } from './view-source.ts'

/** Shows equity, margins, distance to liquidation and the tail of an account. */
export const portfolio = command({
  options: z.strictObject({
    account: address.describe('A margin account.'),
    'what-if': z.enum(['deposit', 'withdraw', 'trade']).optional().describe('As if its owner did this first.'),
    what: z.string().optional().describe('What of: an asset as WETH:vault-fast, or an instrument as ETH-PERP.'),
    amount: z.string().optional().describe('How much, such as 1.5; negative sells.'),
    from,
  }),
  positionals: ['account'],
  examples: ['lienmesh portfolio 0x5aAe…', 'lienmesh portfolio 0x5aAe… --what-if trade --what ETH-PERP --amount -1.5'],
  run: async (options, context) => {
    const wish = wished(options)
    const found = await ask(journalFolder(options.from), options.account, wish)
    for (const one of found)
      for (const line of context.json ? [json({ type: 'portfolio', ...one })] : inWords(one)) context.print(line)
    return EXIT.ok
  },
})

type Options = {
  readonly 'what-if'?: string | undefined
  readonly what?: string | undefined
  readonly amount?: string | undefined
}

function wished({ 'what-if': kind, what, amount }: Options): Wish | undefined {
  if (kind === undefined) return undefined
  const wish = wishIn({ kind, what, amount })
  if (wish !== undefined) return wish
  throw usageError(
    'E_USAGE',
    '--what-if needs --what NAME and --amount DECIMAL',
    'Write for example --what-if deposit --what WETH:vault-fast --amount 1.5.',
  )
}

/** From the dashboard's server where one runs, else over the agent's own socket. */
async function ask(folder: string, account: Address, wish: Wish | undefined): Promise<readonly Portfolio[]> {
  const query = wish === undefined ? '' : `?${new URLSearchParams(wish)}`
  const served =
    wayIn(folder) &&
    (await fromServer<Answer>(folder, `/api/v1/accounts/${account}/portfolio${query}`.replaceAll('%3A', ':')))
  const answer = served ?? (await askAgent(folder, { ask: 'portfolio', account, wish }).catch(() => undefined))
  const found = (answer as Answer | undefined)?.portfolios ?? []
  if (found.length > 0) return found
  throw new LienmeshError('E_NOT_FOUND', `no agent of ${folder} knows ${account}`, {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Start an agent that reads its engine, or name a folder with --from.',
  })
}

type Answer = { readonly portfolios: readonly Portfolio[] }

const usd = (amount: bigint | string | undefined): string => (amount === undefined ? '-' : dollars(wad(BigInt(amount))))

function inWords({
  account,
  engine,
  mode,
  source,
  block,
  margin,
  positions,
  collateral,
  distance,
  tail,
  act,
  cash,
}: Portfolio): readonly string[] {
  const percent = (move: number | undefined): string => (move === undefined ? 'none' : `${(100 * move).toFixed(2)} %`)
  return [
    `${account} on engine ${engine}, ${mode}, ${source} at block ${block}${act === undefined ? '' : act.refused === undefined ? ', if done' : `, refused: ${act.refused}`}`,
    ...(margin === undefined
      ? ['  a price is missing: its worth is not known']
      : [
          `  equity ${usd(margin.equity)}, maintenance ${usd(margin.maintenance)}, initial ${usd(margin.initial)}, mark ${usd(margin.mark)}, cash ${usd(cash)}`,
          `  liquidated when all prices fall ${percent(distance.down)}, or rise ${percent(distance.up)}`,
        ]),
    ...(tail === undefined
      ? []
      : [
          `  its collateral over the gap: expected loss ${usd(tail.expected)}, shortfall (97.5 %) ${usd(tail.shortfall)} beyond it`,
        ]),
    ...(positions.length === 0
      ? []
      : table(
          ['position', 'size', 'value'],
          positions.map((one) => [one.instrument, usd(one.size), usd(one.value)]),
        )),
    ...(collateral.length === 0
      ? []
      : table(
          ['collateral', 'value', 'counts'],
          collateral.map((one) => [`${one.symbol} in ${one.vault}`, usd(one.value), usd(one.counts)]),
        )),
  ]
}
