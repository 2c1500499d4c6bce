// Runs one command and ends it when our standard input closes: the fallback where the kernel offers no death signal.
import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
if (command === undefined) {
  process.stderr.write('guard: expected a command\n')
  process.exit(2)
}

const child = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'] })
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
child.on('error', (error) => {
  process.stderr.write(`guard: ${command} did not start: ${error.message}\n`)
  process.exit(1)
})
child.stdin.on('error', () => child.kill('SIGTERM'))
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal))
process.stdin.pipe(child.stdin)
process.stdin.on('close', () => child.kill('SIGKILL'))
