// Every command, by its words. A command's file is loaded when it runs: help stays fast.
import type { Entry } from './command.ts'

/** The program, in the order of its help. */
export const commands: readonly Entry[] = [
  entry(
    'swarm up',
    'Start a local market with agents, run a scenario, report',
    async () => (await import('./swarm-up.ts')).swarmUp,
  ),
  entry('swarm status', 'Show the runs of this directory', async () => (await import('./swarm-status.ts')).swarmStatus),
  entry('swarm logs', "Print a run's logs", async () => (await import('./swarm-logs.ts')).swarmLogs),
  entry(
    'swarm faucet',
    'Give test money of a kept run to an address',
    async () => (await import('./swarm-faucet.ts')).swarmFaucet,
  ),
  entry(
    'swarm inject',
    'Let something go wrong in a run: links, nodes, chains, prices, processes',
    async () => (await import('./swarm-inject.ts')).swarmInject,
  ),
  entry('swarm heal', 'End faults of a run', async () => (await import('./swarm-heal.ts')).swarmHeal),
  entry('swarm price', 'Move the market of a run', async () => (await import('./swarm-price.ts')).swarmPrice),
  entry(
    'swarm pause',
    'Stop processes of a run where they are',
    async () => (await import('./swarm-members.ts')).swarmPause,
  ),
  entry('swarm resume', 'Let paused processes go on', async () => (await import('./swarm-members.ts')).swarmResume),
  entry('swarm kill', 'Kill processes of a run', async () => (await import('./swarm-members.ts')).swarmKill),
  entry(
    'swarm restart',
    'End processes of a run and start them again',
    async () => (await import('./swarm-members.ts')).swarmRestart,
  ),
  entry(
    'swarm scale',
    'Let a group of agents grow or shrink',
    async () => (await import('./swarm-scale.ts')).swarmScale,
  ),
  entry(
    'swarm snapshot',
    'Put a kept run aside, chains and books',
    async () => (await import('./swarm-snapshots.ts')).swarmSnapshot,
  ),
  entry(
    'swarm restore',
    'Take a kept run up where it was put aside',
    async () => (await import('./swarm-snapshots.ts')).swarmRestore,
  ),
  entry(
    'swarm env',
    'Print endpoints and addresses for a shell',
    async () => (await import('./swarm-env.ts')).swarmEnv,
  ),
  entry(
    'swarm dump',
    'Pack a run for a bug report, without secrets',
    async () => (await import('./swarm-dump.ts')).swarmDump,
  ),
  entry(
    'swarm invite',
    'Write what a newcomer needs to join',
    async () => (await import('./swarm-invite.ts')).swarmInvite,
  ),
  entry(
    'swarm render',
    'Write files for compose, Kubernetes, Helm or systemd',
    async () => (await import('./swarm-render.ts')).swarmRender,
  ),
  entry('swarm down', 'Stop what still runs', async () => (await import('./swarm-down.ts')).swarmDown),
  entry('init', 'Write the files that an agent starts from', async () => (await import('./init.ts')).init),
  entry('run', 'Run one agent on a network', async () => (await import('./run.ts')).run),
  entry('signer', "Hold an agent's key in a process of its own", async () => (await import('./signer.ts')).signer),
  entry(
    'doctor',
    'Look at everything that must be right before capital moves',
    async () => (await import('./doctor.ts')).doctor,
  ),
  entry(
    'audit',
    'Prove that vaults cover what was credited and claimed',
    async () => (await import('./audit.ts')).audit,
  ),
  looking('peers', 'Show whom a running agent hears, and why not', async () => (await import('./peers.ts')).peers),
  entry('status', 'Say what a running agent does', async () => (await import('./status.ts')).status),
  entry('dashboard', 'Print a link to the dashboard', async () => (await import('./dashboard.ts')).dashboard),
  entry('pause', 'Stop bidding; what is under way still settles', async () => (await import('./pause.ts')).pause),
  entry('resume', 'Bid again after a pause or a tripped protection', async () => (await import('./resume.ts')).resume),
  entry(
    'flatten',
    'Stop bidding, wait for every claim, end the agent',
    async () => (await import('./flatten.ts')).flatten,
  ),
  looking(
    'settlements',
    'List liquidations with both legs, or tell all about one',
    async () => (await import('./settlements.ts')).settlements,
  ),
  looking(
    'decisions',
    'List decisions, taken or not, with their reasons',
    async () => (await import('./decisions.ts')).decisions,
  ),
  looking(
    'opportunities',
    'List the newest decisions with gap and net value',
    async () => (await import('./views.ts')).opportunities,
  ),
  looking('pnl', 'Show the settled P&L, by part and by whom', async () => (await import('./views.ts')).pnl),
  looking('mesh', 'Show who hears whom in a fleet, and how fast', async () => (await import('./views.ts')).mesh),
  looking('competitors', 'Show who takes what', async () => (await import('./views.ts')).competitors),
  looking('report', 'Write a run or an agent as one page', async () => (await import('./run-report.ts')).runReport),
  looking(
    'portfolio',
    'Show an account over all chains, also as one act would make it',
    async () => (await import('./portfolio.ts')).portfolio,
  ),
  trying('backtest', 'Test a strategy on prices that were', async () => (await import('./backtest.ts')).backtest),
  trying('sweep', 'Try many parameters, judged out of sample', async () => (await import('./sweep.ts')).sweep),
  trying('arena', 'Let strategies race each other', async () => (await import('./arena.ts')).arena),
  trying('record', 'Keep the last run of agents as sessions', async () => (await import('./record.ts')).record),
  trying(
    'replay',
    'Decide a recorded session again and list what differs',
    async () => (await import('./replay.ts')).replay,
  ),
  trying('drill', 'Try every way out of a liquidation, on forks', async () => (await import('./drill.ts')).drill),
  looking('why', 'Explain what was decided about an account', async () => (await import('./why.ts')).why),
  entry(
    'config check',
    'Check a config file and say what is wrong with it',
    async () => (await import('./config-check.ts')).configCheck,
  ),
  entry(
    'config show',
    'Show every setting and where it came from',
    async () => (await import('./config-show.ts')).configShow,
  ),
  entry(
    'config schema',
    'Print a JSON Schema for editors',
    async () => (await import('./config-schema.ts')).configSchema,
  ),
  entry(
    'config docs',
    'Write the generated reference below docs/',
    async () => (await import('./config-docs.ts')).configDocs,
  ),
  entry(
    'risk quote',
    'Say what a liquidation risks over its gap',
    async () => (await import('./risk-quote.ts')).riskQuote,
  ),
  entry(
    'risk curve',
    'Show the gap against latency, in parts',
    async () => (await import('./risk-curve.ts')).riskCurve,
  ),
  entry(
    'risk routes',
    'Show how long routes take, published and learned',
    async () => (await import('./risk-routes.ts')).riskRoutes,
  ),
  entry(
    'risk report',
    'Judge the model by what came of its forecasts',
    async () => (await import('./risk-report.ts')).riskReport,
  ),
  entry(
    'risk pictures',
    "Draw the pictures of the risk model's document",
    async () => (await import('./risk-pictures.ts')).riskPicturesCommand,
  ),
  entry('risk fit', 'Fit a price model to a file of prices', async () => (await import('./risk-fit.ts')).riskFit),
  entry(
    'risk evaluate',
    'Answer a file of risk questions, to check our numbers',
    async () => (await import('./risk-evaluate.ts')).riskEvaluate,
  ),
  entry('keys new', 'Make a key and seal it under a password', async () => (await import('./keys-new.ts')).keysNew),
  entry('keys import', 'Seal an existing key', async () => (await import('./keys-import.ts')).keysImport),
  entry('keys list', 'List keystores and their addresses', async () => (await import('./keys-list.ts')).keysList),
  entry(
    'keys export',
    'Write a bare key into a private file',
    async () => (await import('./keys-export.ts')).keysExport,
  ),
  entry('keys passwd', 'Change the password of a keystore', async () => (await import('./keys-passwd.ts')).keysPasswd),
  entry(
    'executor deploy',
    'Deploy your executor on every chain, set it up and seal it',
    async () => (await import('./executor-deploy.ts')).executorDeploy,
  ),
  entry(
    'executor fund',
    'Pay cash into its engine account, coin to the operator',
    async () => (await import('./executor-fund.ts')).executorFund,
  ),
  entry(
    'executor show',
    'Show what lies where, and what was announced',
    async () => (await import('./executor-show.ts')).executorShow,
  ),
  entry(
    'executor withdraw',
    'Take capital out, behind its delay',
    async () => (await import('./executor-withdraw.ts')).executorWithdraw,
  ),
  entry('capital show', 'Show what lies where, by agent', async () => (await import('./views.ts')).capitalShow),
  entry(
    'capital plan',
    'Say where the capital is and should be',
    async () => (await import('./capital-plan.ts')).capitalPlan,
  ),
  entry(
    'capital move',
    'Make the moves that our own accounts allow',
    async () => (await import('./capital-move.ts')).capitalMove,
  ),
  entry('bond add', 'Bond the executor', async () => (await import('./bond-add.ts')).bondAdd),
  entry('bond show', 'Say what is bonded', async () => (await import('./bond-show.ts')).bondShow),
  entry(
    'bond unbond',
    'Take the bond back, after its delays',
    async () => (await import('./bond-unbond.ts')).bondUnbond,
  ),
  entry(
    'risk publish',
    'Put gap haircuts, premiums and provider fees on chain',
    async () => (await import('./risk-publish.ts')).riskPublish,
  ),
  entry(
    'suite deploy',
    'Deploy the contracts of a network on any EVM chains',
    async () => (await import('./suite-deploy.ts')).suiteDeploy,
  ),
  entry(
    'suite check',
    'Read a deployed network back: code, wiring, terms and roles',
    async () => (await import('./suite-check.ts')).suiteCheck,
  ),
  entry(
    'risk coverage',
    'Judge the gap model over many simulated worlds',
    async () => (await import('./risk-coverage.ts')).riskCoverage,
  ),
  entry(
    'chaos',
    'Kill an agent under every fault, and count what it lost',
    async () => (await import('./chaos.ts')).chaos,
  ),
  entry(
    'strategies ls',
    'List the strategies there are',
    async () => (await import('./strategies-ls.ts')).strategiesLs,
  ),
  entry(
    'strategies info',
    'Show the parameters of a strategy',
    async () => (await import('./strategies-info.ts')).strategiesInfo,
  ),
  entry(
    'strategies pnl',
    'Show what each strategy earned',
    async () => (await import('./strategies-pnl.ts')).strategiesPnl,
  ),
  entry(
    'strategies set',
    'Give a running strategy another parameter',
    async () => (await import('./strategies-set.ts')).strategiesSet,
  ),
  entry(
    'strategies verify',
    'Check that a strategy is what the API asks for',
    async () => (await import('./strategies-verify.ts')).strategiesVerify,
  ),
  entry(
    'new strategy',
    'Write a strategy and its test to start from',
    async () => (await import('./new-strategy.ts')).newStrategy,
  ),
  entry('completion', 'Print a script for the shell', async () => (await import('./completion.ts')).completion),
  entry(
    'scenarios ls',
    'List the scenarios that swarm up can run',
    async () => (await import('./scenarios-ls.ts')).scenariosLs,
  ),
]

/** What is tried on prices and sessions of the past. */
function trying(words: string, summary: string, load: Entry['load']): Entry {
  return { ...entry(words, summary, load), under: 'to try' }
}

/** What is read, not done. */
function looking(words: string, summary: string, load: Entry['load']): Entry {
  return { ...entry(words, summary, load), under: 'to read' }
}

function entry(words: string, summary: string, load: Entry['load']): Entry {
  return { words: words.split(' '), summary, load }
}
