// An agent's core and journal that trip a protection and then wait to be killed. Arguments: a reason and a journal.
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import { halted } from '../../agent/runtime/command-post.ts'
import { tripped } from './trips.ts'

const [, , reason = '', path = ''] = process.argv
const journal = openSqliteJournal({ path })
for (const halt of tripped(reason)) halted({ journal, emit: () => {} }, halt)
process.stdout.write('tripped\n')
setInterval(() => journal, 1_000)
