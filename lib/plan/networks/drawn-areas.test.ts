import { expect, test } from 'vitest'
import type { Network } from '@/lib/topology/topology'
import { smallLab } from '../testing/small-lab'
import { drawnAreas } from './drawn-areas'

const drawn = (net: Partial<Network>) => {
  const topology = smallLab()
  Object.assign(topology.networks!.k8s!, net)
  return topology
}
const connection = smallLab().hosts!.pve1!.connection ?? ''

test('VMs alone need no area beside them', () => {
  expect(drawnAreas(smallLab(), connection)).toEqual([])
})

test('a network that becomes a bridge or a VNet is an area of the Proxmox that its VMs are on', () => {
  const bridged = drawn({ realise: 'bridge', bridge: 'vmbr7' })
  expect(drawnAreas(bridged, connection)).toEqual(['host-network'])
  expect(drawnAreas(bridged, 'another')).toEqual([])
  const sdn = drawn({ sdn: { zone: 'lab', kind: 'simple' } as Network['sdn'] })
  expect(drawnAreas(sdn, connection)).toEqual(['sdn'])
  expect(drawnAreas(sdn, 'another')).toEqual([])
})
