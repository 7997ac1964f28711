// Reads and validates the document on standard input once, as a process does that did nothing else,
// and prints the most memory that it ever had, in MiB.
import { readFileSync } from 'node:fs'
import { parseTopology } from '@/lib/topology/parse'
import { validate } from '@/lib/topology/validate'

const STDIN = 0
const parsed = parseTopology(readFileSync(STDIN, 'utf8'))
if (!parsed.ok) throw new Error('the document does not parse')
validate(parsed.topology)
console.log(Math.round(process.resourceUsage().maxRSS / 1024))
