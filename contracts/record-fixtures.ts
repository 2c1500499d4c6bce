// Records real proofs for the contract tests: runs deposit, credit and allocation through the suite on a local chain
// that is its own counterpart, and writes the headers, attestations and EIP-1186 proofs of four of its blocks.
// `node contracts/record-fixtures.ts` after a change of the vault, the mirror or their layout.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeAbiParameters, fromRlp, getContractAddress, type Hex, keccak256, parseUnits, toRlp } from 'viem'
import { attest, people, Stage } from './fixture-stage.ts'
import { root } from './sources.ts'

type Contracts = Awaited<ReturnType<typeof setUp>>
type Name = keyof Contracts
type Custody = 'vault' | 'otherVault'
type Recorded = Awaited<ReturnType<typeof record>>

const { admin, alice, attestors, bob, liquidator, provider } = people
const YEAR = 31_557_600n
const VAULT_TERMS = { staleAfter: YEAR, exitDelay: YEAR, resetDelay: 0n }
const MIRROR_TERMS = { staleAfter: YEAR, resetDelay: 0n }
const weth18 = (amount: string) => parseUnits(amount, 18)
const stage = await Stage.open()
try {
  writeFileSync(join(root, 'contracts/test/fixtures/proofs.json'), `${JSON.stringify(await tell(), undefined, 2)}\n`)
} finally {
  stage.close()
}

async function tell() {
  const contracts = await setUp()
  const { weth, wbtc, vault, mirror, otherVault, otherMirror } = contracts
  const deposit = (to: Hex, account: Hex, asset: Hex, amount: bigint) =>
    stage.send(to, 'CollateralVault', 'deposit', [account, asset, amount])
  const allocate = (ledger: Hex, beneficiary: Hex, amount: bigint) =>
    stage.send(ledger, 'VaultMirror', 'allocate', [alice, beneficiary, weth, amount])

  await deposit(vault, alice, weth, weth18('10'))
  await deposit(vault, bob, weth, weth18('3'))
  await deposit(vault, bob, wbtc, parseUnits('1', 8))
  await deposit(otherVault, alice, weth, weth18('500'))
  // Neighbours, so that the tries have branches worth proving.
  for (let n = 1n; n <= 40n; n++) await deposit(vault, neighbour(n), weth, n)
  const deposited = await record(contracts, ['vault', 'otherVault', 'mirror'], { alice, bob })

  await credit(contracts, deposited, 'vault', mirror)
  await credit(contracts, deposited, 'otherVault', otherMirror)
  for (let n = 1n; n <= 20n; n++) await allocate(mirror, neighbour(n), n)
  await allocate(mirror, liquidator, weth18('2'))
  await allocate(otherMirror, liquidator, weth18('400'))
  const owed = await record(contracts, ['mirror', 'otherMirror', 'vault'], { liquidator })

  await allocate(mirror, liquidator, weth18('3'))
  await allocate(mirror, provider, weth18('1'))
  const owedLater = await record(contracts, ['mirror'], { liquidator, provider })

  await deposit(vault, alice, weth, weth18('2'))
  const depositedLater = await record(contracts, ['vault'], { alice })
  const { chainId } = stage
  const blocks = { deposited, owed, owedLater, depositedLater, forked: await fork(owed) }
  return { chainId: Number(chainId), contracts, people: addresses(), ...blocks }
}

/** Header, attestations, accounts and the non-zero WETH counters of `holders`, in the latest block. */
async function record(contracts: Contracts, origins: Name[], holders: Record<string, Hex>) {
  const { number, header, stamp } = await stage.latest()
  const accounts: Record<string, readonly Hex[]> = {}
  const counters: Record<string, { readonly value: Hex; readonly evidence: Hex }> = {}
  const slots = Object.values(holders).map((holder) => counterSlot(holder, contracts.weth))
  for (const origin of origins) {
    const { accountProof, storageProof } = await stage.proof(contracts[origin], slots, number)
    accounts[origin] = accountProof
    for (const [index, holder] of Object.keys(holders).entries()) {
      const { value, proof } = storageProof[index] ?? { value: 0n, proof: [] }
      if (value !== 0n) counters[`${origin}_${holder}`] = { value: word(value), evidence: evidence(number, proof) }
    }
  }
  return { number: Number(number), ...stamp, header, signatures: await sign(number, stamp.hash), accounts, counters }
}

/** Credits alice as any agent would: header and attestations, anchor, proof. */
async function credit({ oracle, weth, ...contracts }: Contracts, block: Recorded, from: Custody, to: Hex) {
  const evidence = block.counters[`${from}_alice`]?.evidence ?? '0x'
  await stage.send(oracle, 'RootOracle', 'submit', [block.header, block.signatures])
  await stage.send(oracle, 'RootOracle', 'anchor', [BigInt(block.number), contracts[from], block.accounts[from] ?? []])
  await stage.send(to, 'VaultMirror', 'prove', [alice, weth, evidence])
}

async function setUp() {
  const authority = await stage.deploy('AccessManager', [admin])
  const weth = await stage.deploy('TestToken', ['Wrapped Ether', 'WETH', 18])
  const wbtc = await stage.deploy('TestToken', ['Wrapped Bitcoin', 'WBTC', 8])
  const registry = await stage.deploy('AgentRegistry', [authority, weth, 1n, 60n, admin])
  const oracle = await stage.deploy('RootOracle', [authority, stage.chainId, registry, 2n, 0n])
  const { vault, mirror } = await pair(authority, oracle)
  const { vault: otherVault, mirror: otherMirror } = await pair(authority, oracle)
  for (const token of [weth, wbtc]) await stage.send(token, 'TestToken', 'mint', [admin, weth18('10000')])
  for (const token of [weth, wbtc])
    for (const spender of [vault, otherVault, registry])
      await stage.send(token, 'TestToken', 'approve', [spender, weth18('10000')])
  for (const attestor of attestors) {
    await stage.send(registry, 'AgentRegistry', 'bond', [attestor.address, 1n])
    await stage.send(registry, 'AgentRegistry', 'setAttestor', [attestor.address, true])
  }
  for (const custody of [vault, otherVault])
    for (const token of [weth, wbtc]) await stage.send(custody, 'CollateralVault', 'list', [token, weth18('10000')])
  for (const ledger of [mirror, otherMirror]) await stage.send(ledger, 'VaultMirror', 'setModule', [admin, true])
  return { weth, wbtc, oracle, vault, mirror, otherVault, otherMirror }
}

/** A vault and its mirror know each other from birth: the second address is the next nonce's. */
async function pair(authority: Hex, oracle: Hex): Promise<{ vault: Hex; mirror: Hex }> {
  const nonce = await stage.nonce()
  const mirror = getContractAddress({ from: admin, nonce: nonce + 1n })
  const vault = await stage.deploy('CollateralVault', [authority, oracle, mirror, VAULT_TERMS])
  return { vault, mirror: await stage.deploy('VaultMirror', [authority, oracle, vault, MIRROR_TERMS]) }
}

/** The same height with another header, signed by the same attestors. */
async function fork(block: { readonly number: number; readonly header: Hex }) {
  const fields = fromRlp(block.header, 'hex')
  if (!Array.isArray(fields)) throw new Error('a header is an RLP list')
  const extraData = 12
  const header = toRlp(fields.map((field, index) => (index === extraData ? '0xf0' : field)))
  return { header, hash: keccak256(header), signatures: await sign(BigInt(block.number), keccak256(header)) }
}

/** Two of three attestors, in ascending order of address. */
function sign(number: bigint, blockHash: Hex): Promise<Hex[]> {
  const ordered = [...attestors].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1))
  return Promise.all(ordered.map((attestor) => attest(attestor, { chainId: stage.chainId, number, blockHash })))
}

/** Slot 0 of both contracts: deposited[account][asset], owed[beneficiary][asset]. */
function counterSlot(outer: Hex, inner: Hex): Hex {
  const types = [{ type: 'address' }, { type: 'uint256' }] as const
  const base = keccak256(encodeAbiParameters(types, [outer, 0n]))
  return keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [inner, base]))
}

function evidence(number: bigint, storageProof: readonly Hex[]): Hex {
  return encodeAbiParameters([{ type: 'uint256' }, { type: 'bytes[]' }], [number, storageProof])
}

function word(value: bigint): Hex {
  return encodeAbiParameters([{ type: 'uint256' }], [value])
}

function neighbour(n: bigint): Hex {
  return `0x${n.toString(16).padStart(40, '1')}`
}

function addresses() {
  return { alice, bob, liquidator, provider, attestors: attestors.map(({ address }) => address) }
}
