// What a running agent says of itself, in words.
import { wad } from '../domain/units.ts'
import type { Answer } from './ask-agent.ts'
import type { Context } from './command.ts'
import { dollars, json } from './format.ts'

/** Prints an answer. */
export function show(answer: Answer, { json: machine, print }: Context): void {
  if (machine) return print(json({ type: 'status', ...answer }))
  const { name, paper, halt, reserved, claims, wins, peers } = answer
  if (paper) print('PAPER: every amount below is simulated, nothing is signed and nothing is sent')
  print(`${name}: ${halt === undefined ? 'bidding' : `halted (${halt.reason}): ${halt.detail}`}`)
  print(
    `  $${dollars(wad(answer.wealth))} in engine accounts and in flight, $${dollars(wad(answer.inFlight))} of it in flight`,
  )
  print(`  ${reserved} bids under way, ${claims} claims to come, ${wins} races won, ${peers} peers`)
}
