'use client'

import { Copy, HardDrive, Network } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import { Menu } from '@/components/ui/menu'
import { freeId } from '@/lib/topology/free-id'
import { poolFor, poolUse } from '@/lib/topology/ipam'
import type { Topology } from '@/lib/topology/topology'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { named } from './fields-at'

const NEW_DISK_GIB = 100

/** What people do with a VM most: move it to a network, resize it, give it a NIC or a disk, copy it. */
export function VmActions({ vm, disabledReason }: { vm: string; disabledReason: string | null }) {
  const topology = useEditor((editor) => editor.history.doc.topology)
  const store = useEditorStore()
  const found = topology.vms?.[vm]
  if (!found) return null
  const nics = Object.entries(found.nics ?? {})
  const edit = store.getState().edit
  const sizes = named(topology.sizes ?? {})
  const locked = disabledReason !== null
  return (
    <section
      aria-label="Actions"
      className="max-sm:hidden mb-4 flex flex-col gap-3 border-line border-b pb-4"
    >
      {nics.map(([nic, { network }]) => (
        <Field
          key={nic}
          label={nics.length > 1 ? `Move ${nic} to network` : 'Move to network'}
          help={disabledReason ?? freeNote(topology, found.role, network)}
        >
          {(control) => (
            <Select
              {...control}
              disabled={locked}
              value={network}
              options={named(topology.networks ?? {})}
              onChange={(event) =>
                edit(`Move ${vm} to ${event.target.value}`, {
                  kind: 'moveVm',
                  vm,
                  nic,
                  network: event.target.value,
                })
              }
            />
          )}
        </Field>
      ))}
      <Field
        label="Resize to"
        help={disabledReason ?? (sizes.length === 0 ? 'The drawing has no sizes yet.' : undefined)}
      >
        {(control) => (
          <Select
            {...control}
            disabled={locked || sizes.length === 0}
            value={found.size ?? ''}
            options={[
              ...(found.size === undefined ? [{ value: '', label: 'No size' }] : []),
              ...sizes.map(({ value }) => ({ value, label: sizeLabel(topology, value) })),
            ]}
            onChange={(event) =>
              edit(`Resize ${vm} to ${event.target.value}`, {
                kind: 'resizeVm',
                vm,
                size: event.target.value,
              })
            }
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Menu
          align="start"
          trigger={
            <Button
              size="sm"
              icon={<Network size={14} aria-hidden />}
              disabledReason={disabledReason}
            >
              Add NIC
            </Button>
          }
          items={named(topology.networks ?? {}).map(({ value, label }) => ({
            id: value,
            label,
            onSelect: () =>
              edit(`Add a NIC in ${value} to ${vm}`, { kind: 'addNic', vm, network: value }),
          }))}
        />
        <Button
          size="sm"
          icon={<HardDrive size={14} aria-hidden />}
          disabledReason={disabledReason}
          onClick={() =>
            edit(`Add a disk to ${vm}`, { kind: 'addDisk', vm, sizeGib: NEW_DISK_GIB })
          }
        >
          Add disk
        </Button>
        <Button
          size="sm"
          icon={<Copy size={14} aria-hidden />}
          disabledReason={disabledReason}
          onClick={() => {
            const id = freeId(topology.vms, vm)
            edit(`Duplicate ${vm}`, { kind: 'duplicateVm', vm, id })
            store.getState().select(['vms', id])
          }}
        >
          Duplicate
        </Button>
      </div>
    </section>
  )
}

function sizeLabel(topology: Topology, id: string): string {
  const size = topology.sizes?.[id]
  return size
    ? `${id}: ${size.cpus} vCPU, ${size.memoryMib / 1024} GiB, ${size.diskGib} GiB disk`
    : id
}

function freeNote(topology: Topology, role: Parameters<typeof poolFor>[1], network: string) {
  const pool = poolFor(topology, role, network)
  if (pool === null) return 'No pool for this role here: the address is written by hand.'
  const { size, used } = poolUse(topology, pool)
  return `${size - used} of ${size} addresses free in ${pool}.`
}
