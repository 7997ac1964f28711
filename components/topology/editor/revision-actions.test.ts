import { expect, test } from 'vitest'
import { ApiFailure } from '@/lib/api/client'
import type { SaveAnswer } from '@/lib/api/contract'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import type { Json } from '@/lib/topology/change'
import { rewriteText } from '@/lib/topology/rewrite'
import { createEditor, type Editor, whyNotSave } from './editor-store'
import { textOf } from './history'
import { freshMarks, MARKED_MS } from './news'
import { headOf, sharedServer, summaryOf } from './testing/many-browsers'

const having = (path: string, to: Json, text = DARK_KNIGHT) =>
  rewriteText(text, [{ path: path.split('/'), to }])
const ABOUT = 'vms/haproxy-lb/about'

/** An editor whose saves wait until the test answers them. */
function open(text = DARK_KNIGHT) {
  const sent: { text: string; parent: number }[] = []
  const answers: { resolve: (answer: SaveAnswer) => void; reject: (error: Error) => void }[] = []
  const store = createEditor(headOf(text, 1), {
    save: (saved, parent) =>
      new Promise((resolve, reject) => {
        sent.push({ text: saved, parent })
        answers.push({ resolve, reject })
      }),
    saveLayout: async () => undefined,
  })
  const now = (): Editor => store.getState()
  const put = (path: string, value: Json) =>
    now().edit(path, { kind: 'set', path: path.split('/'), value })
  const answer = (saved: string, number: number, merged = false) =>
    answers.shift()?.resolve({ revision: summaryOf(number), text: saved, problems: [], merged })
  const refuse = (error: Error) => answers.shift()?.reject(error)
  return {
    now,
    put,
    sent,
    answer,
    refuse,
    about: () => now().history.doc.topology.vms?.['haproxy-lb']?.about,
  }
}

test('a conflict waits for a choice; saving does too, and then mine stands on theirs', async () => {
  const { now, put, sent, about } = open()
  put(ABOUT, 'mine')
  put('about', 'also mine')
  now().receive(headOf(having(ABOUT, 'theirs', having('sizes/worker/cpus', 7)), 2, 'anna'))
  const conflict = { path: ABOUT.split('/'), base: null, mine: 'mine', theirs: 'theirs' }
  expect(now()).toMatchObject({ revision: { number: 1 }, newer: { conflicts: [conflict] } })
  expect(whyNotSave(now())).toContain('anna')
  expect(await now().save('')).toBe(false)
  expect(now().resolve()).toBe(false)
  expect(sent).toEqual([])

  now().choose({ [ABOUT]: 'mine' })
  expect(now().resolve()).toBe(true)
  expect(now()).toMatchObject({ revision: { number: 2 }, newer: null, choices: {}, unsaved: 2 })
  expect(about()).toBe('mine')
  expect(now().history.doc.topology.sizes?.worker?.cpus).toBe(7)
  void now().save('')
  expect(sent[0]?.parent).toBe(2)
})

test('a choice is asked again when the value changed, and needless once the values agree', () => {
  const { now, put } = open()
  put(ABOUT, 'mine')
  now().receive(headOf(having(ABOUT, 'theirs'), 2))
  now().choose({ [ABOUT]: 'theirs' })
  now().receive(headOf(having(ABOUT, 'newer theirs'), 3))
  expect(now().choices).toEqual({})
  put(ABOUT, 'newer theirs')
  expect(now()).toMatchObject({ revision: { number: 3 }, newer: null, unsaved: 0 })
})

test('discarding mine for theirs can be undone', () => {
  const { now, put, about } = open()
  put(ABOUT, 'mine')
  now().receive(headOf(having(ABOUT, 'theirs'), 2))
  now().takeNewer()
  expect(now()).toMatchObject({ unsaved: 0, newer: null, revision: { number: 2 } })
  now().undo()
  expect(about()).toBe('mine')
})

test('two who add a worker under one id can have both', () => {
  const server = sharedServer(DARK_KNIGHT)
  const [anna, bert] = [server.browser('anna'), server.browser('bert')]
  const add = { kind: 'addVm', id: 'k8s-worker-4', role: 'worker', network: 'kubernetes' } as const
  anna.getState().edit('Add', add)
  bert.getState().edit('Add', add)
  bert.getState().edit('Join', {
    ...{ kind: 'set', path: ['clusters', 'dark-knight', 'workers'] },
    value: ['k8s-worker-1', 'k8s-worker-2', 'k8s-worker-3', 'k8s-worker-4'],
  })
  server.save('anna', textOf(anna.getState().history.doc), 1)
  bert.getState().receive(server.head())
  bert.getState().choose({ 'vms/k8s-worker-4': 'both' })
  expect(bert.getState().resolve()).toBe(true)
  const { doc, past } = bert.getState().history
  expect(Object.keys(doc.topology.vms ?? {})).toEqual(
    expect.arrayContaining(['k8s-worker-4', 'k8s-worker-5']),
  )
  expect(doc.topology.vms?.['k8s-worker-4']?.vmid).toBeDefined()
  // Both were given the same free address when they were drawn; mine gets its own by the save.
  expect(textOf(anna.getState().history.doc)).toContain('10.2.0.34')
  expect(doc.topology.vms?.['k8s-worker-5']?.nics?.lan?.address).toBeUndefined()
  // What named mine follows it.
  expect(doc.topology.clusters?.['dark-knight']?.workers?.at(-1)).toBe('k8s-worker-5')
  expect(past.map(({ label }) => label)).toContain('Add k8s-worker-5')
})

test('text that does not parse is never overwritten; theirs comes in once it does', () => {
  const { now } = open()
  const typed = `${DARK_KNIGHT}# mine\n`
  now().typeText(`${typed}name: [`, false)
  now().receive(headOf(having(ABOUT, 'theirs'), 2, 'anna'))
  expect(now()).toMatchObject({ revision: { number: 1 }, newer: { revision: { number: 2 } } })
  expect(now().faulty?.text).toBe(`${typed}name: [`)
  now().typeText(typed, true)
  expect(now()).toMatchObject({ revision: { number: 2 }, newer: null, faulty: null })
  expect(textOf(now().history.doc)).toContain('# mine')
  expect(textOf(now().history.doc)).toContain('theirs')
})

test('what is typed and not yet told is told first, and so is not taken for a change of theirs', () => {
  const { now } = open()
  now().typingIn(() => now().typeText(`${DARK_KNIGHT}# mine\n`, false))
  now().receive(headOf(having('about', 'theirs'), 2))
  expect(now().history.doc.topology.about).toBe('theirs')
  expect(textOf(now().history.doc)).toContain('# mine')
})

test('a revision that arrives while a save is under way is not forgotten', async () => {
  const { now, put, sent, answer, about } = open()
  put(ABOUT, 'mine')
  const saving = now().save('')
  const saved = sent[0]?.text ?? ''
  now().receive(headOf(having('about', 'theirs', saved), 3, 'anna'))
  put('sizes/worker/cpus', 9)
  answer(saved, 2)
  await saving
  expect(now()).toMatchObject({ revision: { number: 3 }, newer: null, unsaved: 1 })
  expect([about(), now().history.doc.topology.about]).toEqual(['mine', 'theirs'])
})

test('a save that the server merged shows what came with it, and undo takes back mine alone', async () => {
  const { now, put, sent, answer } = open()
  put(ABOUT, 'mine')
  const saving = now().save('')
  answer(having('about', 'theirs', sent[0]?.text), 3, true)
  await saving
  expect(now().news.at(-1)?.touched).toMatchObject([{ path: ['about'], verb: 'changed' }])
  now().undo()
  expect(now().history.doc.topology.about).toBe('theirs')
})

test('what is typed during a save into what somebody else changed is asked, not lost', async () => {
  const { now, put, sent, answer, about } = open()
  put('about', 'mine')
  const saving = now().save('')
  put(ABOUT, 'typed meanwhile')
  answer(having(ABOUT, 'theirs', sent[0]?.text), 3, true)
  await saving
  expect(now().newer?.conflicts).toMatchObject([{ mine: 'typed meanwhile', theirs: 'theirs' }])
  expect(about()).toBe('typed meanwhile')
  now().choose({ [ABOUT]: 'mine' })
  now().resolve()
  expect(now()).toMatchObject({ revision: { number: 3 }, unsaved: 1 })
})

test("the server's refusal asks the same as a head that arrives", async () => {
  const { now, put, refuse } = open()
  put(ABOUT, 'mine')
  const saving = now().save('')
  const conflict = { head: summaryOf(2, 'anna'), text: having(ABOUT, 'theirs'), paths: [] }
  refuse(new ApiFailure(409, { code: 'revision.conflict', message: 'Somebody saved.', conflict }))
  expect(await saving).toBe(false)
  expect(now()).toMatchObject({ failure: null, newer: { conflicts: [{ mine: 'mine' }] } })
})

test('a save whose answer was lost is known again, numbers and all, and is nobody else’s', async () => {
  const { now, refuse, sent } = open()
  now().edit('Add', { kind: 'addVm', id: 'one', role: 'plain', network: 'kubernetes' })
  const saving = now().save('')
  refuse(new ApiFailure(0, { code: 'panel.unreachable', message: 'The panel does not answer.' }))
  await saving
  expect(now()).toMatchObject({ failure: { code: 'panel.unreachable' }, unsaved: 1 })
  now().receive(headOf(having('vms/one/vmid', 4711, sent[0]?.text), 2))
  expect(now()).toMatchObject({ revision: { number: 2 }, newer: null, failure: null, unsaved: 0 })
  expect(now().news).toEqual([])
  now().undo()
  expect(now().history.doc.topology.vms?.one).toBeUndefined()
})

test('what is left from an older revision, text with a fault included, goes on top of the head', () => {
  const draft = { topologyId: 'dark-knight', revision: 1, base: DARK_KNIGHT, at: 0 }
  const conflicting = open(having(ABOUT, 'theirs'))
  expect(conflicting.now().restoreDraft({ ...draft, text: having(ABOUT, 'mine') })).toBeNull()
  expect(conflicting.now().newer?.conflicts).toHaveLength(1)

  const { now, about } = open(having(ABOUT, 'theirs'))
  expect(now().restoreDraft({ ...draft, text: `${DARK_KNIGHT}about: [` })).toBeNull()
  expect(about()).toBeUndefined()
  now().typeText(having('sizes/worker/cpus', 9), false)
  expect(about()).toBe('theirs')
  expect(now().history.doc.topology.sizes?.worker?.cpus).toBe(9)

  const busy = open(having(ABOUT, 'theirs'))
  busy.put('about', 'since then')
  expect(busy.now().restoreDraft({ ...draft, text: having('sizes/worker/cpus', 9) })).toBeNull()
  const { topology } = busy.now().history.doc
  expect([topology.about, topology.sizes?.worker?.cpus]).toEqual(['since then', 9])
})

test('news name who and what, mark the items for a while, and count what came at once', () => {
  const { now } = open()
  const theirs = rewriteText(having(ABOUT, 'theirs'), [
    { path: ['networks', 'guests'], to: { cidr: '10.9.0.0/24', vlan: 70 } },
    { path: ['clusters', 'dark-knight', 'addOns', 'grafana'], to: {} },
    { path: ['services', 'dns'], to: { kind: 'dns', address: '10.1.0.2' } },
  ])
  now().receive(headOf(theirs, 4, 'anna'))
  const [news] = now().news
  expect(news).toMatchObject({ by: 'anna', revision: 4, revisions: 3 })
  expect(news?.touched).toEqual(
    expect.arrayContaining([
      { path: ['networks', 'guests'], verb: 'added', fields: [] },
      { path: ['vms', 'haproxy-lb'], verb: 'changed', fields: ['about'] },
    ]),
  )
  const at = news?.at ?? 0
  expect(freshMarks(now().news, at).get('networks/guests')).toEqual({ by: 'anna', verb: 'added' })
  expect(freshMarks(now().news, at).get('clusters/dark-knight')?.verb).toBe('changed')
  expect(freshMarks(now().news, at + MARKED_MS).size).toBe(0)
  now().dismissNews()
  expect(now().news).toEqual([])
})
