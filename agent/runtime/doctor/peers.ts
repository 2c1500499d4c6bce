// The peers we were told of: whether anything listens there. Who they are is settled by the handshake, later.
import { connect } from 'node:net'
import type { AgentConfig } from '../../../config/schema.ts'
import { check, type Finding, ok, warn } from './finding.ts'

/** Bootstrap peers that can be reached. */
export async function examinePeers({ p2p }: AgentConfig): Promise<readonly Finding[]> {
  return [
    await check('network', 'peers', async () => {
      if (p2p.bootstrap.length === 0)
        return warn('no bootstrap peer', 'Add one to p2p.bootstrap, or wait for others to dial this agent.')
      const answers = await Promise.all(p2p.bootstrap.map(reachable))
      const silent = p2p.bootstrap.filter((_, i) => answers[i] !== true)
      const words = `${answers.length - silent.length} of ${answers.length} bootstrap peers listen`
      return silent.length === 0 ? ok(words) : warn(`${words}; silent: ${silent.join(', ')}`, 'Ask their operators.')
    }),
  ]
}

const PATIENCE = 2_000

/** Whether somebody listens at /ip4/HOST/tcp/PORT (or dns). */
function reachable(address: string): Promise<boolean> {
  const [, , host, , port] = address.split('/')
  return new Promise((resolve) => {
    const socket = connect({ host: host ?? '', port: Number(port), timeout: PATIENCE })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}
