// Frames that cannot be decoded, or that break a limit, cost their sender score: gossipsub drops them without a word, so that
// a peer could send bombs for as long as it likes.
import type { PeerId } from '@libp2p/interface'

/** What it takes of gossipsub. */
export type Decoding<R extends object = object> = {
  decodeRpc(bytes: Uint8Array): R
  handleReceivedRpc(from: PeerId, rpc: R): Promise<void>
  readonly score: { addPenalty(peer: string, penalty: number, label: string): void }
}

/** Punishes from now on, and tells of every such frame. */
export function punishBrokenFrames<R extends object>(router: Decoding<R>, broken: R, told: () => void): void {
  const decode = router.decodeRpc.bind(router)
  const handle = router.handleReceivedRpc.bind(router)
  router.decodeRpc = (bytes) => {
    try {
      return decode(bytes)
    } catch {
      return broken // Only now is it known whose it was.
    }
  }
  router.handleReceivedRpc = async (from, rpc) => {
    if (rpc !== broken) return handle(from, rpc)
    told()
    router.score.addPenalty(from.toString(), PENALTY, 'broken_frame')
  }
}

/** Five in a row are a ban, one now and then is forgiven: a peer under load may put too much into one frame. */
const PENALTY = 2
