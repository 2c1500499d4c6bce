// lienmesh pnl, capital show, mesh, competitors, opportunities: the pages of the dashboard in words.
import { z } from 'zod'
import type { Views } from '../console/view/words.ts'
import { EXIT } from '../domain/errors.ts'
import { instant, wad } from '../domain/units.ts'
import { table } from '../swarm/format.ts'
import { type Command, type Context, command, wholeNumber } from './command.ts'
import { dollars, json, timeOfDay } from './format.ts'
import { from, journalFolder } from './journal-source.ts'
import { viewIn } from './view-source.ts'

const usd = (amount: string | undefined): string => (amount === undefined ? '-' : dollars(wad(BigInt(amount))))
const short = (hex: string): string => (hex.length > 13 ? `${hex.slice(0, 6)}..${hex.slice(-4)}` : hex)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

type Shown<K extends keyof Views> = {
  readonly name: K
  readonly lines: (view: Views[K]) => readonly string[]
  /** What `--json` prints, one object per line. */
  readonly rows: (view: Views[K]) => readonly object[]
  readonly example: string
}

/** A command that shows one page. */
function shown<K extends keyof Views>({ name, lines, rows, example }: Shown<K>): Command {
  return command({
    options: z.strictObject({ limit: wholeNumber.default(20).describe('At most so many rows of a table.'), from }),
    examples: [example],
    run: async ({ from: folder, limit }, context) => {
      const view = await viewIn(journalFolder(folder), name)
      print(context, context.json ? rows(view).map((row) => json({ type: name, ...row })) : cut(lines(view), limit))
      return EXIT.ok
    },
  })
}

function print({ print }: Context, lines: readonly string[]): void {
  for (const line of lines) print(line)
}

/** A head and so many lines. */
const cut = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most + HEAD
    ? lines
    : [...lines.slice(0, most + HEAD), `... ${lines.length - most - HEAD} more; --limit shows them`]

const HEAD = 8

const PARTS = ['bonus', 'gap', 'slippage', 'providerFee', 'protocolFee', 'gas', 'lostRaceGas', 'total'] as const
const HEADS = ['bonus', 'gap', 'slippage', 'provider', 'protocol', 'gas', 'lost gas', 'total'] as const

/** `lienmesh pnl`. */
export const pnl = shown({
  name: 'pnl',
  example: 'lienmesh pnl --from .lienmesh/runs/7f3a',
  lines: ({ parts, settled, unsettledGas, byAgent, byStrategy, calibration }) => [
    `settled $${usd(parts['total'] ?? '0')} over ${settled} settlements, less $${usd(unsettledGas)} of gas that none carries`,
    ...[byAgent, byStrategy].flatMap((rows) =>
      rows.length === 0
        ? []
        : [
            '',
            ...table(
              ['$', ...HEADS],
              rows.map((one) => [one.name, ...PARTS.map((part) => whole(one.parts[part]))]),
            ),
          ],
    ),
    '',
    ...calibration.levels.map(
      ({ alpha, expected, observed, of }) =>
        `losses beyond ${percent(alpha)}: ${observed} of ${of}, ${expected.toFixed(1)} expected`,
    ),
  ],
  rows: ({ parts, byAgent }) => [{ name: 'all', parts }, ...byAgent],
})

const whole = (amount: string | undefined): string => usd(amount ?? '0').replace(/\.\d+$/, '')

/** `lienmesh capital show`. */
export const capitalShow = shown({
  name: 'capital',
  example: 'lienmesh capital show --json',
  lines: ({ split, runway }) => [
    ...table(
      ['agent', 'free', 'reserved', 'in flight', 'capital'],
      split.map((one) => [one.agent, usd(one.free), usd(one.reserved), usd(one.inFlight), usd(one.wealth)]),
    ),
    '',
    ...table(
      ['agent', 'chain', 'claims that the coin pays for'],
      runway.map((one) => [one.agent, one.place, String(one.claims)]),
    ),
  ],
  rows: ({ holdings }) => holdings,
})

/** `lienmesh mesh`. */
export const mesh = shown({
  name: 'network',
  example: 'lienmesh mesh',
  lines: ({ agents, peers: all, rejects }) => [
    ...table(
      ['agent', 'peers', 'mesh', 'messages', 'p50', 'p99'],
      agents.map((one) => [
        one.name,
        String(one.peers ?? '-'),
        String(one.mesh ?? '-'),
        String(one.messages),
        ms(one.p50),
        ms(one.p99),
      ]),
    ),
    '',
    ...table(
      ['agent', 'peer', 'in the mesh of', 'score'],
      all.map((one) => [one.agent, one.name ?? short(one.id), one.mesh.join(' ') || '-', one.score.toFixed(1)]),
    ),
    ...(rejects.length === 0
      ? []
      : [
          '',
          `refused: ${rejects
            .slice(0, 5)
            .map(({ cause, count }) => `${cause} ${count}`)
            .join(', ')}`,
        ]),
  ],
  rows: ({ peers: all }) => all,
})

const ms = (value: number | undefined): string => (value === undefined ? '-' : `${value} ms`)

/** `lienmesh competitors`. */
export const competitors = shown({
  name: 'competitors',
  example: 'lienmesh competitors',
  lines: ({ rivals }) =>
    rivals.length === 0
      ? ['nobody has bid yet']
      : table(
          ['bidder', 'bids', 'share', 'collateral', 'bonus', 'median wait'],
          rivals.map((one) => [
            one.name ?? short(one.bidder),
            String(one.bids),
            percent(one.share),
            usd(one.value),
            usd(one.bonus),
            one.median === undefined ? '-' : `${(one.median / 1_000).toFixed(1)} s`,
          ]),
        ),
  rows: ({ rivals }) => rivals,
})

/** `lienmesh opportunities`. */
export const opportunities = shown({
  name: 'opportunities',
  example: 'lienmesh opportunities --limit 50',
  lines: ({ rows, reasons }) => [
    reasons.map(({ reason, count }) => `${reason} ${count}`).join(', ') ||
      'no account has fallen below maintenance yet',
    '',
    ...table(
      ['time', 'agent', 'account', 'decision', 'reason', 'gap ES', 'net'],
      rows.map((one) => [
        timeOfDay(instant(one.at)).slice(0, 8),
        one.agent,
        short(one.account),
        one.kind,
        one.reason,
        usd(one.shortfall),
        usd(one.net),
      ]),
    ),
  ],
  rows: ({ rows }) => rows,
})
