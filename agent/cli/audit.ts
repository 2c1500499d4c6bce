// lienmesh audit: whether vaults cover what was credited and claimed, from proofs anybody can check.
import { loadNetwork } from '../../config/network.ts'
import { EXIT } from '../domain/errors.ts'
import type { AuditRow } from '../runtime/audit.ts'
import { command } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'
import { json } from './format.ts'

/** Needs nodes, no key and no bond. Exit status 1 when something is not covered. */
export const audit = command({
  options: configFlags,
  examples: ['lienmesh audit --config agent.yaml', 'lienmesh audit --json'],
  run: async (options, context) => {
    const { config } = configFrom(options.config, context)
    const [{ audit: rows }, { openNodes }] = await Promise.all([
      import('../runtime/audit.ts'),
      import('../runtime/links.ts'),
    ])
    const { readers, close } = await openNodes(config)
    let uncovered = 0
    try {
      for await (const row of rows(loadNetwork(config.network), readers)) {
        if (row.findings.length > 0) uncovered++
        context.print(context.json ? json({ type: 'route', ...row }) : inWords(row))
      }
    } finally {
      await close()
    }
    if (context.json) context.print(json({ type: 'summary', covered: uncovered === 0, uncovered }))
    else context.print(uncovered === 0 ? 'every route is covered' : `${uncovered} of the above are not covered`)
    return uncovered === 0 ? EXIT.ok : EXIT.assertion
  },
})

function inWords({ findings, vaultBlock, engineBlock, ...row }: AuditRow): string {
  const { held, deposited, exited, paid, credited, owed } = row
  const blocks = [vaultBlock, engineBlock].map(({ chain, number, hash }) => `${chain}/${number} ${hash.slice(0, 10)}`)
  return [
    `${findings.length === 0 ? '✔' : '✖'} ${row.vault} ${row.asset}, proven at ${blocks.join(' and ')}`,
    `  holds ${held} of ${deposited} deposited, ${exited} left, ${paid} paid`,
    `  ${credited} credited, ${owed} owed`,
    ...findings.map((finding) => `  ${finding}`),
  ].join('\n')
}
