'use client'

import { useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, Select } from '@/components/ui/field'
import type { LabView } from '@/lib/api/contract-lab'
import { useLabActions } from './use-lab'

const HOSTS = [
  { value: '1', label: 'One host' },
  { value: '3', label: 'Three hosts: a cluster with quorum, HA and a shared NFS storage' },
]
const RELEASES = [
  { value: '9', label: 'Proxmox VE 9' },
  { value: '8.4', label: 'Proxmox VE 8.4' },
]

/** A new, empty lab in place of this one: everything that was deployed there is lost. */
export function ResetLab({ lab }: { lab: LabView }) {
  const [open, setOpen] = useState(false)
  const [hosts, setHosts] = useState(lab.hosts.length === 3 ? '3' : '1')
  const [release, setRelease] = useState<string>(lab.release)
  const { reset } = useLabActions()
  const mayNot = useWhyNotRole('admin')
  const make = () =>
    reset.mutate(
      { hosts: hosts === '3' ? 3 : 1, release: release === '8.4' ? '8.4' : '9' },
      { onSuccess: () => setOpen(false) },
    )
  const lost = lab.guests.length
  return (
    <>
      <Button disabledReason={mayNot} onClick={() => setOpen(true)}>
        Reset the lab
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Reset the lab"
        footer={
          <Button variant="danger" busy={reset.isPending} onClick={make}>
            Reset the lab
          </Button>
        }
      >
        <div className="flex flex-col gap-3">
          <p className="text-prose">
            A new lab takes the place of this one: its {lost === 1 ? 'guest' : `${lost} guests`} and
            everything on their disks are lost, and there is no way back. Your drawings stay, and
            can be deployed again. Nothing real is touched.
          </p>
          <Field label="Hosts">
            {(control) => (
              <Select
                {...control}
                options={HOSTS}
                value={hosts}
                onChange={({ target }) => setHosts(target.value)}
              />
            )}
          </Field>
          <Field label="Version">
            {(control) => (
              <Select
                {...control}
                options={RELEASES}
                value={release}
                onChange={({ target }) => setRelease(target.value)}
              />
            )}
          </Field>
          {reset.error ? <FailureNote error={reset.error} /> : null}
        </div>
      </Dialog>
    </>
  )
}
