// How one chain is to believe another, as the chains FILE and scenarios say it.
import { z } from 'zod'
import { address, bigNumber } from './fields.ts'

const seconds = z.int().nonnegative()

const attested = z
  .strictObject({
    kind: z.literal('attested'),
    delay: seconds.default(0).describe('Seconds a header must age before anything is read under it.'),
  })
  .describe('A quorum of bonded attestors signs headers of the other chain.')

const opL1Block = z
  .strictObject({
    kind: z.literal('op-l1-block'),
    l1Block: address
      .default('0x4200000000000000000000000000000000000015')
      .describe('The predeploy that names the newest block of the base chain.'),
  })
  .describe('The chain is an OP-stack chain and the other one its base chain.')

const optimistic = z
  .strictObject({
    kind: z.literal('optimistic'),
    window: seconds.describe('Seconds in which a proposed header may be challenged.'),
    bond: bigNumber.describe('What a proposal locks, in units of the bond token of its chain.'),
    arbiter: z
      .discriminatedUnion('kind', [attested, opL1Block])
      .default({ kind: 'attested', delay: 0 })
      .describe('The source whose headers decide.'),
  })
  .describe('Anybody proposes a header under a bond; it counts unless another one is shown in time.')

const gateway = z.union([z.literal('test'), address])
const message = z
  .strictObject({
    kind: z.literal('message'),
    gateway: gateway.describe('The ERC-7786 gateway on this chain, or `test`: one whose relayer is the deployer.'),
    from: gateway.describe('The gateway on the other chain.'),
  })
  .describe('A courier on the other chain sends its counters through a gateway.')

const single = [attested, opL1Block, optimistic, message] as const
const quorum = z
  .strictObject({
    kind: z.literal('quorum'),
    needed: z.int().positive().describe('How many of them must say so.'),
    of: z.array(z.discriminatedUnion('kind', single)).min(1),
  })
  .refine(({ needed, of }) => needed <= of.length, 'more are needed than there are')

/** One source of truth about another chain. */
export const sourceSchema = z.discriminatedUnion('kind', [...single, quorum])

/** A checked source. */
export type SourceSpec = z.output<typeof sourceSchema>
/** One that stands for itself. */
export type SingleSpec = Exclude<SourceSpec, { readonly kind: 'quorum' }>

/** A quorum that signs what it sees, at once. */
export const ATTESTED = { kind: 'attested', delay: 0 } as const
