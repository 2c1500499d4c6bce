// lienmesh settlements: liquidations and their two legs, from the journal or the agent that holds it.
import { setTimeout as rest } from 'node:timers/promises'
import { z } from 'zod'
import { duration } from '../../config/units.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { type Millis, wad } from '../domain/units.ts'
import { type Homecoming, readSettlements, type Settlement } from '../runtime/settlements.ts'
import { type Context, command, wholeNumber } from './command.ts'
import { dollars, json, timeOfDay } from './format.ts'
import { from, journalFolder } from './journal-source.ts'

/** Lists settlements, those under way first; one, by the beginning of its id, with everything that was done for it. */
export const settlements = command({
  options: z.strictObject({
    id: z
      .string()
      .regex(/^0x[0-9a-fA-F]*(\.\.[0-9a-fA-F]*)?$/, 'expected an id, or as the list shows it: 0x1234..89ab')
      .optional()
      .describe('An id, its beginning, or as the list shows it: tells everything.'),
    limit: wholeNumber.default(20).describe('At most so many per agent.'),
    wait: duration.prefault('0s').describe('Wait so long until one is settled; exit status 5 when none is.'),
    from,
  }),
  positionals: ['id'],
  examples: ['lienmesh settlements', 'lienmesh settlements 0xe059 --json'],
  run: async (options, context) => {
    const { id, limit } = options
    const folder = journalFolder(options.from)
    const found = await look(folder, { limit, ...partsOf(id) }, options.wait, context)
    if (found.length === 0 && id !== undefined) throw unknown(id, folder)
    if (found.length === 0 && !context.json) context.print('no settlement yet')
    const inWords = id === undefined ? (one: Named) => [listed(one)] : told
    for (const one of found) {
      if (context.json) context.print(json({ type: 'settlement', ...one }))
      else for (const line of inWords(one)) context.print(line)
    }
    return options.wait > 0 && !settled(found) ? EXIT.timeout : EXIT.ok
  },
})

async function look(
  folder: string,
  { last, ...filter }: Wanted & { readonly limit: number },
  wait: Millis,
  { signal }: Context,
): Promise<readonly Named[]> {
  const until = Date.now() + wait
  for (;;) {
    const all = await readSettlements(folder, filter)
    const found = all.filter(({ intent }) => intent.endsWith(last))
    if (settled(found) || Date.now() >= until) return found
    await rest(LOOK_EVERY, undefined, { signal })
  }
}

const LOOK_EVERY = 500

/** An id as the list shows it is a beginning and an end. */
function partsOf(id: string | undefined): Wanted {
  const [first = '', last = ''] = (id ?? '').toLowerCase().split('..')
  return { id: first, last }
}

type Wanted = { readonly id: string; readonly last: string }

const settled = (found: readonly Named[]): boolean => found.some(({ state }) => state === 'settled')

type Named = Settlement & { readonly agent: string }

/** One line of 80 columns. */
function listed({ intent, agent, state, legs, claims }: Named): string {
  const bid = legs.findLast(({ leg }) => leg === 'bid')
  const head = `${intent.slice(0, 10)}..${intent.slice(-10)}  ${agent.slice(0, 10).padEnd(10)}  ${state.padEnd(11)}`
  const [claim] = claims
  const home = claim === undefined ? (bid === undefined ? '' : `bid ${bid.state}`) : homeText(claim)
  return `${head}  ${home}`.trimEnd()
}

function homeText({ vault, stuck, doing, sold, usableAt }: Homecoming): string {
  if (sold !== undefined) return `${vault} sold ${dollars(wad(sold.proceeds))}`
  if (stuck !== undefined) return `${vault} STUCK ${stuck}${doing === undefined ? '' : `, ${doing.step}`}`
  return usableAt === undefined ? `${vault} waits for a root` : `${vault} pays from ${timeOfDay(usableAt).slice(0, 8)}`
}

/** Everything about one. */
function told(one: Named): readonly string[] {
  const { intent, agent, state, reserved, legs, claims, steps } = one
  return [
    intent,
    `  ${agent}: ${state}${reserved === undefined ? '' : `, ${dollars(reserved)} USD reserved by the bid`}`,
    ...legs.flatMap(({ leg, chain, nonce, hash, state, deadline }) => [
      `  ${leg} on chain ${chain}, nonce ${nonce}: ${state}${deadline ? `, until ${timeOfDay(deadline).slice(0, 8)}` : ''}`,
      `    ${hash}`,
    ]),
    ...claims.map((claim) => `  claim at ${homeText(claim)}`),
    ...claims.flatMap(({ doing }) => (doing === undefined ? [] : [`  playbook: ${doing.step}, ${doing.detail}`])),
    ...steps.map((step) => `  ${timeOfDay(step.at)}  ${step.vault}  ${stepText(step)}`),
  ]
}

function stepText(step: Settlement['steps'][number]): string {
  switch (step.kind) {
    case 'opened':
      return `opened, ${step.claim.amount} of ${step.claim.asset.slice(0, 10)}`
    case 'anchored':
      return `root of block ${step.number} anchored`
    case 'stuck':
      return `stuck: ${step.reason}`
    case 'playbook':
      return `playbook: ${step.step}, ${step.detail}`
    case 'sold':
      return `sold for ${dollars(wad(step.proceeds))} in ${step.tx.slice(0, 14)}`
  }
}

const unknown = (id: string, folder: string): LienmeshError =>
  new LienmeshError('E_NOT_FOUND', `no settlement ${id} in ${folder}`, {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'lienmesh settlements lists what there is.',
  })
