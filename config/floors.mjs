// Each room, the rooms it may import, the packages it may load, the packages whose types it may name, and whether it
// may use Node's own modules. Checked by dependency-cruiser; test/architecture.test.ts proves that the check bites.
const below = ['agent/domain', 'agent/maths', 'agent/ports']
const fast = [...below, 'agent/crypto']
const core = [...below, 'agent/strategy.ts', 'agent/core']
const runtime = [...core, 'agent/crypto', 'agent/adapters', 'agent/runtime', 'strategies', 'config']
const swarm = [
  ...runtime,
  'agent/simulator',
  'agent/suite',
  'agent/operator',
  'agent/swarm',
  'agent/console',
  'agent/kit',
]

export const floors = {
  'agent/domain': { types: ['viem'] },
  'agent/maths': { rooms: ['agent/domain'], npm: ['@stdlib/', 'pure-rand'], types: ['viem'] },
  'agent/ports': { rooms: ['agent/domain'], types: ['viem'] },
  'agent/crypto': {
    rooms: ['agent/domain', 'agent/ports'],
    npm: ['hash-wasm', 'secp256k1', '@bitauth/libauth'],
    types: ['viem', 'hash-wasm', 'secp256k1', '@bitauth/libauth'],
    node: true,
  },
  'agent/strategy.ts': { rooms: ['agent/domain', 'agent/maths'], npm: ['zod'] },
  'agent/core': { rooms: ['agent/domain', 'agent/maths', 'agent/strategy.ts'], types: ['viem'] },
  'agent/adapters/chain': { rooms: fast, npm: ['viem', '@ethereumjs/mpt'], node: true },
  'agent/adapters/gossip': {
    rooms: fast,
    npm: ['libp2p', '@libp2p/', '@chainsafe/', '@multiformats/', '@ethereumjs/', 'it-', 'cborg', 'viem'],
    node: true,
  },
  'agent/adapters/store': { rooms: below, types: ['viem'], node: true },
  'agent/adapters/clock': { rooms: below, node: true },
  'agent/adapters/signer': { rooms: fast, npm: ['viem'], node: true },
  'agent/runtime': { rooms: runtime, npm: ['pino', 'viem', 'ses'], node: true },
  'agent/simulator': { rooms: [...core, 'config'], types: ['viem'], node: true },
  'agent/suite': { rooms: [...runtime, 'agent/simulator'], npm: ['viem'], node: true },
  'agent/operator': { rooms: [...runtime, 'agent/suite'], npm: ['viem'], node: true },
  'agent/swarm': {
    rooms: [...runtime, 'agent/simulator', 'agent/suite', 'agent/operator', 'agent/console'],
    npm: ['viem', 'rolldown', 'yaml'],
    node: true,
  },
  'agent/kit': { rooms: [...runtime, 'agent/simulator', 'agent/console'], node: true },
  'agent/console': { rooms: [...runtime, 'agent/simulator'], npm: ['viem', 'prom-client', 'zod'], node: true },
  'agent/console/web': { rooms: ['agent/console/view/words.ts'], npm: ['preact', 'uplot'] },
  'agent/cli': { rooms: swarm, npm: ['yargs', 'zod', 'viem'], node: true },
  'agent/console/web/build.ts': { npm: ['vite'], node: true },
  strategies: { rooms: ['agent/strategy.ts'] },
  config: { rooms: ['agent/domain'], npm: ['zod', 'yaml'], types: ['viem'], node: true },
  bin: { rooms: ['agent/cli'], npm: ['rolldown'], node: true },
}
