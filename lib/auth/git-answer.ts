import type { GitAnswer } from '@/lib/api/contract-git'
import { getGitLink } from '@/lib/db/git-links'
import { panel } from './panel'

/** How a topology stands with Git, for the browser that asks. */
export const gitAnswer = async (topologyId: string): Promise<GitAnswer> => ({
  link: await getGitLink(panel().db, topologyId),
})

/** After a change: every browser asks anew, the provisioner looks at once; the answer to this one. */
export async function gitChanged(topologyId: string): Promise<GitAnswer> {
  const { live, wake } = panel()
  live.tell('git-changed', { topologyId })
  wake()
  return gitAnswer(topologyId)
}
