import type { SshTarget } from './connect'
import { SshError } from './errors'
import { programOf } from './exec'
import { type SharedConnection, shareConnection } from './pool'
import { reboot } from './reboot'
import { runLong } from './run-long'
import type { GuestSession } from './session'
import { readFile, writeFile } from './upload'

/** Sessions by a key that names the machine (topology and VM); one connection each. */
export type GuestPool = {
  /**
   * The machine's session, made when first asked for. `target` is called at each opening of its
   * connection; nothing is dialled before the first command.
   */
  session(key: string, name: string, target: () => Promise<SshTarget>): GuestSession
  /** Closes the machine's connection, as after its address or keys changed. */
  forget(key: string): void
  close(): void
}

/** See {@link GuestPool}. Connections close after `idleMs` without a command. */
export function openGuestPool({ idleMs }: { idleMs?: number } = {}): GuestPool {
  const connections = new Map<string, SharedConnection>()
  return {
    session(key, name, target) {
      const known = connections.get(key) ?? shareConnection(name, target, idleMs)
      connections.set(key, known)
      return sessionOver(known)
    },
    forget(key) {
      connections.get(key)?.drop()
      connections.delete(key)
    },
    close() {
      for (const connection of connections.values()) connection.drop()
      connections.clear()
    },
  }
}

function sessionOver(connection: SharedConnection): GuestSession {
  return {
    run: (command, options) => connection.exec(command, options),
    async must(command, options) {
      const { code, out, err } = await connection.exec(command, options)
      if (code === 0) return out
      const said = lastLines(err) || lastLines(out) || 'it said nothing'
      throw new SshError(
        'ssh.command-failed',
        `${programOf(command)} on ${connection.name} failed with exit code ${code}: ${said}`,
      )
    },
    runLong: (name, command, options) => runLong(connection, name, command, options),
    writeFile: (path, content, options) => writeFile(connection, path, content, options),
    readFile: (path) => readFile(connection, path),
    reboot: (options) => reboot(connection, options),
  }
}

const lastLines = (text: string) => text.trim().split('\n').slice(-3).join(' | ')
