// The risk commands under bad input: an exit status, a code, what was expected and what was found; never a number.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lienmesh } from '../support/command-line.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { evidence } from '../support/gap-evidence.ts'

/** What an error looked like on standard error, with --json. */
async function refusal(words: readonly string[]) {
  const { status, out, err } = await lienmesh([...words, '--json'])
  expect(out).toBe('')
  const { code, message, fix } = JSON.parse(err)
  expect(fix.length).toBeGreaterThan(10)
  return { status, code, message }
}

describe('risk quote gives no number', () => {
  const base = ['risk', 'quote', '--bonus', '0.05', '--median', '1042']
  test.each<[string, readonly string[], string, string]>([
    ['for a parameter that is no number', ['--sigma', 'NaN'], 'E_USAGE', 'expected a number, found NaN'],
    ['for an infinite parameter', ['--sigma', '1e999'], 'E_RISK_UNTRUSTED', 'sigma'],
    ['for a negative volatility', ['--sigma', '-0.5'], 'E_RISK_UNTRUSTED', 'more than 0'],
    ['for an absurd volatility', ['--sigma', '1e9'], 'E_RISK_UNTRUSTED', 'at most 100'],
    ['for a negative intensity', ['--lambda', '-1'], 'E_RISK_UNTRUSTED', 'lambda'],
    ['for odds above one', ['--p', '1.5'], 'E_RISK_UNTRUSTED', 'p:'],
    ['for jumps without a mean', ['--eta1', '1'], 'E_RISK_UNTRUSTED', 'no-expectation'],

    ['for a latency law without mass', ['--stuck', '1.5'], 'E_RISK_UNTRUSTED', 'stuck'],
    ['for a spread that is none', ['--spread', '-1'], 'E_RISK_UNTRUSTED', 's:'],
    ['for a level above one', ['--alpha', '1'], 'E_RISK_UNTRUSTED', 'alpha'],
    ['for no debt', ['--size', '0'], 'E_RISK_UNTRUSTED', 'size'],
    ['for a sale that loses everything', ['--slippage', '1'], 'E_RISK_UNTRUSTED', 'slippage'],
    ['for tail capital that nothing pays', ['--rho', '99'], 'E_RISK_UNTRUSTED', 'no bonus pays'],
    ['for an asset nobody knows', ['--asset', 'MOON'], 'E_USAGE', '--asset: found MOON'],
  ])('%s', async (_, words, code, message) => {
    const found = await refusal([...base, ...words])
    expect(found).toMatchObject({ status: 2, code })
    expect(found.message).toContain(message)
  })

  test('for a route that nobody published', async () => {
    const found = await refusal(['risk', 'quote', 'ETH', 'ccip:etherum:base', '--bonus', '0.05'])
    expect(found).toMatchObject({ status: 2, code: 'E_USAGE' })
    expect(found.message).toContain('did you mean ccip:ethereum:base?')
  })
})

test('risk quote says what the tail is made of, and its parts add up', async () => {
  const { status, out } = await lienmesh(['risk', 'quote', 'ETH', 'across:arbitrum:base', '--bonus', '0.02', '--json'])
  const { ES, tail, bonus, leastBonus, take } = JSON.parse(out)
  const fall = tail.diffusion + tail.jumps + tail.stuck
  expect(status).toBe(0)
  expect(1.0005 - 1.02 * 0.997 * (1 - fall)).toBeCloseTo(ES, 12)
  expect(take).toBe(bonus >= leastBonus)
})

describe('risk fit gives no model', () => {
  const history = (price: (i: number) => number, at = (i: number) => 900 * i, count = 200): string =>
    Array.from({ length: count }, (_, i) => `${at(i)},${price(i)}`).join('\n')
  const moving = (i: number): number => 100 * Math.exp(0.002 * Math.sin(i * i))
  test.each<[string, string, string]>([
    ['from an empty history', '', 'no-mass'],
    ['from a short one', history(moving, undefined, 10), 'no-mass'],
    ['when the clock goes backwards', history(moving, (i) => (i === 50 ? 0 : 900 * i)), 'time between prices'],
    ['when the clock stands still', history(moving, (i) => 900 * (i - (i === 50 ? 1 : 0))), 'time between prices'],
    ['when the feed is frozen', history(() => 100), 'the price never moves'],
    ['when the feed jumps a thousandfold', history((i) => moving(i) * (i === 77 ? 1000 : 1)), 'ratio of neighbouring'],
    ['when a price is zero', history((i) => (i === 3 ? 0 : moving(i))), 'price: expected more than 0'],
    ['when a price is no number', history((i) => (i === 3 ? Number.NaN : moving(i))), 'not-a-number'],
  ])('%s', async (_, text, message) => {
    const file = join(temporaryFolder(), 'prices.csv')
    writeFileSync(file, text)
    const found = await refusal(['risk', 'fit', file])
    expect(found).toMatchObject({ status: 2, code: 'E_RISK_UNTRUSTED' })
    expect(found.message).toContain(message)
  })

  test('from a file that is not there', async () => {
    expect(await refusal(['risk', 'fit', '/nowhere.csv'])).toMatchObject({ status: 2, code: 'E_RISK_INPUT' })
  })
})

describe('risk evaluate', () => {
  const asked = (document: unknown): string => {
    const file = join(temporaryFolder(), 'questions.json')
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document))
    return file
  }

  test.each<[string, unknown, string]>([
    ['that is no JSON', '{ "vectors": [', 'cannot read'],
    ['that is a list', [], 'the file'],
    ['without questions', { models: {} }, 'vectors'],
    ['with a question without an id', { vectors: [{ kind: 'normal_cdf', params: {} }] }, 'vectors.0.id'],
    [
      'with an id twice',
      { vectors: Array.from({ length: 2 }, () => ({ id: 'a', kind: 'normal_cdf', params: { x: 0 } })) },
      'two questions have the id a',
    ],
  ])('refuses a file %s as a whole', async (_, document, message) => {
    const found = await refusal(['risk', 'evaluate', '--input', asked(document)])
    expect(found).toMatchObject({ status: 2, code: 'E_RISK_INPUT' })
    expect(found.message).toContain(message)
  })

  test('answers the good questions and says under each other id why there is no answer', async () => {
    const deep = `${'{"type":"mixture","parts":[[1,'.repeat(3000)}{"type":"fixed","l":1}${']]}'.repeat(3000)}`
    const file = asked(
      `{"vectors":[{"id":"good","kind":"normal_cdf","params":{"x":0}},{"id":"kind","kind":"horoscope","params":{}},{"id":"list","kind":["normal_cdf"],"params":{}},{"id":"missing","kind":"gap_loss","params":{"K":1}},{"id":"null","kind":"gap_loss","params":null},{"id":"named","kind":"gap_loss","params":{"model":"toString","latency":"x","K":1,"h":1}},{"id":"want","kind":"normal_cdf","params":{"x":0,"want":["luck"]}},{"id":"huge","kind":"acerbi_szekely_z2_critical","params":{"dist":"normal","alpha":0.99,"N":1e300}},{"id":"__proto__","kind":"normal_cdf","params":{"x":0}},{"id":"deep","kind":"gap_loss","params":{"model":{"type":"lognormal","sigma":1},"latency":${deep},"K":1,"h":1}}]}`,
    )
    const { status, out, err } = await lienmesh(['risk', 'evaluate', '--input', file, '--json'])
    const answers: Record<string, { value?: number; error?: { code: string; reason: string } }> = JSON.parse(out)
    const reasons = Object.fromEntries(Object.entries(answers).map(([id, { error }]) => [id, error?.reason]))
    expect([status, err]).toEqual([0, '! 8 of 10 questions refused; see their errors\n'])
    expect(answers['good']).toEqual({ value: 0.5 })
    expect(reasons).toMatchObject({
      kind: 'unknown-kind',
      list: 'unknown-kind',
      missing: 'bad-params',
      null: 'bad-params',
      named: 'out-of-range',
      want: 'unknown-field',
      huge: 'out-of-range',
      deep: 'bad-params',
    })
  })
})

describe('risk report', () => {
  const session = (lines: readonly string[]): string => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'logs'))
    writeFileSync(join(folder, 'logs', 'house-1.log'), `${lines.join('\n')}\n`)
    return folder
  }
  const events = (count: number): readonly string[] =>
    evidence({ count }).map((record) =>
      JSON.stringify({ level: 'info', agent: 'house-1', event: 'gap:realised', ...record }),
    )
  const without = ['--vectors', 'none']

  test('judges what agents wrote, in words of eighty columns and on one page without script', async () => {
    const page = join(temporaryFolder(), 'risk.html')
    const { status, out } = await lienmesh(['risk', 'report', session(events(300)), '--html', page, ...without])
    const html = readFileSync(page, 'utf8')
    expect(status).toBe(0)
    expect(out).toContain('300 records')
    expect(out.split('\n').filter((line) => [...line].length > 80)).toEqual([])
    expect(html).toContain('prefers-color-scheme')
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
    expect(html.match(/<svg [^>]*role="img"/g)?.length).toBeGreaterThanOrEqual(3)
  })

  test('says of lines that it cannot read where they stand, and judges the others', async () => {
    const [first = '', ...rest] = events(50)
    const lying = JSON.stringify({ ...JSON.parse(first), realised: { ...JSON.parse(first).realised, loss: -7 } })
    const folder = session([
      lying,
      '{"event":"gap:realised","forecast":{}}',
      'gap:realised but torn {',
      'hello',
      ...rest,
    ])
    const { out } = await lienmesh(['risk', 'report', folder, '--json', ...without])
    const { broken, verdict } = JSON.parse(out)
    expect(verdict.records).toBe(49)
    expect(broken).toHaveLength(3)
    expect(broken[0]).toMatch(/house-1\.log:1: .*expected loss = K - h exp\(x\)/)
  })

  test('says that it knows nothing when there is nothing', async () => {
    const { status, out } = await lienmesh(['risk', 'report', session(['hello']), ...without])
    expect(status).toBe(0)
    expect(out).toContain('There is not a single record')
    expect(out).not.toContain('green')
  })

  test('names a session that is not there', async () => {
    expect(await refusal(['risk', 'report', '/nowhere'])).toMatchObject({ status: 2, code: 'E_RISK_INPUT' })
  })
})

test('risk routes shows every lag of a claim, and the learned law beside the prior', async () => {
  const folder = temporaryFolder()
  const at = 1_700_000_000_000
  const line = (time: number, event: string, fields: object) => JSON.stringify({ time, agent: 'a', event, ...fields })
  const claim = { intent: '0x1', collateral: 0, amount: '1', openedAt: at + 3000 }
  const lines = [
    line(at + 1000, 'candidate:found', { account: '0xaa', valueAsOf: at + 500 }),
    line(at + 2000, 'auction:opened', { accounts: ['0xaa'] }),
    line(at + 3000, 'bid:won', { account: '0xaa', intent: '0x1', since: at + 1000, settlement: 'state-proof' }),
    line(at + 9000, 'claim:anchored', { vault: 'v', usableAt: String(at / 1000 + 10) }),
    line(at + 11_000, 'claim:sold', { vault: 'v', claims: [claim], soldAt: at + 11_000 }),
  ]
  writeFileSync(join(folder, 'a.log'), lines.join('\n'))
  const vaults = [{ id: 'v', latency: { median: 480_000, spread: 0.25, stuckOdds: 0.01, stuckMedian: 1_800_000 } }]
  writeFileSync(join(folder, 'network.json'), JSON.stringify({ timeScale: 60, vaults }))
  const { out } = await lienmesh(['risk', 'routes', folder, '--json'])
  const { route, prior, learned, lags } = JSON.parse(out)
  const medians = Object.fromEntries(
    lags.map(({ lag, median }: { lag: string; median: number }) => [lag, Math.round(median)]),
  )
  expect(route).toBe('v, state-proof')
  expect(prior).toMatchObject({ stuckOdds: 0.01, n: 0 })
  expect(prior.median).toBeCloseTo(480, -1)
  expect(learned).toMatchObject({ n: 1 })
  expect(medians).toEqual({
    'underwater to trigger': 60,
    'trigger to bid': 60,
    'bid to claim final': 420,
    'claim final to sold': 60,
    'age of collateral value': 90,
  })
})
