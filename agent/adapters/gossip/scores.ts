// How gossipsub rates a peer, generated from the table of topics. Defaults are toothless or fatal; none is used.
import type { createPeerScoreParams, createPeerScoreThresholds } from '@chainsafe/libp2p-gossipsub/score'
import type { Topic } from './topics.ts'

type Params = ReturnType<typeof createPeerScoreParams>
type Thresholds = ReturnType<typeof createPeerScoreThresholds>

/** Below `ban` a peer is disconnected and refused for a while. */
export const THRESHOLDS = {
  gossipThreshold: -10,
  publishThreshold: -50,
  graylistThreshold: -80,
  acceptPXThreshold: 10,
  opportunisticGraftThreshold: 5,
} as const satisfies Thresholds

/** On a devnet every peer shares one address and publishers come and go by design, unless it is a wary one. */
type Surroundings = { readonly devnet: boolean; readonly wary?: boolean | undefined }

/** Score parameters of a node. */
export function scoreParams(
  topics: ReadonlyMap<string, Topic>,
  { devnet, wary = !devnet }: Surroundings,
  standing: (peer: string) => number,
): Params {
  return {
    topics: Object.fromEntries([...topics].map(([name, topic]) => [name, topicParams(topic, wary)])),
    topicScoreCap: 10,
    appSpecificScore: standing,
    appSpecificWeight: 1,
    IPColocationFactorWeight: devnet ? 0 : -5,
    IPColocationFactorThreshold: 4,
    IPColocationFactorWhitelist: new Set(),
    behaviourPenaltyWeight: -10,
    behaviourPenaltyThreshold: 6,
    behaviourPenaltyDecay: 0.9,
    decayInterval: 1_000,
    decayToZero: 0.01,
    retainScore: 600_000,
  }
}

/**
 * Silence is penalised only where the rate is known; elsewhere a peer earns nothing either, so that credit from one
 * topic cannot pay for silence in another (CVE-2022-47547). The threshold is a quarter of what half the expected
 * deliveries converge to.
 */
function topicParams({ weight, expected }: Topic, wary: boolean): Params['topics'][string] {
  const counted = expected > 0 && wary
  const threshold = Math.max(1, (0.25 * expected * 0.5) / (1 - DECAY))
  return {
    topicWeight: weight,
    timeInMeshWeight: counted ? 0.01 : 0,
    timeInMeshQuantum: 1_000,
    timeInMeshCap: 100,
    firstMessageDeliveriesWeight: counted ? 0.5 : 0,
    firstMessageDeliveriesDecay: DECAY,
    firstMessageDeliveriesCap: 20,
    meshMessageDeliveriesWeight: counted ? -1 : 0,
    meshMessageDeliveriesDecay: DECAY,
    meshMessageDeliveriesCap: 4 * threshold,
    meshMessageDeliveriesThreshold: threshold,
    meshMessageDeliveriesWindow: 2_000,
    meshMessageDeliveriesActivation: 5_000,
    meshFailurePenaltyWeight: counted ? -1 : 0,
    meshFailurePenaltyDecay: 0.95,
    invalidMessageDeliveriesWeight: -10,
    invalidMessageDeliveriesDecay: 0.95,
  }
}

/** Per second. */
const DECAY = 0.9
