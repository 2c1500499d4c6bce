// The sources of truth of a route: deployed by their kind, and whom they need allowed.
import { type Abi, type Address, concatHex, type Hex, numberToHex, size } from 'viem'
import type { SingleSpec, SourceSpec } from '../../config/sources.ts'
import type { HeaderSource, SingleSource, Source } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { type Artefact, ownArtefact } from './artefact.ts'
import type { Reserved } from './steps.ts'

/** The contracts that sources are made of. */
export const SOURCE_ARTEFACTS = {
  RootOracle: ownArtefact('RootOracle'),
  OptimisticSource: ownArtefact('OptimisticSource'),
  OpL1BlockSource: ownArtefact('OpL1BlockSource'),
  Erc7786Source: ownArtefact('Erc7786Source'),
  QuorumSource: ownArtefact('QuorumSource'),
  CounterCourier: ownArtefact('CounterCourier'),
  LocalGateway: ownArtefact('LocalGateway'),
}
const S = SOURCE_ARTEFACTS

/** A chain that sources are deployed on. */
export type Yard = {
  readonly chain: ChainId
  readonly from: Address
  readonly authority: Address
  readonly registry: Address
  /** Signatures that an attested source asks for. */
  readonly threshold: bigint
  readonly bondToken: Address
  readonly treasury: Address
  reserve(): Reserved
  deploy(artefact: Artefact, args: readonly unknown[], at?: Reserved): Address
}

/** What is believed where, about which contract of which other chain. */
export type Belief = { readonly here: Yard; readonly there: Yard; readonly about: Address }

/** Deploys a source and whatever it needs on either chain. */
export function placeSource(spec: SourceSpec, belief: Belief): Source {
  if (spec.kind !== 'quorum') return placeSingle(spec, belief)
  const of = spec.of.map((one) => placeSingle(one, belief))
  const at = belief.here.deploy(S.QuorumSource, [of.map((one) => one.at), BigInt(spec.needed)])
  return { kind: 'quorum', at, needed: spec.needed, of }
}

function placeSingle(spec: SingleSpec, belief: Belief): SingleSource {
  switch (spec.kind) {
    case 'attested':
    case 'op-l1-block':
      return placeHeaders(spec, belief)
    case 'optimistic':
      return placeOptimistic(spec, belief)
    case 'message':
      return placeMessage(spec, belief)
  }
}

function placeHeaders(
  spec: Extract<SingleSpec, { readonly kind: 'attested' | 'op-l1-block' }>,
  { here, there }: Belief,
): HeaderSource {
  const { authority, registry, threshold } = here
  const source = BigInt(there.chain)
  if (spec.kind === 'op-l1-block') {
    const at = here.deploy(S.OpL1BlockSource, [authority, source, spec.l1Block])
    return { kind: spec.kind, at, l1Block: spec.l1Block }
  }
  const at = here.deploy(S.RootOracle, [authority, source, registry, threshold, BigInt(spec.delay)])
  return { kind: spec.kind, at, delay: spec.delay }
}

function placeOptimistic(
  { window, bond, arbiter: judge }: Extract<SingleSpec, { readonly kind: 'optimistic' }>,
  belief: Belief,
): SingleSource {
  const { here } = belief
  const arbiter = placeHeaders(judge, belief)
  const { authority, bondToken, treasury } = here
  const at = here.deploy(S.OptimisticSource, [authority, BigInt(window), arbiter.at, bondToken, bond, treasury])
  return { kind: 'optimistic', at, window, bond, bondToken, arbiter }
}

/** Source and courier name each other, so that the source's address is reserved first. */
function placeMessage(
  { gateway, from }: Extract<SingleSpec, { readonly kind: 'message' }>,
  { here, there, about }: Belief,
): SingleSource {
  const place = here.reserve()
  const recipient = interoperable(here.chain, place.address)
  const courier = there.deploy(S.CounterCourier, [gatewayOn(there, from), about, recipient])
  const args = [here.authority, gatewayOn(here, gateway), interoperable(there.chain, courier)]
  const at = here.deploy(S.Erc7786Source, args, place)
  return { kind: 'message', at, courier }
}

const gatewayOn = (yard: Yard, wanted: Address | 'test'): Address =>
  wanted === 'test' ? yard.deploy(S.LocalGateway, [yard.from]) : wanted

/** ERC-7930, version 1, of an EVM address: the chain id in as few bytes as it takes. */
export function interoperable(chain: ChainId, address: Address): Hex {
  const reference = numberToHex(chain)
  const even: Hex = reference.length % 2 === 0 ? reference : `0x0${reference.slice(2)}`
  return concatHex(['0x00010000', numberToHex(size(even), { size: 1 }), even, '0x14', address])
}

/** A source and every source it stands on. */
export const partsOf = (source: Source): readonly Source[] => {
  if (source.kind === 'quorum') return [source, ...source.of.flatMap(partsOf)]
  return source.kind === 'optimistic' ? [source, source.arbiter] : [source]
}

/** What a guardian may pause. */
export const pausableIn = (source: Source): readonly Address[] =>
  partsOf(source).flatMap(({ kind, at }) => (kind === 'quorum' ? [] : [at]))

/** The couriers that a source hears. */
export const couriersIn = (source: Source): readonly Address[] =>
  partsOf(source).flatMap((one) => (one.kind === 'message' ? [one.courier] : []))

/** A call that an agent's executor makes to use a source. */
export type SourceCall = { readonly target: Address; readonly abi: Abi; readonly name: string }

/** Everything an executor must be allowed to use, propose and dispute. */
export const callsOf = (source: Source): readonly SourceCall[] => partsOf(source).flatMap(callsOn)

function callsOn(one: Source): readonly SourceCall[] {
  const to = (artefact: Artefact, ...names: readonly string[]): readonly SourceCall[] =>
    names.map((name) => ({ target: one.at, abi: artefact.abi, name }))
  switch (one.kind) {
    case 'attested':
      return to(S.RootOracle, 'submit', 'anchor')
    case 'op-l1-block':
      return to(S.OpL1BlockSource, 'submit', 'anchor')
    case 'optimistic':
      return to(S.OptimisticSource, 'propose', 'anchor', 'challenge', 'challengeTime', 'release')
    case 'message':
    case 'quorum':
      return []
  }
}
