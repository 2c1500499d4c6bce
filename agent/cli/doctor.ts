// lienmesh doctor
import { sep } from 'node:path'
import { loadNetwork } from '../../config/network.ts'
import { EXIT } from '../domain/errors.ts'
import type { Finding } from '../runtime/doctor/finding.ts'
import { command } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'

/** Looks at everything that must be right before capital moves. Exit status 1 when something would fail. */
export const doctor = command({
  options: configFlags,
  examples: ['lienmesh doctor --config agent.yaml'],
  run: async (options, context) => {
    const { config } = configFrom(options.config, context)
    const network = loadNetwork(config.network)
    const [{ examine }, { worst }] = await Promise.all([
      import('../runtime/doctor/examine.ts'),
      import('../runtime/doctor/finding.ts'),
    ])
    const findings: Finding[] = []
    for await (const finding of examine(config, network)) {
      findings.push(finding)
      context.print(context.json ? JSON.stringify({ type: 'finding', ...finding }) : inWords(finding))
    }
    const count = (status: Finding['status']) => findings.filter((one) => one.status === status).length
    const totals = { ok: count('ok'), warn: count('warn'), fail: count('fail') }
    if (context.json) context.print(JSON.stringify({ type: 'summary', ...totals }))
    else context.print(`${totals.ok} ok, ${totals.warn} to look at, ${totals.fail} to mend`)
    return worst(findings) === 'fail' ? EXIT.failure : EXIT.ok
  },
})

const SIGN = { ok: '✔', warn: '!', fail: '✖' } as const

/** One line of 80 columns, or the finding below what was looked at. */
function inWords({ status, area, check, found, fix }: Finding): string {
  const words = found.replaceAll(`${process.cwd()}${sep}`, '')
  const head = `${SIGN[status]} ${area.padEnd(12)} ${check}:`
  const line = head.length + words.length < 80 ? `${head} ${words}` : `${head}\n  ${words}`
  return `${line}${fix === undefined ? '' : `\n  fix: ${fix}`}`
}
