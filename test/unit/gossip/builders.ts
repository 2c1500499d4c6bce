// A healthy network, its people, and what they say. A test changes one thing.
import secp256k1 from 'secp256k1'
import {
  type Address,
  bytesToHex,
  concat,
  getAddress,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  toHex,
  toRlp,
} from 'viem'
import { attestationDigest, priceBatchDigest, statusDigest } from '../../../agent/adapters/gossip/digests.ts'
import type { PriceBatch } from '../../../agent/domain/market.ts'
import type {
  Attestation,
  ClaimFact,
  Evidence,
  Header,
  OfferRequest,
  ProvenClaim,
  Status,
} from '../../../agent/domain/message.ts'
import type { Network } from '../../../agent/domain/network.ts'
import { bps, chainId, instant, millis, price, wad } from '../../../agent/domain/units.ts'
import { claimPlace } from '../../../agent/maths/slots.ts'
import type { TrustBook } from '../../../agent/ports/gossip.ts'

export const ENGINE = chainId(901)
export const VAULT_CHAIN = chainId(902)
/** Wall time of every test that sets its own clock. */
export const NOW = instant(1_800_000_000_000)

export type Person = { readonly address: Address; readonly sign: (digest: Hex) => Hex }

/** Somebody with a key of their own, the same in every run. */
export function person(name: string): Person {
  const key = hexToBytes(keccak256(toHex(name)))
  const publicKey = secp256k1.publicKeyCreate(key, false)
  return {
    address: getAddress(`0x${keccak256(publicKey.subarray(1)).slice(-40)}`),
    sign(digest) {
      const { signature, recid } = secp256k1.ecdsaSign(hexToBytes(digest), key)
      return concat([bytesToHex(signature), numberToHex(27 + recid, { size: 1 })])
    },
  }
}

export const alice = person('alice publishes')
export const bob = person('bob attests')
export const carol = person('carol provides')
export const mallory = person('mallory forges')

/** Some contract of the network, by name. */
export const contract = (name: string): Address => getAddress(`0x${keccak256(toHex(name)).slice(-40)}`)

export function network(change: Partial<Network> = {}): Network {
  return {
    name: 'test',
    timeScale: 60,
    threshold: 1,
    attestors: [bob.address],
    publishers: [alice.address],
    engines: [
      {
        chain: ENGINE,
        name: 'engine',
        engine: contract('engine'),
        auction: contract('auction'),
        priceBook: contract('price book'),
        creditLines: contract('credit lines'),
        riskParameters: contract('risk parameters'),
        insuranceFund: contract('insurance fund'),
        registry: contract('registry'),
        cash: contract('cash'),
        cashDecimals: 6,
        finality: 2,
        fromBlock: 1n,
      },
    ],
    vaults: [vaultAt('fast', 0), vaultAt('slow', 2)],
    ...change,
  }
}

/** One vault of the network, with two assets. */
export function vaultAt(name: string, firstCollateral: number): Network['vaults'][number] {
  const asset = (symbol: string, collateral: number, decimals: number) => ({
    collateral,
    symbol,
    token: contract(symbol),
    decimals,
    pair: contract(`${symbol} pair`),
  })
  return {
    id: `vault-${name}`,
    chain: VAULT_CHAIN,
    engine: ENGINE,
    vault: contract(`${name} vault`),
    mirror: contract(`${name} mirror`),
    engineSource: { kind: 'attested', at: contract(`${name} engine roots`), delay: 0 },
    vaultSource: { kind: 'attested', at: contract(`${name} vault roots`), delay: 0 },
    registry: contract('vault registry'),
    router: contract('router'),
    dollar: contract('dollar'),
    dollarDecimals: 6,
    finality: 1,
    fromBlock: 1n,
    assets: [asset('WETH', firstCollateral, 18), asset('WBTC', firstCollateral + 1, 8)],
    latency: { median: millis(480_000), spread: 0.3, stuckOdds: 0.01, stuckMedian: millis(3_600_000) },
  }
}

/** Believes the network file and every block. */
export function trust(change: Partial<TrustBook> = {}): TrustBook {
  const known = network()
  return {
    publisher: (address) => known.publishers.includes(address),
    attestor: (address) => known.attestors.includes(address),
    trusted: () => 'own',
    ...change,
  }
}

export function priceBatch(change: Partial<PriceBatch> = {}, signer: Person = alice): PriceBatch {
  const unsigned = {
    engine: ENGINE,
    publisher: alice.address,
    sequence: NOW,
    validUntil: instant(NOW + 5_000),
    entries: [
      { feed: 0, price: price(3_000_00000000n), confidence: bps(10), shocks: 0n },
      { feed: 1, price: price(60_000_00000000n), confidence: bps(12), shocks: (1n << 255n) + 77n },
    ],
    ...change,
  }
  return { signature: signer.sign(priceBatchDigest(unsigned, contract('price book'))), ...unsigned }
}

export function attestation(change: Partial<Attestation> = {}, signer: Person = bob): Attestation {
  const unsigned = { chain: VAULT_CHAIN, number: 7n, hash: keccak256('0x07'), attestor: bob.address, ...change }
  return { signature: signer.sign(attestationDigest(unsigned)), ...unsigned }
}

/** Bob attests two blocks at one height. */
export const twoBlocks = (change: Partial<Attestation> = {}, signer: Person = bob): Evidence => ({
  kind: 'attestations',
  first: attestation(),
  second: attestation({ hash: keccak256('0x08'), ...change }, signer),
})

/** Alice signs two prices under one sequence. */
export const twoPrices = (change: Partial<PriceBatch> = {}, signer: Person = alice): Evidence => ({
  kind: 'prices',
  first: priceBatch(),
  second: priceBatch({ entries: priceBatch().entries.slice(1), ...change }, signer),
})

/** Block 12 of the engine chain, of some state. */
export function header(change: Partial<Header> = {}, stateRoot = keccak256('0x03')): Header {
  const fields: Hex[] = Array.from({ length: 16 }, (): Hex => '0x')
  fields[3] = stateRoot
  fields[8] = '0x0c'
  const rlp = toRlp(fields)
  return { chain: ENGINE, number: 12n, hash: keccak256(rlp), rlp, ...change }
}

export function status(change: Partial<Status> = {}, signer: Person = carol, where: Network = network()): Status {
  const unsigned = {
    agent: carol.address,
    name: 'carol',
    sequence: NOW,
    version: '0.1.0',
    heads: [{ chain: ENGINE, number: 12n }],
    addresses: ['/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWCarol'],
    provider: {
      account: contract('carol executor'),
      engine: ENGINE,
      reserves: wad(5n * 10n ** 18n),
      rates: [{ collateral: 0, rate: bps(9_700) }],
    },
    routes: [{ vault: 'vault-fast', settled: 12, median: millis(480_000), stuck: 1 }],
    ...change,
  }
  return { signature: signer.sign(statusDigest(unsigned, where)), ...unsigned }
}

/** A claim opened for carol, proven at block 12 of a chain that holds nothing else; `change` comes after the proof. */
export function claim(change: Partial<ProvenClaim> = {}, cumulative = change.cumulative ?? 5n): ProvenClaim {
  const vault = vaultAt('fast', 0)
  const asset = contract('WBTC')
  const fact: Omit<ClaimFact, 'tx'> = {
    chain: ENGINE,
    vault: vault.id,
    kind: 'opened',
    beneficiary: carol.address,
    collateral: 1,
    cumulative,
  }
  const place = claimPlace(vault, { ...fact, asset }, keccak256)
  const storage = trieLeaf(keccak256(place.slot), toRlp(toHex(cumulative)))
  const world = trieLeaf(keccak256(place.contract), toRlp([toHex(1n), '0x', keccak256(storage), keccak256('0x')]))
  const block = header({}, keccak256(world))
  const proof = { address: place.contract, accountProof: [world], slots: [{ key: place.slot, proof: [storage] }] }
  return { ...fact, number: block.number, hash: block.hash, header: block.rlp, proof, ...change }
}

/** A trie of one leaf: an even path of the whole key. */
const trieLeaf = (key: Hex, value: Hex): Hex => toRlp([`0x20${key.slice(2)}`, value])

export function offerRequest(change: Partial<OfferRequest> = {}): OfferRequest {
  return {
    engine: ENGINE,
    bidder: bob.address,
    account: contract('trader'),
    value: wad(10n ** 21n),
    collaterals: [0, 2],
    ...change,
  }
}

/** The same signature in its other form: s above half the order. */
export function highS(signature: Hex): Hex {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const s = order - BigInt(`0x${signature.slice(66, 130)}`)
  const v = signature.endsWith('1b') ? '1c' : '1b'
  return `0x${signature.slice(2, 66)}${s.toString(16).padStart(64, '0')}${v}`
}
