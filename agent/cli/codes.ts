// Every error code an operator can meet. A test compares this table with the sources.
import { EXIT, type ExitStatus } from '../domain/errors.ts'

type Entry = { readonly exit: ExitStatus; readonly meaning: string }

const failure = (meaning: string): Entry => ({ exit: EXIT.failure, meaning })
const config = (meaning: string): Entry => ({ exit: EXIT.config, meaning })
const safety = (meaning: string): Entry => ({ exit: EXIT.safetyStop, meaning })

/** Code to exit status and meaning, in alphabetical order. */
export const codes: Readonly<Record<string, Entry>> = {
  E_AGENTS: { exit: EXIT.usage, meaning: 'Too few agents for the scenario.' },
  E_ANVIL: failure('The local chain program is not installed for this platform.'),
  E_ARTEFACT: config('A compiled contract is missing.'),
  E_BLOCK_MISSING: failure('A node does not have a block that is needed.'),
  E_CHAIN_DOWN: failure('A local chain ended while it was needed.'),
  E_CHAIN_ID: config('The node behind a URL serves another chain.'),
  E_CHAIN_MISSING: config('The config has no entry for a chain of the network.'),
  E_CHAIN_UNKNOWN: config('The config names a chain that the network does not have.'),
  E_CHAIN_UNREAD: config('A vault is on a chain that this agent does not read.'),
  E_COLLATERAL_UNKNOWN: config('The network description lacks a collateral.'),
  E_CONFIG: config('A file breaks its schema; each line names the place and the nearest known key.'),
  E_CREDIT: failure('Deposits were not credited on the engine chain.'),
  E_DEPLOY: failure('A deployment transaction failed.'),
  E_DOCS: { exit: EXIT.assertion, meaning: 'A generated page differs from what the schemas say.' },
  E_ENGINE_UNKNOWN: config('The network has no engine on that chain.'),
  E_GOSSIPSUB: config('The installed gossipsub is not the pinned one.'),
  E_HEADER: failure('A block header does not hash to what the node says.'),
  E_INSTALL: config('A package is missing: the installation never finished.'),
  E_INVARIANT: safety('The books contradict themselves; nothing more is sent.'),
  E_JOURNAL: config('The journal cannot be opened, or another version wrote it.'),
  E_KEY_FILE: config('A key file cannot be read.'),
  E_KEY_FORMAT: config('A key file holds no private key.'),
  E_KEY_PERMS: config('A key file is readable by others than its owner.'),
  E_LISTEN: config('The address to listen on is malformed.'),
  E_LIVE: config('Live mode without the consent of both the config file and the flag.'),
  E_LOCKED: config('Another process uses this data directory.'),
  E_LOG: { exit: EXIT.usage, meaning: 'The run has no process of that name.' },
  E_LOGS_UNAVAILABLE: failure('The node refuses to give event logs.'),
  E_NODE: config('Node is too old and no newer one is installed beside the program.'),
  E_NONCE_FOREIGN: safety('Somebody else sends transactions with our key.'),
  E_NOT_FOUND: { exit: EXIT.notRunning, meaning: 'Nothing was decided about that account.' },
  E_NO_CONFIG: config('A config file cannot be read.'),
  E_NO_ENGINE: config('The network has no engine at all.'),
  E_NO_JOURNAL: { exit: EXIT.notRunning, meaning: 'No journal below the folder.' },
  E_NO_RUN: { exit: EXIT.notRunning, meaning: 'No run in this directory.' },
  E_PRICES: failure('No price reached an engine chain.'),
  E_PROCESS: failure('A process of the swarm did not get ready, or ended.'),
  E_PUBLISH: failure('A publisher could not gossip its prices.'),
  E_READ_ONLY: config('Something would be sent on a chain that was opened without a key.'),
  E_RISK_INPUT: { exit: EXIT.usage, meaning: 'A file of risk questions cannot be read or has another shape.' },
  E_RPC: failure('A node refused a call.'),
  E_RPC_ANSWER: failure('A node sent a malformed answer.'),
  E_RPC_DOWN: failure('A node does not answer.'),
  E_RPC_URL: config('An RPC URL is malformed.'),
  E_SCENARIO: { exit: EXIT.usage, meaning: 'No scenario of that name.' },
  E_STRATEGY_API: config('A strategy was written for another version of the strategy API.'),
  E_STRATEGY_LOAD: config('A strategy file does not load, or exports no strategy.'),
  E_STRATEGY_PARAMS: config("A strategy's own schema refuses its parameters."),
  E_STRATEGY_UNKNOWN: config('No strategy of that name, and no such file.'),
  E_UNEXPECTED: failure('A defect. --log.level debug prints the stack.'),
  E_USAGE: { exit: EXIT.usage, meaning: 'An unknown or malformed command, flag or environment variable.' },
  E_VAULT_UNKNOWN: config('The network has no vault of that name there.'),
}
