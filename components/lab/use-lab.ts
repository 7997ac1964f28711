'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { confirmDone } from '@/components/ui/toast'
import { labClient, labKeys } from '@/lib/api/client-lab'
import type { LabFaultWish, LabResetRequest } from '@/lib/api/contract-lab'

/** What the lab is like now. It changes by itself, and nobody tells of it: asked again while it is shown. */
export const useLab = () =>
  useQuery({
    queryKey: labKeys.view(),
    queryFn: ({ signal }) => labClient.view(signal),
    refetchInterval: 2_000,
  })

/** What a person does to the lab; each looks again afterwards. */
export function useLabActions() {
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: labKeys.view() })
  return {
    break: useMutation({ mutationFn: (fault: LabFaultWish) => labClient.break(fault), onSettled }),
    mend: useMutation({
      mutationFn: (id: string | null) => (id === null ? labClient.mendAll() : labClient.mend(id)),
      onSettled,
    }),
    reset: useMutation({
      mutationFn: (shape: LabResetRequest) => labClient.reset(shape),
      onSuccess: () => confirmDone('The lab is a new one.'),
      onSettled,
    }),
  }
}
