// Flags of every command that reads an agent's config, and the config they make.
import { z } from 'zod'
import { type Loaded, loadConfig } from '../../config/load.ts'
import { settings } from '../../config/settings.ts'
import type { Context, Given } from './command.ts'

/** `--config`, and one flag per scalar setting. Values are judged with the file, not here. */
export const configFlags = z.strictObject({
  config: z.string().min(1).default('lienmesh.yaml').describe('The config file.'),
  ...Object.fromEntries(
    settings().map(({ flag, description, fallback, type }) => [
      flag,
      z.string().optional().meta({ description, fallback, type }),
    ]),
  ),
})

/** The config from defaults, file, environment and flags. */
export const configFrom = (file: string, context: Context): Loaded =>
  loadConfig({ file, env: process.env, flags: texts(context.flags) })

const texts = (flags: Given): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(flags).map(([flag, value]) => [flag, String(value)]))
