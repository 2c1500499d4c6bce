import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadNetwork, networkJson } from '../../../config/network.ts'
import { smallNetwork } from '../../support/agent-directory.ts'
import { temporaryFolder } from '../../support/config-file.ts'

const network = smallNetwork

/** A network description on disk. */
function written(text: string): string {
  const file = join(temporaryFolder(), 'network.json')
  writeFileSync(file, text)
  return file
}

describe('a network description', () => {
  test('reads back as it was written, block numbers beyond 2^53 included', () => {
    expect(loadNetwork(written(networkJson(network)))).toEqual(network)
  })

  test('is refused with the place of what is wrong', () => {
    const text = networkJson(network)
    const refused = (from: string, to: string) => expect(() => loadNetwork(written(text.replace(from, to))))
    refused('"priceBook"', '"pricebook"').toThrow(
      /network\.json:17:7 unknown key engines\.0\.pricebook – did you mean priceBook\?/,
    )
    refused('"threshold": 1', '"threshold": 2').toThrow(/threshold: 2 of 1 attestors can never sign/)
    refused('"engine": 31337', '"engine": 5').toThrow(/vaults\.0\.engine: no engine runs on chain 5/)
    refused('00a1"', '00a"').toThrow(/attestors\.0: expected an address/)
  })
})
