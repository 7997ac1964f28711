import path from 'node:path'

/**
 * Where things are, from the sources and from a build alike: workers/panel/place.ts and
 * dist/NAME/panel.mjs both lie two folders below the repository's root.
 */
export const root = path.resolve(import.meta.dirname, '../..')

const built = import.meta.filename.endsWith('.mjs')

/** The file that runs the worker named, beside this one; it may not exist. */
export const programOf = (worker: string): string =>
  built
    ? path.join(import.meta.dirname, `${worker}.mjs`)
    : path.join(root, 'workers', worker, 'main.ts')

/** A build carries the migrations that it was made with. */
export const migrationsDir = built
  ? path.join(import.meta.dirname, 'migrations')
  : path.join(root, 'prisma', 'migrations')

/** The pages' build, relative to the root; null when run from the sources. */
export const pagesDir = built
  ? path
      .relative(root, path.join(import.meta.dirname, 'next'))
      .split(path.sep)
      .join('/')
  : null
