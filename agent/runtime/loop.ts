// One queue, one consumer: every input is written down before it is acted on, every effect performed in order.
import { type Core, type Effect, type Input, step } from '../core/core.ts'
import { drawTable } from '../core/risk/draw.ts'
import type { Journal } from '../ports/journal.ts'
import { keepCounts } from './counts.ts'

export type Loop = {
  readonly core: Core
  readonly inputs: AsyncIterable<Input>
  readonly journal: Journal
  readonly perform: (effect: Effect) => void
}

/** Consumes inputs one at a time until they end. */
export async function consume({ core, inputs, journal, perform }: Loop): Promise<void> {
  for await (const input of inputs) {
    journal.input(logged(input))
    const { counted } = core.watch
    for (const effect of step(core, input)) perform(effect)
    if (core.watch.counted !== counted) keepCounts(journal, core.watch.counted, input.kind)
  }
}

/** An input as the log keeps it: scenarios are drawn again from what they were drawn from. */
export const logged = (input: Input): unknown =>
  input.kind === 'scenarios' ? { ...input, table: { spec: input.table.spec } } : input

/** An input of the log as it was. */
export const restored = (input: Input): Input =>
  input.kind === 'scenarios' ? { ...input, table: drawTable(input.table.spec) } : input
