import { expect, test } from 'vitest'
import * as topologies from '@/app/api/topologies/route'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import * as care from './route'

const TEXT = `drawbridge: 1
name: Care
hosts:
  pve1: { role: proxmox, connection: c-1, node: pve-one }
  bare: { role: proxmox }
`
const known = <T>(value: T) => ({ state: 'known', value })
const ANSWER = {
  ...{ node: 'pve-one', at: 7, disks: known([]), pools: known([]), certificates: known([]) },
  updates: { state: 'unknown', reason: 'The token lacks Sys.Modify.' },
}

async function home() {
  const at = await tempPanel()
  const admin = await at.signedIn('admin')
  const asked: unknown[] = []
  at.panel.ask = (async (kind: string, question: unknown) => {
    asked.push([kind, question])
    return ANSWER
  }) as never
  const made = await ask(topologies.POST, {
    ...{ method: 'POST', body: { from: 'text', text: TEXT }, cookie: admin },
  })
  const { id: t } = made.json as { id: string }
  const get = (h: string) => ask(care.GET, { params: { t, h }, cookie: admin })
  return { get, asked }
}

test('the host’s own Proxmox is asked by the name that it has there', async () => {
  const { get, asked } = await home()
  expect(await get('pve1')).toMatchObject({ status: 200, json: ANSWER })
  expect(asked).toEqual([['host.care', { connectionId: 'c-1', node: 'pve-one' }]])
})

test('of a host that is not drawn or that nothing reaches nobody is asked', async () => {
  const { get, asked } = await home()
  expect(await get('none')).toMatchObject({ status: 404, json: { code: 'host.unknown' } })
  expect(await get('toString')).toMatchObject({ status: 404, json: { code: 'host.unknown' } })
  expect(await get('bare')).toMatchObject({ status: 409, json: { code: 'host.no-connection' } })
  expect(asked).toEqual([])
})
