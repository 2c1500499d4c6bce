// A signer behind its rules: nothing outside the policy, and one meaning per nonce.
import { EXIT, LienmeshError } from '../../domain/errors.ts'
import type { Signer, UnsignedTransaction } from '../../ports/signer.ts'
import type { NonceBook } from './nonce-book.ts'
import type { Spent, Verdict } from './nonce-rule.ts'
import { type Policy, statementRefusal, transactionRefusal } from './policy.ts'

/** Signs what the policy allows and the book has room for. Throws E_SIGNER_REFUSED or E_SIGNER_NONCE. */
export const guarded = (signer: Signer, policy: Policy, book: NonceBook): Signer => ({
  ...signer,
  signTransaction: async (transaction) => {
    const refusal = transactionRefusal(policy, signer.address, transaction)
    if (refusal !== undefined) throw refused(`a transaction on chain ${transaction.chain}: ${refusal}`)
    const { verdict, before } = book.spend(transaction)
    if (before !== undefined && (verdict === 'other-meaning' || verdict === 'fees-too-low'))
      throw spent(transaction, verdict, before)
    return signer.signTransaction(transaction)
  },
  signStatement: async (statement) => {
    const refusal = statementRefusal(policy, statement)
    if (refusal !== undefined) throw refused(`a statement: ${refusal}`)
    return signer.signStatement(statement)
  },
  close: async () => {
    book.close()
    await signer.close()
  },
})

const refused = (what: string): LienmeshError =>
  new LienmeshError('E_SIGNER_REFUSED', `The signer refused ${what}.`, {
    remedy: 'halt',
    exit: EXIT.safetyStop,
    fix: 'Compare the config and network file that the signer was started with. If they are right, something else speaks for this agent: keep everything and look.',
  })

/** The nonce is spoken for; its newest fees tell what a replacement must pay more than. */
const spent = ({ chain, nonce }: UnsignedTransaction, verdict: Verdict, { maxFee, tip }: Spent): LienmeshError =>
  new LienmeshError(
    'E_SIGNER_NONCE',
    verdict === 'other-meaning'
      ? `The signer gave nonce ${nonce} on chain ${chain} another meaning before.`
      : `The signer signed nonce ${nonce} on chain ${chain} at fees as high as these before.`,
    {
      remedy: 'retry',
      exit: EXIT.failure,
      fix: 'Nothing to do: the nonce is cancelled, or replaced at higher fees.',
      context: { verdict, maxFee, tip },
    },
  )
