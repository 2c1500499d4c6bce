// The files that a new strategy starts as: it decides at once, and its test passes.

/** A file to write, relative to where the author works. */
export type Draft = { readonly file: string; readonly text: string }

/** A strategy and its test. `api` and `kit` are the import paths of the public API and of the author's kit. */
export function scaffold(name: string, { api, kit }: { readonly api: string; readonly kit: string }): readonly Draft[] {
  return [
    { file: `${name}.ts`, text: strategyText(name, api) },
    { file: `${name}.test.ts`, text: testText(name, kit) },
  ]
}

const strategyText = (name: string, api: string): string => `// Says in one line what ${name} is good for.
import { type Answer, API_VERSION, after, defineStrategy, millis, type Quote, z } from '${api}'

/** Becomes the config's \`params\`, checked and with its defaults filled in. */
const params = z.strictObject({
  minNet: z.coerce.bigint().nonnegative().default(0n).describe('Least net value of a bid in dollars (wad).'),
})

export const strategy = defineStrategy<z.infer<typeof params>>({
  name: '${name}',
  apiVersion: API_VERSION,
  params,
  // Called with everything that was known at this instant. At most one answer per candidate, each with its reason.
  decide: (view, { minNet }) =>
    view.candidates.flatMap(({ quotes }): Answer[] => {
      const [best] = quotes
      if (best === undefined) return []
      if (best.net > minNet) return [{ kind: 'take', quote: best, reason: 'pays for its gap' }]
      return [{ kind: 'postpone', quote: best, until: after(view.now, millis(1_000)), reason: why(best) }]
    }),
})

const why = ({ gap, bonus }: Quote): string => (gap.premium > bonus ? 'the gap costs more than the bonus' : 'costs eat the bonus')
`

const testText = (name: string, kit: string): string => `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verify } from '${kit}/author/verify.ts'

test('${name} is deterministic, fast, keeps to itself and answers properly', async () => {
  const findings = await verify({ use: \`\${import.meta.dirname}/${name}.ts\`, params: {} })
  assert.deepEqual(findings.filter(({ holds }) => !holds), [])
})
`
