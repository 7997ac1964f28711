import { readFile, rm } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { openPanel } from '@/lib/auth/open-panel'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { PanelError } from '@/lib/base/errors'
import { Secret } from '@/lib/base/secret'
import { saveRevision } from '@/lib/db/revisions'
import { identityFile, readRecipient } from '@/lib/db/secret-keys'
import { openSealed } from '@/lib/db/secret-open'
import { makeKit } from '@/lib/db/secret-open/kit'
import { findSealed, putSealed, seal } from '@/lib/db/secrets'
import { SMALL } from '@/lib/db/testing/document'
import type { Ask } from '@/lib/live/questions'
import * as connections from '../connections/route'
import * as kit from '../recovery-kit/route'
import * as kubeconfig from '../t/[t]/kubeconfig/route'
import * as documentSecret from '../t/[t]/secrets/[name]/route'
import * as documentSecrets from '../t/[t]/secrets/route'
import * as topologies from '../topologies/route'
import * as reveal from './reveal/route'
import * as secrets from './route'

const VALUE = 'quite-a-secret-value-4711'
const WITH_SECRET = `${SMALL}      argo-cd: { values: { password: !secret argo-admin } }
`

/**
 * A panel whose private key file is gone as soon as it is open: what the web process does here it
 * does without it. The stand-in for the provisioner took the key along.
 */
async function withoutKey() {
  const at = await tempPanel()
  const { panel } = at
  const identity = new Secret((await readFile(identityFile(panel.dataDir), 'utf8')).trim())
  await rm(identityFile(panel.dataDir))
  const asked: string[] = []
  const refuse: { token: Error | null } = { token: null }
  const answer = async (kind: string, question: Record<string, string>) => {
    asked.push(kind)
    if (kind === 'token.try') {
      if (refuse.token) throw refuse.token
      return { version: '9.0.4' }
    }
    if (kind === 'kit.make')
      return { kit: await makeKit(identity, question.passphrase ?? ''), recipient: 'age1x' }
    if (kind === 'kubeconfig.take') return { yaml: 'apiVersion: v1\n' }
    const name = question.name ?? ''
    const sealed = (await findSealed(panel.db, name)) ?? ''
    return { value: (await openSealed(identity, name, sealed)).reveal() }
  }
  panel.ask = answer as Ask
  const admin = await at.signedIn('admin')
  const post = (body: unknown) => ({ method: 'POST', body, cookie: admin })
  await ask(topologies.POST, post({ from: 'text', text: WITH_SECRET }))
  return { ...at, admin, asked, refuse, identity }
}
class TokenRefused extends PanelError {
  readonly code = 'proxmox.unauthorized'
}

type Home = Awaited<ReturnType<typeof withoutKey>>

const t = 'small-lab'
const setOwn = ({ admin }: Home, name: string, value: string | null) =>
  ask(documentSecret.PUT, { method: 'PUT', params: { t, name }, body: { value }, cookie: admin })
const put = ({ admin }: Home, name: string, value: string | null) =>
  ask(secrets.PUT, { method: 'PUT', body: { name, value }, cookie: admin })
const list = async ({ admin }: Home) =>
  (await ask(secrets.GET, { cookie: admin })).json.secrets as Record<string, unknown>[]
const auditOf = async ({ panel }: Home) =>
  (await panel.db.auditEntry.findMany({ orderBy: { seq: 'asc' } })).map(({ action }) => action)

test('the web process opens and writes without the private key, and cannot read what it wrote', async () => {
  const home = await withoutKey()
  const again = await openPanel({ ...home.panel, publicUrl: null })
  again.logs.close()
  await again.db.$disconnect()

  expect((await setOwn(home, 'argo-admin', VALUE)).status).toBe(200)
  const sealed = await findSealed(home.panel.db, `t/${t}/document/argo-admin`)
  expect(sealed).toContain('BEGIN AGE ENCRYPTED FILE')
  const value = await openSealed(home.identity, 'n', sealed ?? '')
  expect(value.reveal()).toBe(VALUE)
  const rows = await home.panel.db.auditEntry.findMany()
  expect(JSON.stringify([await list(home), rows])).not.toContain(VALUE)
})

test('a document secret is missing, then set, then shown to have been used and changed', async () => {
  const home = await withoutKey()
  const seen = async () =>
    (await ask(documentSecrets.GET, { params: { t }, cookie: home.admin })).json.secrets
  expect(await seen()).toEqual([
    expect.objectContaining({ secret: 'argo-admin', state: 'missing', at: null }),
  ])
  await setOwn(home, 'argo-admin', VALUE)
  await setOwn(home, 'argo-admin', null)
  expect(await seen()).toEqual([expect.objectContaining({ state: 'set', by: 'admin', version: 2 })])
  const name = `t/${t}/document/argo-admin`
  expect((await list(home)).find((each) => each.name === name)).toMatchObject({
    title: 'Secret argo-admin of the document',
    users: [{ label: 'clusters.main.addOns.argo-cd.values.password' }],
    whyNotRemove: expect.stringContaining('in use by clusters.main'),
  })
  expect((await put(home, name, null)).json.code).toBe('secret.in-use')
  expect(await auditOf(home)).toEqual(expect.arrayContaining(['secret.set', 'secret.rotate']))
})

test('what nothing uses is removed; what two sides hold is not set by hand', async () => {
  const home = await withoutKey()
  await setOwn(home, 'left-over', VALUE)
  const gone = { method: 'DELETE', params: { t, name: 'left-over' }, cookie: home.admin }
  expect((await ask(documentSecret.DELETE, gone)).status).toBe(200)
  expect((await ask(documentSecret.DELETE, gone)).json.code).toBe('secret.unknown')

  const key = `t/${t}/ssh-user-key`
  const sealed = await seal(await readRecipient(home.panel.dataDir), VALUE)
  await putSealed(home.panel.db, { name: key, sealed, at: 1, by: 'provisioner' })
  expect((await put(home, key, 'mine')).json.code).toBe('secret.not-settable')
  expect((await put(home, key, null)).json.code).toBe('secret.in-use')
  expect((await put(home, 'no/such', 'x')).json.code).toBe('secret.unknown')
  expect((await put(home, 'no/../such', 'x')).status).toBe(404)
  expect((await put(home, '/no', 'x')).status).toBe(400)
})

test('what begins to use a secret while it is being removed keeps it', async () => {
  const home = await withoutKey()
  await setOwn(home, 'left-over', VALUE)
  const { db } = home.panel
  const transaction = db.$transaction.bind(db)
  const used = { text: WITH_SECRET.replace('argo-admin', 'left-over'), message: '' }
  const late = vi.spyOn(db, '$transaction').mockImplementationOnce((async (
    ...args: Parameters<typeof transaction>
  ) => {
    const actor = { id: null, name: 'test', via: 'box', from: null } as const
    await saveRevision(db, { topologyId: t, ...used, actor, parent: 1, now: 2 })
    return transaction(...args)
  }) as never)
  const name = `t/${t}/document/left-over`
  expect((await put(home, name, null)).json.code).toBe('secret.in-use')
  expect(late).toHaveBeenCalled()
  expect(await findSealed(db, name)).not.toBeNull()
})

test('a connection’s token is tried before it replaces the one that works', async () => {
  const home = await withoutKey()
  const made = await ask(connections.POST, {
    method: 'POST',
    cookie: home.admin,
    body: { name: 'PVE', url: 'https://pve:8006', tokenId: 'a@pve!b', tokenSecret: 'first-one' },
  })
  const name = `connections/${made.json.id}/token`
  const before = await findSealed(home.panel.db, name)
  home.refuse.token = new TokenRefused('Proxmox does not know this token.')
  expect(await put(home, name, 'wrong')).toMatchObject({
    status: 422,
    json: { code: 'proxmox.unauthorized' },
  })
  expect(await findSealed(home.panel.db, name)).toBe(before)
  home.refuse.token = null
  expect((await put(home, name, VALUE)).status).toBe(200)
  expect(home.asked).toEqual(['token.try', 'token.try'])
  const sealed = await findSealed(home.panel.db, name)
  expect((await openSealed(home.identity, name, sealed ?? '')).reveal()).toBe(VALUE)
})

test('a value is revealed to an admin alone, is never kept by anybody, and is written down first', async () => {
  const home = await withoutKey()
  await setOwn(home, 'argo-admin', VALUE)
  const name = `t/${t}/document/argo-admin`
  const asAdmin = { method: 'POST', body: { name }, cookie: home.admin }
  const shown = await ask(reveal.POST, asAdmin)
  expect(shown.json).toEqual({ value: VALUE })
  expect(shown.headers.get('cache-control')).toContain('no-store')
  const editor = await home.signedIn('editor')
  expect((await ask(reveal.POST, { ...asAdmin, cookie: editor })).status).toBe(403)
  expect((await auditOf(home)).filter((action) => action === 'secret.reveal')).toHaveLength(1)

  home.panel.ask = async () => {
    throw new Error('away')
  }
  expect((await ask(reveal.POST, { ...asAdmin, body: { name: 'none/here' } })).status).toBe(404)
})

test('a recovery kit needs a passphrase that holds, and ends the reminder', async () => {
  const home = await withoutKey()
  const make = (passphrase: string) =>
    ask(kit.POST, { method: 'POST', body: { passphrase }, cookie: home.admin })
  expect((await make('short')).json.code).toBe('kit.weak-passphrase')
  expect((await ask(secrets.GET, { cookie: home.admin })).json.kitMadeAt).toBeNull()
  const made = await make('river copper lantern signal gotham tower')
  expect(made.json.kit).toContain('BEGIN AGE ENCRYPTED FILE')
  expect((await ask(secrets.GET, { cookie: home.admin })).json.kitMadeAt).toBe(made.json.madeAt)
  expect(await auditOf(home)).toContain('kit.create')
})

test('a kubeconfig goes to whoever is admin of the topology, and is written down', async () => {
  const home = await withoutKey()
  const take = (cluster: string, cookie: string) =>
    ask(kubeconfig.POST, { method: 'POST', params: { t }, body: { cluster }, cookie })
  expect((await take('main', home.admin)).json).toEqual({
    file: 'small-lab-main.kubeconfig',
    yaml: 'apiVersion: v1\n',
  })
  expect((await take('none', home.admin)).json.code).toBe('cluster.unknown')
  expect((await take('main', await home.signedIn('operator'))).status).toBe(403)
  expect((await auditOf(home)).filter((action) => action === 'secret.kubeconfig')).toHaveLength(1)
})
