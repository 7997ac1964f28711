'use client'

import { useQuery } from '@tanstack/react-query'
import { identityClient, identityKeys } from '@/lib/api/client-identity'

/** Which machines show another identity now. Asked again each half minute: it stops everything. */
export const useIdentities = () =>
  useQuery({
    queryKey: identityKeys.identities(),
    queryFn: ({ signal }) => identityClient.identities(signal),
    refetchInterval: 30_000,
  })
