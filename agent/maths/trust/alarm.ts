// A sequential alarm: a bet against "at most 1 % of losses exceed VaR" whose capital cannot grow if that is true.
// Betting on several alternatives at once, event-hour by event-hour (mixture e-process; Vovk and Wang 2021, Wang, Wang and
// Ziegel 2022). It may be looked at after every record without spoiling anything.
const RATES = [0.015, 0.02, 0.03, 0.05, 0.1, 0.2] as const

/** Capital of each bet, in logarithms, over closed event-hours. Bounded: one number per alternative. */
export type Alarm = { readonly bets: readonly number[]; readonly highest: number }

/** Nothing bet yet. */
export const noAlarm: Alarm = { bets: RATES.map(() => 0), highest: 0 }

/**
 * The alarm after an event-hour. Within it hits may depend on each other in any way: the mean of their likelihood ratios
 * still has expectation one at most.
 */
export function afterHour(alarm: Alarm, hits: number, observations: number, odds: number): Alarm {
  const bets = alarm.bets.map((log, i) => {
    const rate = RATES[i] ?? odds
    return log + Math.log((hits * (rate / odds) + (observations - hits) * ((1 - rate) / (1 - odds))) / observations)
  })
  return { bets, highest: Math.max(alarm.highest, logCapital(bets)) }
}

/** ln of the capital that one unit has become. Above ln 20 the claim is refuted at 5 %, whenever that is seen. */
export const capitalOf = ({ bets }: Alarm): number => logCapital(bets)

function logCapital(bets: readonly number[]): number {
  const most = Math.max(...bets)
  return most + Math.log(bets.reduce((sum, log) => sum + Math.exp(log - most), 0) / bets.length)
}
