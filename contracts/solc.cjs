#!/usr/bin/env node
// Speaks as much of the compiler's command line as forge needs, over npm's solc: no native compiler, no download.
// Forge asks for the same answers again and again, and each costs seconds of a compiler without threads: they are kept.
const { createHash } = require('node:crypto')
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const { version } = require('solc/package.json')
const kept = join(__dirname, 'cache', 'solc')

if (process.argv.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`)
} else {
  let input = ''
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (chunk) => {
    input += chunk
  })
  process.stdin.on('end', () => process.stdout.write(answer(input)))
}

function answer(input) {
  const path = join(kept, createHash('sha256').update(`${version}\0${input}`).digest('hex'))
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not asked before.
  }
  const output = require('solc').compile(input)
  mkdirSync(kept, { recursive: true })
  writeFileSync(`${path}.${process.pid}`, output)
  renameSync(`${path}.${process.pid}`, path)
  return output
}
