import { expect, test } from 'vitest'
import type { TopologyHead } from '@/lib/api/contract'
import { formatTopology } from '@/lib/topology/format'
import { small } from '@/lib/topology/testing/small'
import { createEditor } from './editor-store'

const head = (addresses: { address: string; owner: string }[]): TopologyHead => ({
  ...{ id: 't1', name: 'small', text: formatTopology(small()), document: small() },
  revision: {
    ...{ number: 1, parent: null, hash: '', at: 0, author: 'ada', message: '', deployable: true },
  },
  ...{ problems: [], layout: {}, appliedRevision: null, connections: [] },
  unmanaged: { guests: [], hosts: {}, addresses },
})

const nobody = () => Promise.reject(new Error('nothing is saved in this test'))

test('whoever answers at an address is told of while it is drawn, and gone when they are', () => {
  const stranger = { address: '10.0.0.40', owner: 'a printer' }
  const store = createEditor(head([stranger]), { save: nobody, saveLayout: nobody })
  const taken = () => store.getState().problems.filter(({ code }) => code === 'ip.taken')
  expect(taken().map(({ path }) => path.join('.'))).toEqual(['vms.web.nics.lan.address'])
  const fix = taken()[0]?.fix
  store.getState().commit(fix?.label ?? '', fix?.changes ?? [])
  expect(taken()).toEqual([])
  expect(store.getState().history.doc.topology.vms?.web?.nics?.lan?.address).toBe('10.0.0.41')
  store.getState().undo()
  expect(taken()).toHaveLength(1)
  store.getState().receive(head([]))
  expect(taken()).toEqual([])
})
