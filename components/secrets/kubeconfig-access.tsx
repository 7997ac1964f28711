'use client'

import { useMutation } from '@tanstack/react-query'
import { Download, RotateCw } from 'lucide-react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { confirmDone } from '@/components/ui/toast'
import { secretsClient } from '@/lib/api/client-secrets'
import type { ConnectionSummary } from '@/lib/api/contract'
import { saveText } from './save-text'

/** The kubeconfig of a cluster as a file, with what it is good for and where it works. */
export function KubeconfigAccess({
  topologyId,
  cluster,
  made,
  dialer,
}: {
  topologyId: string
  cluster: string
  /** Whether the cluster was seen: before, there is none. */
  made: boolean
  /** How the panel itself gets to the cluster; null where it is not known. */
  dialer: ConnectionSummary['dialer'] | null
}) {
  const confirmed = useConfirmed()
  const role = useWhyNotRole('admin', { topology: topologyId })
  const take = useMutation({
    mutationFn: async (again: boolean) => {
      const request = { cluster, ...(again ? { again } : {}) }
      const { file, yaml } = await confirmed(() => secretsClient.kubeconfig(topologyId, request))
      saveText(file, yaml)
      return file
    },
    onSuccess: (file, again) =>
      confirmDone(again ? `${file} was read again and saved.` : `${file} is saved.`),
    gcTime: 0,
  })
  const reason = role ?? (made ? null : 'There is none before the first Deploy made the cluster.')
  return (
    <div className="flex flex-col gap-2">
      <p className="max-w-[72ch]">
        It is a cluster-admin: it can do everything in this cluster until its certificate ends or is
        revoked there. {wayOf(dialer)} Who downloads it is written in the audit log.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          icon={<Download size={16} aria-hidden />}
          busy={take.isPending}
          disabledReason={reason}
          onClick={() => take.mutate(false)}
        >
          Download kubeconfig
        </Button>
        <Button
          icon={<RotateCw size={16} aria-hidden />}
          busy={take.isPending}
          disabledReason={reason}
          onClick={() => take.mutate(true)}
        >
          Read it again
        </Button>
      </div>
      <p className="text-caption text-ink-3">
        Read it again after it was renewed on a control plane; the panel then works with the new one
        as well.
      </p>
      {take.error ? <FailureNote error={take.error} /> : null}
    </div>
  )
}

function wayOf(dialer: ConnectionSummary['dialer'] | null): string {
  if (dialer?.kind === 'socks5')
    return `It goes through the proxy ${dialer.host}:${dialer.port}, which has to be reached from where you use it.`
  if (dialer?.kind === 'ssh-jump')
    return `The panel goes through ${dialer.host}; from elsewhere you need a way to the endpoint of your own.`
  return 'It works wherever the endpoint can be reached.'
}
