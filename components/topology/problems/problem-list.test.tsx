// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { TooltipProvider } from '@/components/ui/tooltip'
import type { TopologyHead } from '@/lib/api/contract'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { EditorProvider } from '../editor/editor-context'
import { createEditor } from '../editor/editor-store'
import { textOf } from '../editor/history'
import { ProblemList } from './problem-list'

afterEach(cleanup)

const head = (text: string) =>
  ({
    id: 't',
    name: 'Dark Knight',
    revision: { number: 1, hash: '0' },
    text,
    layout: {},
  }) as unknown as TopologyHead

function open(text: string) {
  const never = () => Promise.reject(new Error('nothing is saved here'))
  const store = createEditor(head(text), { save: never, saveLayout: never })
  render(
    <TooltipProvider>
      <EditorProvider store={store}>
        <ProblemList />
      </EditorProvider>
    </TooltipProvider>,
  )
  return store
}

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))

test('Modernise shows its difference first, is one edit, and one undo takes it back', () => {
  const store = open(DARK_KNIGHT)
  const before = textOf(store.getState().history.doc)
  press(/^Modernise \(\d+\)$/)
  expect(screen.getByRole('region', { name: 'Text difference' }).textContent).toContain('"1.35"')
  expect(screen.getByText(/Use Kubernetes 1\.35/)).toBeTruthy()
  expect(textOf(store.getState().history.doc)).toBe(before)

  press(/^Make \d+ edits?$/)
  const { history } = store.getState()
  expect(history.doc.topology.clusters?.['dark-knight']?.kubernetes).toBe('1.35')
  expect(history.past).toHaveLength(1)
  store.getState().undo()
  expect(textOf(store.getState().history.doc)).toBe(before)
})

test('where nothing can be modernised the button says why', () => {
  open('drawbridge: 1\nname: empty\n')
  const button = screen.getByRole('button', { name: /^Modernise/ })
  expect(button.getAttribute('aria-disabled')).toBe('true')
  expect(screen.getByText(/leaves names, addresses and machines as they are/)).toBeTruthy()
})

test('an accepted warning is shown with name and reason, and can be withdrawn', () => {
  const store = open(
    [
      'drawbridge: 1',
      'name: one',
      'acknowledged:',
      '  - {code: cluster.kubernetes-ended, path: [clusters, a, kubernetes], by: ada, reason: a lab}',
      'clusters:',
      '  a: {kubernetes: "1.29", podCidr: 10.244.0.0/16, serviceCidr: 10.96.0.0/16, controlPlanes: [], workers: []}',
      '',
    ].join('\n'),
  )
  expect(screen.getByText('1 accepted warning')).toBeTruthy()
  expect(screen.getByText(/a lab/).textContent).toContain('ada')
  expect(store.getState().problems.map(({ code }) => code)).not.toContain(
    'cluster.kubernetes-ended',
  )
  press(/^Withdraw/)
  expect(store.getState().history.doc.topology.acknowledged).toBeUndefined()
  expect(store.getState().problems.map(({ code }) => code)).toContain('cluster.kubernetes-ended')
})
