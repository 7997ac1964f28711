// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { TooltipProvider } from '@/components/ui/tooltip'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import type { Json } from '@/lib/topology/change'
import { rewriteText } from '@/lib/topology/rewrite'
import { EditorProvider } from '../editor/editor-context'
import { createEditor } from '../editor/editor-store'
import { headOf } from '../editor/testing/many-browsers'
import { NewsLine } from './news-line'
import { NewerNotice } from './notices'
import { placeWords, valueWords } from './place-words'
import { SaveBar } from './save-bar'

afterEach(cleanup)

const having = (path: string, to: Json, text = DARK_KNIGHT) =>
  rewriteText(text, [{ path: path.split('/'), to }])

/** The desk's parts that speak of other people, over a draft with two changes. */
function open() {
  const never = () => Promise.reject(new Error('nothing is saved here'))
  const store = createEditor(headOf(DARK_KNIGHT, 1), { save: never, saveLayout: never })
  const set = (path: string, value: Json) =>
    store.getState().edit(path, { kind: 'set', path: path.split('/'), value })
  set('sizes/worker/cpus', 6)
  set('vms/haproxy-lb/about', 'mine')
  render(
    <TooltipProvider>
      <EditorProvider store={store}>
        <NewsLine />
        <SaveBar messageRef={{ current: null }} onSave={never} disabledReason={null} />
        <NewerNotice />
      </EditorProvider>
    </TooltipProvider>,
  )
  const hear = (text: string, number = 2) =>
    act(() => store.getState().receive(headOf(text, number, 'anna')))
  return { store, hear }
}

const button = (name: string | RegExp) => screen.getByRole('button', { name })

test('a row for each place: the value before, both values, and a choice in every row first', () => {
  const { store, hear } = open()
  hear(having('sizes/worker/cpus', 8, having('vms/haproxy-lb/about', 'theirs')))
  expect(screen.getByRole('alert').textContent).toContain('anna saved r2')
  expect(button('Save revision').getAttribute('aria-disabled')).toBe('true')
  const row = within(screen.getByText('vCPUs of worker').closest('tr') as HTMLElement)
  expect(row.getByText('4')).toBeTruthy()
  fireEvent.click(row.getByRole('radio', { name: 'Mine for vCPUs of worker: 6' }))
  fireEvent.click(button('Merge with these choices'))
  expect(store.getState().newer).not.toBeNull()
  expect(screen.getAllByText('Choose in 1 more row first.').length).toBeGreaterThan(0)

  fireEvent.click(screen.getByRole('radio', { name: /^Theirs for Notes of haproxy-lb/ }))
  fireEvent.click(button('Merge with these choices'))
  const { topology } = store.getState().history.doc
  expect([topology.sizes?.worker?.cpus, topology.vms?.['haproxy-lb']?.about]).toEqual([6, 'theirs'])
  expect(screen.queryByRole('alert')).toBeNull()
  expect(button('Save revision').getAttribute('aria-disabled')).toBeNull()
})

test('the news name who and what, open what is there, and can be dismissed', () => {
  const { store, hear } = open()
  const network = { cidr: '10.9.0.0/24', vlan: 70 }
  hear(having('networks/guests', network, having('sizes/master/cpus', 3)))
  const status = screen.getByRole('status')
  expect(status.textContent).toContain('anna added VLAN 70, changed master')
  fireEvent.click(within(status).getByRole('button', { name: 'VLAN 70' }))
  expect(store.getState().selected).toEqual(['networks', 'guests'])
  fireEvent.click(button('Dismiss the news'))
  expect(status.textContent).toBe('')
})

test('a text with a fault holds theirs back, and it is said', () => {
  const { store, hear } = open()
  act(() => store.getState().typeText('name: [', false))
  hear(having('about', 'theirs'))
  expect(screen.getByRole('alert').textContent).toContain('left as you typed it')
})

test.each([
  ['sizes/worker/memoryMib', 'Memory of worker'],
  ['vms/web', 'web'],
  ['vms/web/nics/lan/address', 'Address of web in lan'],
  ['about', 'Notes'],
])('%s is called %s', (path, words) => {
  expect(placeWords(path.split('/'))).toBe(words)
})

test.each<[Json | null, Json | null, string]>([
  [null, null, 'not there'],
  [null, 4, 'removed'],
  [['a', 'b'], null, 'a, b'],
  [{ role: 'plain', cpus: 2 }, { role: 'plain', cpus: 1, name: 'x' }, 'cpus 2, no name'],
  [{ role: 'plain' }, null, 'role plain'],
])('%j after %j is said as %s', (value, before, words) => {
  expect(valueWords(value, before)).toBe(words)
})
