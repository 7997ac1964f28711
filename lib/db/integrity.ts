import Database from 'libsql'

/** The first fault of a database file in SQLite's own words; null when it reads through. */
export const quickCheck = (file: string): string | null => firstFault(file, 'quick_check')

/**
 * As {@link quickCheck}, and compares every index with its table and follows every reference. On a
 * large file it takes minutes and blocks: it is run in a child process.
 */
export const fullCheck = (file: string): string | null =>
  firstFault(file, 'integrity_check') ?? danglingReference(file)

function firstFault(file: string, pragma: 'quick_check' | 'integrity_check'): string | null {
  return reading(file, (db) => {
    const [first] = db.prepare(`PRAGMA ${pragma}(1)`).raw().all() as string[][]
    return first?.[0] === 'ok' ? null : (first?.[0] ?? 'it answers nothing')
  })
}

function danglingReference(file: string): string | null {
  return reading(file, (db) => {
    const rows = db.prepare('PRAGMA foreign_key_check').raw().all() as unknown[][]
    const [first] = rows
    return first ? `a row of ${first[0]} refers to a row of ${first[2]} that is not there` : null
  })
}

function reading(file: string, look: (db: Database.Database) => string | null): string | null {
  let db: Database.Database | null = null
  try {
    db = new Database(file, { timeout: 10_000 })
    return look(db)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    db?.close()
  }
}
