// What must be true of a source of truth, by its kind.
import type { Address } from 'viem'
import type { SuiteFile } from '../../config/suite.ts'
import type { Source } from '../domain/network.ts'
import { chainId } from '../domain/units.ts'
import { asks, code, type Expectation } from './asking.ts'
import { interoperable, partsOf, SOURCE_ARTEFACTS as S } from './sources.ts'

/** Whose counters it speaks of: a contract of another chain. */
type Subject = { readonly of: number; readonly about: Address }

/** Its code, what it was built with, and whether it still works; the same for every source it stands on. */
export function sourceRows(file: SuiteFile, what: string, source: Source, subject: Subject): readonly Expectation[] {
  switch (source.kind) {
    case 'attested': {
      const ask = asks(what, source.at, S.RootOracle.abi)
      const own = [ask('threshold', file.threshold), ask('delay', source.delay)]
      return [code(what, source.at, 'RootOracle'), ask('sourceChainId', subject.of), ...own, ...working(ask)]
    }
    case 'op-l1-block': {
      const ask = asks(what, source.at, S.OpL1BlockSource.abi)
      const own = [ask('l1Block', source.l1Block), ask('sourceChainId', subject.of)]
      return [code(what, source.at, 'OpL1BlockSource'), ...own, ...working(ask)]
    }
    case 'optimistic': {
      const ask = asks(what, source.at, S.OptimisticSource.abi)
      const { window, bond, bondToken, arbiter } = source
      const own = [ask('delay', window), ask('bond', bond), ask('bondToken', bondToken), ask('arbiter', arbiter.at)]
      return [
        ...[code(what, source.at, 'OptimisticSource'), ask('treasury', file.governance.treasury), ...own],
        ...[...working(ask), ...sourceRows(file, `${what} arbiter`, arbiter, subject)],
      ]
    }
    case 'message': {
      const ask = asks(what, source.at, S.Erc7786Source.abi)
      const courier = interoperable(chainId(subject.of), source.courier)
      return [code(what, source.at, 'Erc7786Source'), ask('courier', courier), ...working(ask)]
    }
    case 'quorum': {
      const ask = asks(what, source.at, S.QuorumSource.abi)
      const members = source.of.map(({ at }) => at).join()
      return [
        ...[code(what, source.at, 'QuorumSource'), ask('needed', source.needed), ask('sources', members)],
        ...source.of.flatMap((one, i) => sourceRows(file, `${what} ${i}`, one, subject)),
      ]
    }
  }
}

/** Of the couriers that a source hears: they stand on the other chain. */
export const courierRows = (what: string, source: Source, about: Address): readonly Expectation[] =>
  partsOf(source).flatMap((one) => {
    if (one.kind !== 'message') return []
    const ask = asks(`courier for ${what}`, one.courier, S.CounterCourier.abi)
    return [code(`courier for ${what}`, one.courier, 'CounterCourier'), ask('origin', about)]
  })

const working = (ask: ReturnType<typeof asks>): readonly Expectation[] => [
  ask('frozen', false, { fix: 'It heard two things that cannot both be true: deploy another route.' }),
  ask('paused', false, { unless: 'warn', fix: 'The guardian stopped this route: ask it.' }),
]
