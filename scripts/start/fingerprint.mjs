import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** What a build is made of: a change in any of these makes another build. */
const SOURCES = [
  'app',
  'components',
  'lib',
  'prisma',
  'public',
  'workers',
  'scripts/start',
  'next.config.ts',
  'package-lock.json',
  'postcss.config.mjs',
  'prisma.config.ts',
  'tsconfig.json',
]

/** In those folders, but in no build. */
const TESTS = /\.(test|spec)\.[a-z]+$/
const NOT_WRITTEN = /^(generated|node_modules|\..*)$/

/**
 * A short name for exactly these sources, this lock file and this Node: the same bytes give the
 * same name on any machine with the same Node.
 * @param {string} root the repository
 */
export function buildName(root) {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`)
  for (const file of SOURCES.flatMap((source) => listFiles(root, source))) {
    hash.update(`\n${file}\n`).update(readFileSync(path.join(root, file)))
  }
  return hash.digest('hex').slice(0, 12)
}

/**
 * The files below `from` that matter to a build, relative to the root, in stable order.
 * @param {string} root
 * @param {string} from a file or folder; one that does not exist gives none
 * @returns {string[]}
 */
export const listFiles = (root, from) => listAll(root, from).filter((file) => !TESTS.test(file))

/**
 * All files below `from`, tests too; what is generated or hidden is not among them.
 * @param {string} root
 * @param {string} from
 * @returns {string[]}
 */
export function listAll(root, from) {
  const found = statSync(path.join(root, from), { throwIfNoEntry: false })
  if (!found || NOT_WRITTEN.test(path.basename(from))) return []
  if (found.isFile()) return [from]
  return readdirSync(path.join(root, from))
    .sort()
    .flatMap((name) => listAll(root, `${from}/${name}`))
}

/**
 * The hash of one file's bytes.
 * @param {string} file
 */
export function hashOfFile(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
