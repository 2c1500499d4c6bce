// Packages for boxes, written by a test.

import { type Box, type Boxing, BUDGET, openBox, STARTING } from '../../agent/runtime/box/box.ts'
import { bodyOf, zodModules } from '../../agent/runtime/box/source.ts'
import type { View } from '../../agent/strategy.ts'

const zod = zodModules()

/** A module whose strategy decides by this body, of `view` and `params`; `before` is what the module does first. */
export const moduleOf = (body: string, before = ''): string =>
  `import { after, API_VERSION, defineStrategy, z } from 'lienmesh/strategy'
${before}
export const strategy = defineStrategy({
  name: 'boxed',
  apiVersion: API_VERSION,
  params: z.strictObject({ minNet: z.coerce.bigint().default(0n).meta({ live: true }), mode: z.string().default('') }),
  decide: (view, params) => {
    ${body}
  },
})
`

/** A box with a module in it. Whoever is only crowded has time; what a test wants short it says. */
export function boxOf(module: string, over: Partial<Boxing> = {}): Box & { readonly ends: string[] } {
  const ends: string[] = []
  let hours = 0
  const box = openBox({
    source: JSON.stringify({ code: bodyOf(module), ...zod }),
    params: '{}',
    budget: BUDGET,
    // Every death is an hour after the last one: none is one too many.
    now: () => 4_000_000 * hours++,
    ended: (why, disabled) => ends.push(disabled ? `${why}, for good` : why),
    ...over,
  })
  return Object.assign(box, { ends })
}

/** What it answers once it is up again. */
export async function answered(box: Box, view: View, seed = 1): ReturnType<Box['ask']> {
  for (;;) {
    const heard = await box.ask(view, seed)
    if (!('failed' in heard) || heard.failed !== STARTING) return heard
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
