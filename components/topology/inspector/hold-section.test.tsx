// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { TooltipProvider } from '@/components/ui/tooltip'
import type { TopologyHead } from '@/lib/api/contract'
import { keys } from '@/lib/api/query-keys'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { EditorProvider } from '../editor/editor-context'
import { createEditor } from '../editor/editor-store'
import { canBeHeld, HoldSection } from './hold-section'

afterEach(cleanup)

const path = ['vms', 'k8s-worker-2']

function open() {
  const revision = { number: 1, hash: '0' }
  const head = { id: 't', name: 'T', revision, text: DARK_KNIGHT, layout: {} }
  const never = () => Promise.reject(new Error('nothing is saved here'))
  const store = createEditor(head as unknown as TopologyHead, { save: never, saveLayout: never })
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } },
  })
  client.setQueryData(keys.session(), { me: { name: 'ada' } })
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <EditorProvider store={store}>
          <HoldSection path={path} disabledReason={null} />
        </EditorProvider>
      </TooltipProvider>
    </QueryClientProvider>,
  )
  return store
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))

test('a VM is left alone until a day, with name and reason, and released again', () => {
  const store = open()
  const holds = () => store.getState().history.doc.topology.holds
  press('Leave alone')
  fireEvent.change(screen.getByLabelText('Why it is left alone'), { target: { value: 'new disk' } })
  fireEvent.change(screen.getByLabelText('Until'), { target: { value: '2026-12-01' } })
  press('Leave alone')
  expect(holds()).toEqual([{ path, until: '2026-12-01', by: 'ada', reason: 'new disk' }])
  expect(screen.getByText(/until the end of 2026-12-01 \(UTC\)\. ada: new disk/)).toBeTruthy()
  press('Take the hold away')
  expect(holds()).toBeUndefined()
})

test('nobody is held without a reason, and nothing that no plan touches', () => {
  const store = open()
  press('Leave alone')
  fireEvent.submit(screen.getByLabelText('Why it is left alone'))
  expect(store.getState().history.doc.topology.holds).toBeUndefined()
  expect(canBeHeld(['networks', 'lan'])).toBe(false)
  expect(canBeHeld(['clusters', 'k', 'addOns', 'loki'])).toBe(true)
})
