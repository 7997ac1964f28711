import { z } from 'zod'
import { flag } from './answer-values'
import * as answers from './answers'
import { type Ask, verbsOf } from './ask'

export type VersionInfo = { version: string; release: string; major: number }
export type Role = { name: string; privileges: string[]; builtIn: boolean }

/** Who asks, what they may do, and of what version it is. */
export type Access = {
  version(): Promise<VersionInfo>
  /** Granted privileges by path, of the token or user that asks. */
  permissions(): Promise<Record<string, string[]>>
  /** Compare with lib/proxmox/privileges.ts. */
  roles(): Promise<Role[]>
}

const Roles = z.array(
  z.object({ roleid: z.string(), privs: z.string().default(''), special: flag }),
)

/** See {@link Access}. */
export function accessCalls(ask: Ask): Access {
  const { read } = verbsOf(ask)
  return {
    async version() {
      const found = await read(answers.Version, "Read Proxmox's version", '/version')
      const { version, release } = found
      return { version, release, major: Number.parseInt(version, 10) }
    },
    async permissions() {
      const what = "Read the token's privileges"
      const paths = await read(answers.Permissions, what, '/access/permissions')
      return Object.fromEntries(
        Object.entries(paths).map(([path, granted]) => [path, Object.keys(granted).toSorted()]),
      )
    },
    async roles() {
      const found = await read(Roles, 'List the roles', '/access/roles')
      return found.map(({ roleid, privs, special }) => ({
        name: roleid,
        privileges: privs.split(',').filter(Boolean).toSorted(),
        builtIn: special,
      }))
    },
  }
}
