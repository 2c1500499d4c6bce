// A chain's transactions in the order of their nonces. Addresses follow from account and nonce, so that contracts can name
// one another before any of them exists, and a deployment that was interrupted knows what is done by the nonce alone.
import { type Abi, type Address, encodeDeployData, encodeFunctionData, getContractAddress, type Hex } from 'viem'
import type { Artefact } from './artefact.ts'

/** One transaction. `creates` is the contract it deploys. */
export type Step = {
  readonly nonce: number
  readonly label: string
  readonly to?: Address
  readonly data: Hex
  readonly creates?: Address
}

/** An address that a later deployment will have. */
export type Reserved = { readonly nonce: number; readonly address: Address }

/** Collects the steps of one chain. */
export type Steps = {
  readonly from: Address
  reserve(): Reserved
  deploy(artefact: Artefact, args: readonly unknown[], at?: Reserved): Address
  call(to: Address, { abi, name }: Callee, args: readonly unknown[]): void
  /** Everything collected, ascending by nonce. */
  all(): readonly Step[]
}

type Callee = { readonly abi: Abi; readonly name: string }

/** Starts with the nonce the account had before the first step. */
export function openSteps(from: Address, first: number): Steps {
  const steps: Step[] = []
  let nonce = first
  const reserve = (): Reserved => {
    const taken = nonce++
    return { nonce: taken, address: getContractAddress({ from, nonce: BigInt(taken) }) }
  }
  return {
    from,
    reserve,
    deploy({ name, abi, bytecode }, args, at = reserve()) {
      const data = encodeDeployData({ abi, bytecode, args })
      steps.push({ nonce: at.nonce, label: `new ${name}`, data, creates: at.address })
      return at.address
    },
    call(to, { abi, name }, args) {
      const data = encodeFunctionData({ abi, functionName: name, args })
      steps.push({ nonce: nonce++, label: name, to, data })
    },
    all: () => steps.toSorted((a, b) => a.nonce - b.nonce),
  }
}
