import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { commands } from '../../../agent/cli/commands.ts'
import { dispatch } from '../../../agent/cli/dispatch.ts'
import { overview } from '../../../agent/cli/help.ts'
import { helpOf } from '../../../agent/cli/parse.ts'

const quiet = new AbortController().signal
const words = (line: string): readonly string[] => line.split(' ').filter((word) => word !== '')
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

describe('help', () => {
  test('of the program fits a screen of 80 columns and 40 lines, and names every command', () => {
    const text = overview(undefined, commands)
    expect(widest(text)).toBeLessThanOrEqual(80)
    expect(text.split('\n').length).toBeLessThanOrEqual(40)
    for (const { words } of commands) expect(text).toContain(words.at(-1))
  })

  test.each(commands.map((entry) => ({ name: entry.words.join(' '), entry })))(
    'of $name fits 80 columns and describes every flag',
    async ({ entry }) => {
      const command = await entry.load()
      expect(widest(await helpOf(entry, command))).toBeLessThanOrEqual(80)
      const silent = Object.entries(command.shape).filter(
        ([, field]) => (z.globalRegistry.get(field)?.description ?? '') === '',
      )
      expect(silent.map(([flag]) => flag)).toEqual([])
    },
  )
})

describe('a wrong command line is E_USAGE with the nearest name', () => {
  test.each([
    ['swrm up', 'unknown command swrm – did you mean swarm?'],
    ['swarm pu', 'unknown command swarm pu – did you mean up?'],
    ['swarm frobnicate', 'unknown command swarm frobnicate'],
    ['--jsn', 'unknown flag --jsn before a command'],
    ['swarm up --sed 3', 'unknown flag --sed – did you mean --seed?'],
    ['swarm up --dry-run', 'unknown flag --dry-run'],
    ['swarm up -x', 'unknown flag -x'],
    ['run --risk.slipage 5', 'unknown flag --risk.slipage – did you mean --risk.slippage?'],
    ['strategies ls --log.level debgu', '--log.level: found debgu – did you mean debug?'],
    ['swarm up --seed six', '--seed: expected a whole number, found six'],
    ['swarm up --seed -1', '--seed: expected a whole number, found -1'],
    ['swarm up --seed 1 --seed 2', '--seed is given twice'],
    ['swarm up --seed', '--seed needs a value'],
    ['swarm up --duration 45', '--duration: "45" has no unit. Write 45s'],
    ['swarm up --keep=maybe', '--keep is true or false, found maybe'],
    ['swarm up flash-crash again', 'unexpected again'],
    ['executor fund 1000', '--amount: "1000" has no unit. Write 1000 USDC, or 1000 ETH for native coin'],
    ['executor fund --gas 0.5', '--gas: "0.5" has no unit. Write 0.5 USDC, or 0.5 ETH for native coin'],
    ['executor withdraw some', '--amount: "some" is not an amount. Write for example 1000 USDC'],
    ['bond add', 'amount is missing'],
    ['executor deploy --cap 20000', '--cap: "20000" has no unit. Write 20000 USD'],
    ['init local --max-bid 5', '--max-bid: "5" has no unit. Write 5 USD'],
    ['config schema agnt', '--of: found agnt – did you mean agent?'],
    ['why', 'id is missing'],
  ])('%s', async (line, message) => {
    await expect(dispatch(words(line), quiet)).rejects.toMatchObject({ code: 'E_USAGE', exit: 2, message })
  })

  test('an unknown scenario is found before anything starts', async () => {
    await expect(dispatch(words('swarm up flash-crush'), quiet)).rejects.toMatchObject({ code: 'E_SCENARIO', exit: 2 })
  })
})
