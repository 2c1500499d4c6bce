// One queue, one consumer: every input is written down before it is acted on, every effect performed in order.
import { type Core, type Effect, type Input, step } from '../core/core.ts'
import type { Journal } from '../ports/journal.ts'

export type Loop = {
  readonly core: Core
  readonly inputs: AsyncIterable<Input>
  readonly journal: Journal
  readonly perform: (effect: Effect) => void
}

/** Consumes inputs one at a time until they end. */
export async function consume({ core, inputs, journal, perform }: Loop): Promise<void> {
  for await (const input of inputs) {
    journal.input(input)
    for (const effect of step(core, input)) perform(effect)
  }
}
