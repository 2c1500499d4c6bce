// lienmesh scenarios ls
import { z } from 'zod'
import { loadScenario, scenarioNames } from '../../config/scenario.ts'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'

/** Lists the scenarios that come with the program. */
export const scenariosLs = command({
  options: z.strictObject({}),
  run: async (_, context) => {
    for (const name of scenarioNames()) {
      const { description } = loadScenario(name)
      context.print(
        context.json ? JSON.stringify({ type: 'scenario', name, description }) : `${name.padEnd(16)} ${description}`,
      )
    }
    return EXIT.ok
  },
})
