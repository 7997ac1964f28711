import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type GitServer, git } from '@/lib/git/testing/git-server'
import { FILE } from './git-panel'

/** Somebody else's clone of the server's `main`, in `dir`. */
export function cloneOf(server: GitServer, dir: string, name = 'clone') {
  const folder = join(dir, name)
  git(dir, 'clone', '--quiet', server.bare, folder)
  const write = (text: string | Buffer, file = FILE) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const read = () => readFileSync(join(folder, FILE), 'utf8')
  return {
    folder,
    write,
    read,
    /** Runs Git in the clone. */
    git: (...args: string[]) => git(folder, ...args),
    commit(message: string, change?: (text: string) => string, ...more: string[]) {
      if (change) write(change(read()))
      git(folder, 'add', '-A')
      git(folder, 'commit', '--quiet', '--allow-empty', ...more, '-m', message)
    },
    push: (...more: string[]) => git(folder, 'push', '--quiet', ...more, 'origin', 'HEAD:main'),
  }
}
