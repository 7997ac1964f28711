import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { Secret } from '@/lib/base/secret'
import { SMALL } from '@/lib/db/testing/document'
import type { Ask } from '@/lib/live/questions'
import { isProven } from '@/workers/provisioner/git-hook'
import * as webhook from '../../../hooks/git/[t]/route'
import * as topologies from '../../../topologies/route'
import * as revisions from '../revisions/route'
import * as choose from './choose/route'
import * as hook from './hook/route'
import * as hostKey from './host-key/route'
import * as git from './route'
import * as sync from './sync/route'
import * as test_ from './test/route'

const t = 'small-lab'
const params = { t }
const SETTINGS = {
  ...{ url: 'git@git.lan:me/homelab.git', branch: 'main', path: 'lab/topology.yaml' },
  ...{ auth: 'ssh-key', username: '', caPem: null },
  ...{ commitOn: 'message', intervalS: 300, autoApply: false },
}
const OVER_HTTPS = {
  ...{ ...SETTINGS, url: 'https://git.lan/me/homelab.git', auth: 'token', username: 'panel' },
  token: 'a-token-that-nobody-sees',
}
const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

async function home() {
  const at = await tempPanel()
  const admin = await at.signedIn('admin')
  const cookie = admin
  await ask(topologies.POST, { method: 'POST', body: { from: 'text', text: SMALL }, cookie })
  const put = (body: unknown) => ask(git.PUT, { method: 'PUT', params, body, cookie })
  const get = async () => (await ask(git.GET, { params, cookie })).json.link as never
  return { ...at, cookie, put, get }
}

test('a topology is not kept in Git before somebody says where', async () => {
  const { get, cookie } = await home()
  expect(await get()).toBeNull()
  for (const handler of [sync.POST, test_.POST]) {
    const body = { commit: false }
    const answer = await ask(handler, { method: 'POST', params, body, cookie })
    expect(answer).toMatchObject({ status: 404, json: { code: 'git.not-kept' } })
  }
})

test('settings are stored in one form, the head is due, the provisioner is woken', async () => {
  const { put, told, woken } = await home()
  const answer = await put(SETTINGS)
  expect(answer.json.link).toMatchObject({
    settings: { url: 'ssh://git@git.lan/me/homelab.git', branch: 'main' },
    ...{ state: { kind: 'new' }, publicKey: null, hostKey: null, tokenSet: false, asked: true },
    waiting: [{ revision: 1, state: 'due' }],
  })
  expect(told).toContainEqual({ event: 'git-changed', message: { topologyId: t } })
  expect(woken()).toBeGreaterThan(0)
})

test('a token is sealed, kept when it is not sent again, and never answered', async () => {
  const { put, get, panel } = await home()
  const { token: _, ...without } = OVER_HTTPS
  expect((await put(without)).json.code).toBe('git.no-token')
  expect(await panel.db.gitLink.count()).toBe(0)
  await put(OVER_HTTPS)
  await put(without)
  expect(await get()).toMatchObject({ tokenSet: true })
  const everything = JSON.stringify([
    await get(),
    await panel.db.auditEntry.findMany(),
    await panel.db.sealedSecret.findMany(),
  ])
  expect(everything).not.toContain(OVER_HTTPS.token)
})

test('a token that was given for one server is not sent to another', async () => {
  const { put, get, panel } = await home()
  await put(OVER_HTTPS)
  const { token, ...without } = { ...OVER_HTTPS, url: 'https://elsewhere.example/me/homelab.git' }
  expect((await put(without)).json.code).toBe('git.no-token')
  expect(await get()).toMatchObject({ settings: { url: OVER_HTTPS.url }, tokenSet: true })
  // Another repository of the same server is what the token may be for.
  expect((await put({ ...without, url: 'https://git.lan/me/other.git' })).status).toBe(200)
  // Nor by way of an address that takes none.
  await put({ ...SETTINGS, url: 'git@elsewhere.example:a/b' })
  expect(await panel.db.sealedSecret.count({ where: { name: { endsWith: 'git/token' } } })).toBe(0)
  expect((await put(without)).json.code).toBe('git.no-token')
  expect((await put({ ...without, token })).status).toBe(200)
})

test.each([
  ['a password in the address', { url: 'https://me:pw@git.lan/a' }],
  ['a program in the address', { url: 'ext::sh -c id' }],
  ['an option in the address', { url: 'ssh://-oProxyCommand=x/a' }],
  ['a path out of the repository', { path: '../../etc/cron.yaml' }],
  ['a path into .git', { path: '.git/config.yaml' }],
  ['an odd branch', { branch: '--mirror' }],
  ['a key for https', { url: 'https://git.lan/a' }],
  ['an interval of a second', { intervalS: 1 }],
  ['a line break in the name', { username: 'a\nhost=evil' }],
])('%s is refused', async (_, wrong) => {
  const { put } = await home()
  expect(await put({ ...SETTINGS, ...wrong })).toMatchObject({
    ...{ status: 400, json: { code: 'input.invalid' } },
  })
})

test('another repository begins anew and another server shows its key again', async () => {
  const { put, panel } = await home()
  await put(SETTINGS)
  const known = { knownCommit: 'a'.repeat(40), knownText: SMALL, knownRevision: 1 }
  await panel.db.gitLink.update({ where: { topologyId: t }, data: { ...known, hostKey: HOST_KEY } })
  await put({ ...SETTINGS, autoApply: true })
  expect(await panel.db.gitLink.findFirst()).toMatchObject({ ...known, hostKey: HOST_KEY })
  await put({ ...SETTINGS, url: 'git@git.lan:me/other.git' })
  expect(await panel.db.gitLink.findFirst()).toMatchObject({ knownText: null, hostKey: HOST_KEY })
  await put({ ...SETTINGS, url: 'git@git.example:me/other.git' })
  expect(await panel.db.gitLink.findFirst()).toMatchObject({ hostKey: null })
})

test('a save is in the outbox with its revision, due if something was said', async () => {
  const { put, panel, cookie } = await home()
  await put(SETTINGS)
  const head = await panel.db.revision.findFirstOrThrow()
  const text = head.text.replace('cpus: 2', 'cpus: 3')
  const save = { text, parent: 1, message: 'Three' }
  await ask(revisions.POST, { method: 'POST', params, body: save, cookie })
  const text2 = text.replace('cpus: 3', 'cpus: 4')
  const body = { text: text2, parent: 2, message: '' }
  await ask(revisions.POST, { method: 'POST', params, body, cookie })
  expect(await panel.db.gitOutbox.findMany({ orderBy: { revision: 'asc' } })).toMatchObject([
    { revision: 1, state: 'due' },
    { revision: 2, state: 'due' },
    { revision: 3, state: 'held' },
  ])
  await ask(sync.POST, { method: 'POST', params, body: { commit: true }, cookie })
  expect(await panel.db.gitOutbox.count({ where: { state: 'due' } })).toBe(3)
})

test('a host key counts when the one that was compared is accepted', async () => {
  const { put, get, panel, cookie } = await home()
  await put(SETTINGS)
  await panel.db.gitLink.updateMany({ data: { offeredHostKey: HOST_KEY } })
  const accept = (offered: string) =>
    ask(hostKey.POST, { method: 'POST', params, body: { offered, compared: true }, cookie })
  expect((await accept(`${HOST_KEY}x`)).json.code).toBe('git.moved')
  expect((await accept(HOST_KEY)).status).toBe(200)
  expect(await get()).toMatchObject({
    hostKey: { key: HOST_KEY, fingerprint: expect.stringMatching(/^SHA256:/) },
  })
})

test('a choice is taken for what was looked at, and not for what it became', async () => {
  const { put, get, panel, cookie } = await home()
  await put(SETTINGS)
  const state = { kind: 'history-rewritten', commit: 'b'.repeat(40) }
  await panel.db.gitLink.updateMany({ data: { stateJson: JSON.stringify(state) } })
  const take = (choice: string, commit: string) =>
    ask(choose.POST, {
      ...{ method: 'POST', params, cookie },
      body: { choice, state: state.kind, commit },
    })
  expect((await take('theirs', 'c'.repeat(40))).json.code).toBe('git.moved')
  expect((await take('ours', state.commit)).json.code).toBe('git.moved')
  expect((await take('theirs', state.commit)).status).toBe(202)
  expect(await get()).toMatchObject({ choice: 'theirs' })
})

test('what is taken out of Git leaves no secret behind', async () => {
  const { put, get, panel, cookie } = await home()
  await put(OVER_HTTPS)
  await ask(hook.POST, { method: 'POST', params, body: {}, cookie })
  await ask(git.DELETE, { method: 'DELETE', params, cookie })
  expect(await get()).toBeNull()
  expect(await panel.db.sealedSecret.count()).toBe(0)
  expect(await panel.db.gitOutbox.count()).toBe(0)
})

test('a webhook that knows the secret asks for one look, whatever forge it is', async () => {
  const { put, panel, cookie, woken } = await home()
  await put(SETTINGS)
  const made = await ask(hook.POST, { method: 'POST', params, body: {}, cookie })
  const secret = String(made.json.secret)
  expect(made.json.path).toBe('/api/hooks/git/small-lab')
  panel.ask = (async (kind: string, asked: { body: string; signature: string; token: string }) => {
    expect(kind).toBe('git.hook')
    return { proven: isProven(new Secret(secret), asked.body, asked) }
  }) as Ask
  const body = '{"ref": "refs/heads/main", "öffentlich": true}'
  const hex = createHmac('sha256', secret).update(body).digest('hex')
  const call = (headers: Record<string, string>, sent = body) =>
    ask(webhook.POST, { method: 'POST', params, body: sent, headers })
  const asked = async () => (await panel.db.gitLink.findFirstOrThrow()).askedAt !== null
  for (const headers of [
    { 'x-hub-signature-256': `sha256=${hex}` },
    { 'x-gitea-signature': hex },
    { 'x-forgejo-signature': hex },
    { 'x-gitlab-token': secret },
  ] as Record<string, string>[]) {
    await panel.db.gitLink.updateMany({ data: { askedAt: null } })
    const before = woken()
    expect((await call(headers)).status).toBe(202)
    expect(await asked()).toBe(true)
    expect(woken()).toBeGreaterThan(before)
  }
  await panel.db.gitLink.updateMany({ data: { askedAt: null } })
  for (const [headers, sent] of [
    [{}, body],
    [{ 'x-hub-signature-256': `sha256=${hex}` }, `${body} `],
    [{ 'x-hub-signature-256': 'sha256=' }, body],
    [{ 'x-gitea-signature': hex.slice(2) }, body],
    [{ 'x-gitlab-token': `${secret}x` }, body],
    [{ 'x-gitlab-token': '' }, body],
  ] as const) {
    const answer = await call(headers as Record<string, string>, sent)
    expect(answer).toMatchObject({ status: 401, json: { code: 'git.hook-refused' } })
  }
  expect(await asked()).toBe(false)
  // Many pushes are none too many; many wrong secrets are, and keep nobody from signing in.
  for (let n = 0; n < 50; n++) expect((await call({ 'x-gitlab-token': secret })).status).toBe(202)
  const wrong = async () => (await call({ 'x-gitlab-token': 'guessed' })).status
  const answers: number[] = []
  for (let n = 0; n < 40; n++) answers.push(await wrong())
  expect([answers[0], answers.at(-1)]).toEqual([401, 429])
  expect(panel.linkLimit.attempt({ name: 'passkey', peer: 'unknown' }, Date.now())).toBe(0)
  // However often it is told, one look waits and one entry says so.
  expect(await panel.db.auditEntry.count({ where: { action: 'git.sync' } })).toBe(5)
})

test('a webhook reads no endless body and nothing that is not text', async () => {
  const { put } = await home()
  await put(SETTINGS)
  const headers = { 'x-gitlab-token': 'x' }
  const send = (body: BodyInit) =>
    webhook.POST(
      new Request('http://127.0.0.1:4880/api', {
        ...{ method: 'POST', body, headers: { host: '127.0.0.1:4880', ...headers } },
      }),
      { params: Promise.resolve(params) },
    )
  expect((await send('x'.repeat(2 ** 20 + 1))).status).toBe(413)
  expect((await send(Buffer.from([0xff, 0xfe]))).status).toBe(400)
})
