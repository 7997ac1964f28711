'use client'

import { useState } from 'react'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { PanelAuditHistory } from './audit-history'

/** Who changed and tested a connection; asked for when it is opened, by admins. */
export function ConnectionHistory({ connectionId }: { connectionId: string }) {
  const [open, setOpen] = useState(false)
  if (useWhyNotRole('admin') !== null) return null
  return (
    <div className="mt-3">
      <Button size="sm" variant="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
        What was done to it
      </Button>
      {open ? (
        <div className="mt-2">
          <PanelAuditHistory object={`connection/${connectionId}`} />
        </div>
      ) : null}
    </div>
  )
}
