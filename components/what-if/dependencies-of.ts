import { useMemo } from 'react'
import { findEntry } from '@/lib/catalogue/catalogue'
import type { Topology } from '@/lib/topology/topology'
import { type Dependencies, dependenciesOf } from '@/lib/topology/what-if/dependencies'
import type { Thing, ThingKind } from '@/lib/topology/what-if/graph'

/** What a document stands on, with what the catalogue knows of add-ons. */
export const readDependencies = (topology: Topology): Dependencies =>
  dependenciesOf(topology, (addOn) => findEntry(addOn)?.needs ?? [])

/** The same, read once per document. */
export const useDependencies = (topology: Topology): Dependencies =>
  useMemo(() => readDependencies(topology), [topology])

/** One word for what a thing is. */
export const KIND_WORDS: Record<ThingKind, string> = {
  site: 'Site',
  ups: 'UPS',
  host: 'Host',
  disk: 'Disk',
  storage: 'Storage',
  switch: 'Switch',
  router: 'Router',
  network: 'Network',
  vm: 'VM',
  unmanaged: 'Unmanaged guest',
  'vm-disk': 'Disk of a VM',
  cluster: 'Cluster',
  api: 'Control plane',
  'add-on': 'Add-on',
  chart: 'Chart',
  manifest: 'Manifest',
  service: 'Service',
  panel: 'Panel',
  hidden: '',
}

/** "Host pve1", "Disk nvme0 of pve1". */
export const labelOf = ({ kind, name }: Thing): string =>
  kind === 'vm-disk' ? name.replace(/^disk/, 'Disk') : `${KIND_WORDS[kind]} ${name}`
