// The command line as an operator meets it: what it prints, where, and how it ends.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { agentDirectory, nodeOfChain } from '../support/agent-directory.ts'
import { lienmesh } from '../support/command-line.ts'
import { configFile, healthy, temporaryFolder } from '../support/config-file.ts'
import { root } from '../support/cruise.ts'

/** Makes a process believe it runs on an old Node. */
const onNode20 = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})',
]

/** A copy of the program without its packages. */
function bareCopy(): string {
  const folder = temporaryFolder()
  for (const room of ['bin', 'agent', 'config', 'strategies', 'package.json'])
    cpSync(join(root, room), join(folder, room), { recursive: true })
  return folder
}

/** One error as an operator should see it: code, reason, fix, and nothing else. */
function expectOneMessage(err: string, code: string): void {
  expect(err).toMatch(new RegExp(`^✖ ${code} .+\\n(  .+\\n)*  fix: .+\\n$`))
  expect(err).not.toMatch(/^\s+at /m)
}

describe('what every command line does', () => {
  test('--help answers within 300 ms of CPU and loads neither libp2p nor viem', () => {
    const launcher = join(root, 'bin', 'lienmesh.js')
    const probe = `process.argv.push('--help'); process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(String((user + system) / 1000)) }); await import(${JSON.stringify(launcher)})`
    const measure = (): number => {
      const script = join(temporaryFolder(), 'probe.mjs')
      writeFileSync(script, probe)
      const line = `${JSON.stringify(process.execPath)} ${JSON.stringify(script)} 2>&1 >/dev/null`
      return Number(execFileSync('sh', ['-c', line], { encoding: 'utf8' }))
    }
    expect(Math.min(measure(), measure(), measure())).toBeLessThan(300)
  })

  test('--version says which program and which Node', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const { status, out } = await lienmesh(['--version'])
    expect([status, out]).toEqual([0, `lienmesh ${version} (node ${process.versions.node})\n`])
  })

  test('a reader that goes away is no failure', () => {
    const line = `${JSON.stringify(process.execPath)} bin/lienmesh.js config schema scenario | head -c 10; echo`
    expect(execFileSync('sh', ['-c', line], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe(
      '{\n  "$sche\n',
    )
  })

  test('output without a terminal carries no escape codes', async () => {
    const { out } = await lienmesh(['run', '--help'])
    const { err } = await lienmesh(['rnu'])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what must not be there.
    expect(`${out}${err}`).not.toMatch(/\u001b/)
  })
})

describe('a mistake is one message with code, reason and fix, and its own exit status', () => {
  test('an unknown flag', async () => {
    const { status, out, err } = await lienmesh(['run', '--mod', 'live'])
    expect([status, out, err]).toEqual([
      2,
      '',
      '✖ E_USAGE unknown flag --mod – did you mean --mode?\n  fix: See lienmesh run --help.\n',
    ])
  })

  test('an unknown flag, with --json: one object on standard error', async () => {
    const { status, out, err } = await lienmesh(['run', '--mod', 'live', '--json'])
    expect([status, out]).toEqual([2, ''])
    expect(
      err
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        type: 'error',
        code: 'E_USAGE',
        message: 'unknown flag --mod – did you mean --mode?',
        fix: 'See lienmesh run --help.',
        exit: 2,
      },
    ])
  })

  test('an unknown scenario', async () => {
    const { status, err } = await lienmesh(['swarm', 'up', '--scenario', 'flash-crush'])
    expect(status).toBe(2)
    expectOneMessage(err, 'E_SCENARIO')
  })

  test('an unknown config key, with file, line, column and the nearest name', async () => {
    const file = configFile(`${healthy}risk:\n  maxShortfal: 6 USD\n`)
    const { status, err } = await lienmesh(['run', '--config', file])
    expect(status).toBe(4)
    expectOneMessage(err, 'E_CONFIG')
    expect(err).toContain(`${file}:6:3 unknown key risk.maxShortfal – did you mean maxShortfall?`)
  })

  test('a wrong unit', async () => {
    const { status, err } = await lienmesh([
      'config',
      'check',
      '--config',
      configFile(`${healthy}risk: { maxInFlight: 6000 }\n`),
    ])
    expect(status).toBe(4)
    expectOneMessage(err, 'E_CONFIG')
    expect(err).toContain('"6000" has no unit. Write 6000 USD')
  })

  test('no config file', async () => {
    const { status, err } = await lienmesh(['run'], { cwd: temporaryFolder() })
    expect(status).toBe(4)
    expectOneMessage(err, 'E_NO_CONFIG')
  })

  test('live without the consent of both file and flag', async () => {
    const { status, err } = await lienmesh(['run', '--config', configFile(), '--mode', 'live'])
    expect(status).toBe(4)
    expectOneMessage(err, 'E_LIVE')
  })

  test.each([
    ['an unknown strategy', { more: 'strategies: [{ use: gap-awre }]\n' }, 'E_STRATEGY_UNKNOWN'],
    [
      'a parameter that a strategy does not have',
      { more: 'strategies: [{ use: gap-aware, params: { x: 1 } }]\n' },
      'E_STRATEGY_PARAMS',
    ],
  ])('%s', async (_, details, code) => {
    const { status, err } = await lienmesh(['config', 'check', '--config', agentDirectory(details)])
    expect(status).toBe(4)
    expectOneMessage(err, code)
  })

  test('a key that others can read', async () => {
    const { status, err } = await lienmesh(['run', '--config', agentDirectory({ keyMode: 0o644 })])
    expect(status).toBe(4)
    expectOneMessage(err, 'E_KEY_PERMS')
  })

  test('an RPC endpoint where nobody listens', async () => {
    const { status, err } = await lienmesh(['run', '--config', agentDirectory({ rpc: 'http://127.0.0.1:1' })])
    expect(status).toBe(1)
    expectOneMessage(err, 'E_RPC_DOWN')
  })

  test('another chain behind the URL', async () => {
    const { status, err } = await lienmesh(['run', '--config', agentDirectory({ rpc: await nodeOfChain(1) })])
    expect(status).toBe(4)
    expectOneMessage(err, 'E_CHAIN_ID')
    expect(err).toMatch(/31337 .*found chain 1/)
  })

  test('a question about a run where there is none', async () => {
    const { status, err } = await lienmesh(['why', '0xabc'], { cwd: temporaryFolder() })
    expect(status).toBe(3)
    expectOneMessage(err, 'E_NO_RUN')
  })

  test('a stack appears only when asked for', async () => {
    const { err } = await lienmesh(['run', '--mod', 'live', '--log.level', 'debug'])
    expect(err).toMatch(/^\s+at /m)
  })
})

describe('an installation that never finished', () => {
  test('a missing package is E_INSTALL', async () => {
    const folder = bareCopy()
    const { status, err } = await lienmesh(['strategies', 'ls'], {
      cwd: folder,
      launcher: join(folder, 'bin', 'lienmesh.js'),
    })
    expect(status).toBe(4)
    expectOneMessage(err, 'E_INSTALL')
  })

  test('an old Node without the one that npm brings is E_NODE', async () => {
    const folder = bareCopy()
    const { status, err } = await lienmesh(['--help'], {
      cwd: folder,
      node: onNode20,
      launcher: join(folder, 'bin', 'lienmesh.js'),
    })
    expect(status).toBe(4)
    expectOneMessage(err, 'E_NODE')
  })

  test('so is a Node package whose install script never ran', async () => {
    const folder = bareCopy()
    mkdirSync(join(folder, 'node_modules', 'node'), { recursive: true })
    cpSync(join(root, 'node_modules', 'node', 'package.json'), join(folder, 'node_modules', 'node', 'package.json'))
    const { status, err } = await lienmesh(['--help'], {
      cwd: folder,
      node: onNode20,
      launcher: join(folder, 'bin', 'lienmesh.js'),
    })
    expect(status).toBe(4)
    expectOneMessage(err, 'E_NODE')
    expect(err).toContain('--ignore-scripts')
  })

  test('an old Node beside the one that npm brings runs there, and ends as it ends', async () => {
    const { status, out } = await lienmesh(['--version'], { node: onNode20 })
    expect([status, out.includes(`node ${process.versions.node}`)]).toEqual([0, true])
    expect((await lienmesh(['nonsense'], { node: onNode20 })).status).toBe(2)
  })
})

describe('an old Node that hands over to the new one', () => {
  /** The launcher in front of a program of our own. */
  function launching(program: string): ChildProcess {
    const folder = temporaryFolder()
    cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true })
    mkdirSync(join(folder, 'agent', 'cli'), { recursive: true })
    writeFileSync(join(folder, 'agent', 'cli', 'main.ts'), program)
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const child = spawn(process.execPath, [...onNode20, join(folder, 'bin', 'lienmesh.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  const waiting = `export const main = async () => {
    process.on('SIGTERM', () => process.exit(7))
    process.on('disconnect', () => process.exit(9))
    process.on('exit', (code) => process.stdout.write('ended ' + code))
    process.stdout.write('pid ' + process.pid)
    setInterval(() => {}, 1000)
  }`

  test('passes signals on, and ends as the program ends', async () => {
    const child = launching(waiting)
    await once(child.stdout ?? child, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([7, null])
  })

  test('takes the program with it when it is killed', async () => {
    const child = launching(waiting)
    const out = child.stdout ?? child
    await once(out, 'data')
    const said = once(out, 'data')
    child.kill('SIGKILL')
    expect(String((await said)[0])).toBe('ended 9')
  })
})
