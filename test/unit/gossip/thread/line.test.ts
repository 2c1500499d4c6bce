import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'
import { openLine } from '../../../../agent/adapters/gossip/thread/line.ts'
import { configError } from '../../../../agent/domain/errors.ts'

const open: MessageChannel[] = []
afterEach(() => {
  for (const { port1, port2 } of open.splice(0)) [port1, port2].map((port) => port.close())
})

const theirs = {
  double: (amount: bigint) => 2n * amount,
  refuse: (): never => {
    throw configError('E_LISTEN', 'expected a free port', 'Choose another.')
  },
  hang: () => new Promise<string>(() => undefined),
}

const lines = () => {
  const channel = new MessageChannel()
  open.push(channel)
  const other = openLine<Record<string, never>>(channel.port2, theirs)
  return { line: openLine<typeof theirs>(channel.port1, {}), other, channel }
}

it('asks the other side and hears its answer', async () => {
  await expect(lines().line.call('double', 21n)).resolves.toBe(42n)
})

it('hears an expected failure with its code and what to do', async () => {
  await expect(lines().line.call('refuse')).rejects.toMatchObject({
    name: 'LienmeshError',
    code: 'E_LISTEN',
    remedy: 'fix-config',
    fix: 'Choose another.',
  })
})

it('hears by its number the answer to what was asked another way', async () => {
  const { line, other } = lines()
  const { id, answer } = line.expect<string>()
  other.answer(id, 'accept')
  await expect(answer).resolves.toBe('accept')
})

it('leaves nobody waiting once it is cut', async () => {
  const { line, channel } = lines()
  const asked = line.call('hang')
  await once(channel.port2, 'message')
  line.cut('the thread ended')
  await expect(asked).rejects.toThrow('the thread ended')
  await expect(line.call('hang')).rejects.toThrow('the thread ended')
})
