// lienmesh config show: every setting, its value and where that came from.
import { settings } from '../../config/settings.ts'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'

/** Prints each scalar setting with its origin: default, file:line:column, variable or flag. */
export const configShow = command({
  options: configFlags,
  run: async (options, context) => {
    const { config, origin, written } = configFrom(options.config, context)
    for (const { key, path, fallback } of settings()) {
      const value = written(path) ?? fallback ?? ''
      const from = origin(key)
      context.print(
        context.json
          ? JSON.stringify({ type: 'setting', key, value, from })
          : `${key.padEnd(24)} ${String(value).padEnd(28)} ${from}`,
      )
    }
    for (const { use } of config.strategies) {
      context.print(context.json ? JSON.stringify({ type: 'strategy', use }) : `${'strategies'.padEnd(24)} ${use}`)
    }
    return EXIT.ok
  },
})
