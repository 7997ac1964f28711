'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useConfirmed } from '@/components/account/use-confirmed'
import { secretKeys, secretsClient } from '@/lib/api/client-secrets'
import type { SetSecretRequest } from '@/lib/api/contract-secrets'
import { keys } from '@/lib/api/query-keys'

export const useSecrets = () =>
  useQuery({ queryKey: secretKeys.all(), queryFn: ({ signal }) => secretsClient.secrets(signal) })

export const useDocumentSecrets = (t: string, enabled = true) =>
  useQuery({
    queryKey: secretKeys.ofDocument(t),
    queryFn: ({ signal }) => secretsClient.documentSecrets(t, signal),
    enabled,
  })

/** Sets or removes a secret of the panel; asks for a fresh sign-in where it takes one. */
export function useSetSecret() {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  return useMutation({
    mutationFn: (request: SetSecretRequest) => confirmed(() => secretsClient.setSecret(request)),
    onSuccess: (answer) => {
      queries.setQueryData(secretKeys.all(), answer)
      void queries.invalidateQueries({ queryKey: keys.connections() })
      // A document's secret is part of what its plan compares.
      void queries.invalidateQueries({ queryKey: ['topology'] })
    },
  })
}

/** A value (null: a random one) for a document's secret, or, with `remove`, none any more. */
export function useSetDocumentSecret(t: string) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  return useMutation({
    mutationFn: (request: { secret: string; value: string | null } | { remove: string }) =>
      confirmed(() =>
        'remove' in request
          ? secretsClient.removeDocumentSecret(t, request.remove)
          : secretsClient.setDocumentSecret(t, request.secret, { value: request.value }),
      ),
    onSuccess: (answer) => {
      queries.setQueryData(secretKeys.ofDocument(t), answer)
      void queries.invalidateQueries({ queryKey: keys.plan(t) })
      void queries.invalidateQueries({ queryKey: secretKeys.all() })
    },
  })
}
