// Runs dependency-cruiser with the project's own rules over a folder.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'

/** The repository. */
export const root = join(import.meta.dirname, '..', '..')

const report = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }),
})

/** What was seen below the rooms of a folder, and each broken rule with the file that broke it. */
export async function cruise(
  folder: string,
): Promise<{ readonly seen: readonly string[]; readonly broken: readonly string[] }> {
  const tool = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs')
  const rooms = ['agent', 'strategies', 'config', 'bin']
  const words = [tool, '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', ...rooms]
  const { modules, summary } = report.parse(JSON.parse(await outputOf(words, folder)))
  const seen = modules.map((one) => one.source).filter((source) => /^(agent|strategies|config|bin)\//.test(source))
  return { seen, broken: summary.violations.map(({ from, rule }) => `${from} breaks ${rule.name}`).sort() }
}

/** Standard output, whatever the exit status: it counts the violations. */
const outputOf = (words: readonly string[], cwd: string): Promise<string> =>
  new Promise((resolve) => {
    execFile(process.execPath, words, { cwd, maxBuffer: 2 ** 28 }, (_, stdout) => resolve(stdout))
  })
