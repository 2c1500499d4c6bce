// Scenarios: chains, vaults, markets, a price path, accounts, agents, and what must hold at the end.
import { readdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { usageError } from '../agent/domain/errors.ts'
import { contradictionsIn } from './contradictions.ts'
import { check, readSource } from './document.ts'
import { suggest } from './nearest.ts'
import { readReplay } from './replay.ts'
import { type Scenario, scenarioShape } from './scenario-shape.ts'

export type { Scenario } from './scenario-shape.ts'

/** One scenario file. Unknown keys are errors, and so is what contradicts itself. */
export const scenarioSchema = scenarioShape.superRefine((scenario, context) => {
  for (const { path, message } of contradictionsIn(scenario))
    context.issues.push({ code: 'custom', path: [...path], message, input: scenario })
})

const FOLDER = new URL('./scenarios/', import.meta.url)

/** Names of the scenarios that come with the program. */
export const scenarioNames = (): readonly string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()

/** Reads a scenario by name, or by path when `which` ends in .yaml. */
export function loadScenario(which: string): Scenario {
  if (which.endsWith('.yaml')) return read(which)
  const known = scenarioNames()
  if (!known.includes(which)) {
    const hint = suggest(which, known)
    throw usageError(
      'E_SCENARIO',
      `unknown scenario ${which}${hint && ` – ${hint}`}`,
      'See lienmesh scenarios ls, or give the path of a .yaml file.',
    )
  }
  return read(fileURLToPath(new URL(`${which}.yaml`, FOLDER)))
}

/** Prices that it names are read from beside it. */
function read(file: string): Scenario {
  const source = readSource(file)
  const scenario = check(source, scenarioSchema)
  const { path } = z.object({ path: z.unknown() }).parse(source.value)
  if (typeof path !== 'string') return scenario
  return { ...scenario, replay: readReplay(resolve(dirname(file), path), scenario.timeScale) }
}
