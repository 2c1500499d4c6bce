// A counter that crosses chains: where its chain keeps it, and the call that makes a courier tell it.
import { type Address, encodeFunctionData, type Hex, keccak256 } from 'viem'
import { depositedSlot, owedSlot, totalDepositedSlot, totalOwedSlot } from '../../../maths/slots.ts'
import { counterCourierAbi } from '../abi/counter-courier.ts'

/** A counter of a vault (`deposited`) or of its mirror (`owed`), of one account or of all. */
export type Counter =
  | { readonly of: 'deposited' | 'owed'; readonly who: Address; readonly asset: Address }
  | { readonly of: 'totalDeposited' | 'totalOwed'; readonly asset: Address }

/** Its storage slot. */
export function slotOf(counter: Counter): Hex {
  switch (counter.of) {
    case 'deposited':
      return depositedSlot(counter.who, counter.asset, keccak256)
    case 'owed':
      return owedSlot(counter.who, counter.asset, keccak256)
    case 'totalDeposited':
      return totalDepositedSlot(counter.asset, keccak256)
    case 'totalOwed':
      return totalOwedSlot(counter.asset, keccak256)
  }
}

/** What a courier is called with to send it. */
export function sending(counter: Counter): Hex {
  const abi = counterCourierAbi
  switch (counter.of) {
    case 'deposited':
      return encodeFunctionData({ abi, functionName: 'sendDeposited', args: [counter.who, counter.asset] })
    case 'owed':
      return encodeFunctionData({ abi, functionName: 'sendOwed', args: [counter.who, counter.asset] })
    case 'totalDeposited':
      return encodeFunctionData({ abi, functionName: 'sendTotalDeposited', args: [counter.asset] })
    case 'totalOwed':
      return encodeFunctionData({ abi, functionName: 'sendTotalOwed', args: [counter.asset] })
  }
}
