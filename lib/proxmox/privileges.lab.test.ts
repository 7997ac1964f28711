import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { startLab } from '@/workers/lab/start-lab'
import { labClient } from '@/workers/lab/testing/lab-client'
import { connectProxmox } from './client'
import { areaCommand, comparePrivileges, PRIVILEGE_AREAS, roleCommands } from './privileges'
import { conformance } from './testing/conformance'
import { runPveum, type Send } from './testing/pveum'

const ROOT = { tokenId: 'root@pam!all', tokenSecret: '00000000-0000-4000-8000-00000000c0de' }

/** A lab whose token was made by the very commands that the panel shows, and by nothing else. */
async function open(release: '8.4' | '9') {
  const dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-privileges-'))
  const lab = await startLab({ dataDir, port: 0, speed: 1000, shape: { release } })
  lab.engine.change(({ state }) => {
    const { access } = state
    access.tokens = { [ROOT.tokenId]: { secret: ROOT.tokenSecret, privsep: false } }
    access.acl = []
    delete access.users['drawbridge@pve']
    delete access.roles.Drawbridge
  })
  const root = labClient({ connection: { ...lab.connection, ...ROOT } })
  const send: Send = async (...call) => {
    const answer = await root.call(...call)
    if (answer.status !== 200) throw new Error(`${call[1]}: ${answer.status} ${answer.text}`)
    return answer.data
  }
  let made: unknown
  for (const line of roleCommands(Number.parseInt(release, 10))) made = await runPveum(line, send)
  const token = made as { 'full-tokenid': string; value: string }
  const secret = new Secret(token.value)
  const auth = { kind: 'token', id: token['full-tokenid'], secret } as const
  const { url, fingerprint } = lab.connection
  const proxmox = connectProxmox({ url, fingerprint, auth })
  const close = async () => {
    await proxmox.close()
    await root.close()
    await lab.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { proxmox, send, close }
}

describe.each(['9', '8.4'] as const)('the commands at PVE %s', (release) => {
  const major = Number.parseInt(release, 10)

  conformance(async () => {
    const { proxmox, close } = await open(release)
    return {
      ...{ proxmox, node: 'pve1', images: 'local-lvm', isos: 'local', vmids: [8801, 8802] },
      close,
    }
  })

  test('make a token that lacks nothing and has nothing too much, with every area added', async () => {
    const { proxmox, send, close } = await open(release)
    const nothing = { missing: [], excess: [] }
    expect(comparePrivileges(await proxmox.permissions(), major)).toEqual(nothing)
    for (const area of PRIVILEGE_AREAS) {
      const command = areaCommand(area, major)
      if (command !== null) await runPveum(command, send)
    }
    expect(comparePrivileges(await proxmox.permissions(), major, PRIVILEGE_AREAS)).toEqual(nothing)
    await close()
  })

  test('those of the other version are refused, the role stays as it was', async () => {
    const { send, close } = await open(release)
    const [other = ''] = roleCommands(major === 9 ? 8 : 9)
    const asOther = other.replace('role add Drawbridge', 'role modify Drawbridge')
    await expect(runPveum(asOther, send)).rejects.toThrow(/400/)
    await close()
  })
})
