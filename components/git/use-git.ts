'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useConfirmed } from '@/components/account/use-confirmed'
import { gitClient, gitKeys } from '@/lib/api/client-git'
import type { GitAnswer } from '@/lib/api/contract-git'

export const useGit = (t: string) =>
  useQuery({ queryKey: gitKeys.link(t), queryFn: ({ signal }) => gitClient.get(t, signal) })

/** A change whose answer is how things stand; asks who it is where the server wants to know. */
export function useGitChange<Input>(t: string, run: (input: Input) => Promise<GitAnswer>) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  return useMutation({
    mutationFn: (input: Input) => confirmed(() => run(input)),
    onSuccess: (answer) => queries.setQueryData(gitKeys.link(t), answer),
  })
}
