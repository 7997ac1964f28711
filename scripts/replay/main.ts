import { OUT_OF_SCOPE } from './out-of-scope'
import { readRecording } from './recording'
import { replay } from './replay'
import { judge, type Share, shareOf } from './share'

const percent = ({ agree, of }: Share): string =>
  `${agree}/${of} (${((100 * agree) / Math.max(1, of)).toFixed(1)} %)`

const [file, ...flags] = process.argv.slice(2)
if (!file) {
  console.error('usage: scripts/replay-samples FILE [--all] [--tasks]')
  process.exit(2)
}
const { compared, otherEnds } = await replay(readRecording(file))
const judged = judge(compared)
for (const each of judged) {
  if (each.differs.length === 0 || (each.outOfScope !== null && !flags.includes('--all'))) continue
  console.log(`${each.kind} ${each.name}${each.outOfScope ? ` (${each.outOfScope})` : ''}`)
  for (const text of each.differs.slice(0, flags.includes('--all') ? undefined : 6))
    console.log(`    ${text}`)
}
if (flags.includes('--tasks'))
  for (const { index, recorded, here } of otherEnds)
    console.log(`task at #${index} ended "${recorded}", here "${here}"`)
console.log(`successes agree ${percent(shareOf(judged, 'success'))}`)
console.log(`errors agree ${percent(shareOf(judged, 'error'))}`)
console.log(`out of scope ${OUT_OF_SCOPE.length} names, see scripts/replay/out-of-scope.ts`)
