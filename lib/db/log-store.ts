import path from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import Database from 'libsql'
import type { LogLine } from '@/lib/live/log-line'

/** A line before it is stored. */
export type NewLine = Omit<LogLine, 'n'>

/** Lines of one job that go into one compressed block. */
const BLOCK = 256
/** Longer lines are cut: no reader wants them and a block must stay small. */
const LONGEST = 8192

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/**
 * `job` holds the newest number; `line` the recent lines as they are; `block` older ones, deflated
 * JSON of `[at, stepId, level, text]` each, keyed by their first number.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS job (
    id TEXT PRIMARY KEY, last INTEGER NOT NULL, bytes INTEGER NOT NULL, at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS line (
    job TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, step TEXT, level INTEGER NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (job, n)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS block (
    job TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (job, first)
  );
`

type LineRow = { n: number; at: number; step: string | null; level: number; text: string }
type BlockRow = { first: number; last: number; data: Uint8Array }
type Packed = [at: number, step: string | null, level: number, text: string]

/**
 * The lines of every job's log, in a file of its own beside the panel's database. One process
 * appends (the provisioner), any may read. Numbers are given here, in the transaction that stores a
 * line: from 1, without hole or repeat, whoever was killed when.
 */
export class LogStore {
  readonly #db: Database.Database

  private constructor(file: string) {
    this.#db = new Database(file, { timeout: 5000 })
    this.#db.exec('PRAGMA journal_mode=WAL')
    this.#db.exec('PRAGMA synchronous=NORMAL')
    this.#db.exec(SCHEMA)
  }

  /** Opens or makes `logs.db` in the data folder. */
  static open(dataDir: string): LogStore {
    return new LogStore(path.join(dataDir, 'logs.db'))
  }

  /** Stores lines in one transaction and answers them numbered. They are durable once this returns. */
  append(jobId: string, lines: readonly NewLine[]): LogLine[] {
    if (lines.length === 0) return []
    return this.#write(() => {
      let n = this.last(jobId)
      const numbered = lines.map((line) => ({ n: ++n, ...line, text: oneLine(line.text) }))
      const insert = this.#db.prepare(
        'INSERT INTO line (job, n, at, step, level, text) VALUES (?, ?, ?, ?, ?, ?)',
      )
      let bytes = 0
      for (const line of numbered) {
        insert.run(jobId, line.n, line.at, line.stepId, LEVELS.indexOf(line.level), line.text)
        bytes += line.text.length
      }
      this.#db
        .prepare(
          `INSERT INTO job (id, last, bytes, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id)
           DO UPDATE SET last = ?2, bytes = bytes + ?3, at = ?4`,
        )
        .run(jobId, n, bytes, numbered.at(-1)?.at ?? 0)
      while (this.#plainCount(jobId) >= 2 * BLOCK) this.#pack(jobId)
      return numbered
    })
  }

  /** The newest number of a job's log, 0 without any line. */
  last(jobId: string): number {
    const row = this.#db.prepare('SELECT last FROM job WHERE id = ?').get(jobId)
    return row === undefined ? 0 : (row as { last: number }).last
  }

  /** Lines with a number above `after`, at most `limit`, in order. */
  read(jobId: string, after: number, limit: number): LogLine[] {
    return this.#transaction('BEGIN', () => {
      const blocks = this.#db
        .prepare(
          'SELECT first, last, data FROM block WHERE job = ? AND last > ? ORDER BY first LIMIT ?',
        )
        .all(jobId, after, Math.ceil(limit / BLOCK) + 1) as BlockRow[]
      const packed = blocks.flatMap(unpack).filter((line) => line.n > after)
      if (packed.length >= limit) return packed.slice(0, limit)
      const plain = this.#db
        .prepare(
          'SELECT n, at, step, level, text FROM line WHERE job = ? AND n > ? ORDER BY n LIMIT ?',
        )
        .all(jobId, after, limit - packed.length) as LineRow[]
      return [...packed, ...plain.map(fromRow)]
    })
  }

  /** Packs what is left of a job that ended. Lines keep their numbers. */
  seal(jobId: string): void {
    this.#write(() => {
      while (this.#plainCount(jobId) > 0) this.#pack(jobId)
    })
  }

  /**
   * Removes the logs of the jobs that were written to the longest time ago until the texts of the
   * rest, before compression, fit. Answers the ids of the jobs whose log is gone.
   */
  retain(maxBytes: number): string[] {
    const jobs = this.#db.prepare('SELECT id, bytes FROM job ORDER BY at DESC').all() as {
      id: string
      bytes: number
    }[]
    let sum = 0
    const gone = jobs.filter((job) => {
      sum += job.bytes
      return sum > maxBytes
    })
    if (gone.length === 0) return []
    this.#write(() => {
      for (const { id } of gone) {
        this.#db.prepare('DELETE FROM line WHERE job = ?').run(id)
        this.#db.prepare('DELETE FROM block WHERE job = ?').run(id)
        this.#db.prepare('DELETE FROM job WHERE id = ?').run(id)
      }
    })
    return gone.map((job) => job.id)
  }

  close(): void {
    this.#db.close()
  }

  #plainCount(jobId: string): number {
    const row = this.#db.prepare('SELECT count(*) AS count FROM line WHERE job = ?').get(jobId)
    return (row as { count: number }).count
  }

  /** Moves the oldest plain lines of a job into one block. */
  #pack(jobId: string): void {
    const rows = this.#db
      .prepare('SELECT n, at, step, level, text FROM line WHERE job = ? ORDER BY n LIMIT ?')
      .all(jobId, BLOCK) as LineRow[]
    const [first, last] = [rows[0]?.n ?? 0, rows.at(-1)?.n ?? 0]
    const packed: Packed[] = rows.map(({ at, step, level, text }) => [at, step, level, text])
    const data = deflateSync(JSON.stringify(packed))
    this.#db
      .prepare('INSERT INTO block (job, first, last, data) VALUES (?, ?, ?, ?)')
      .run(jobId, first, last, data)
    this.#db.prepare('DELETE FROM line WHERE job = ? AND n <= ?').run(jobId, last)
  }

  #write<T>(work: () => T): T {
    return this.#transaction('BEGIN IMMEDIATE', work)
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.#db.exec(begin)
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }
}

/** Newlines would break numbering in every reader; a long line is cut and says so. */
function oneLine(text: string): string {
  const flat = text.replaceAll(/\r?\n|\r/g, ' ')
  return flat.length <= LONGEST ? flat : `${flat.slice(0, LONGEST)}... (cut)`
}

const levelAt = (index: number): LogLine['level'] => LEVELS[index] ?? 'info'

const fromRow = ({ n, at, step, level, text }: LineRow): LogLine => ({
  ...{ n, at, stepId: step, text },
  level: levelAt(level),
})

function unpack({ first, data }: BlockRow): LogLine[] {
  const packed = JSON.parse(inflateSync(data).toString('utf8')) as Packed[]
  return packed.map(([at, stepId, level, text], i) => ({
    ...{ n: first + i, at, stepId, text },
    level: levelAt(level),
  }))
}
