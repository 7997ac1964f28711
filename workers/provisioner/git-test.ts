import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findGitLink, notKept } from '@/lib/db/git-links'
import { findRevision } from '@/lib/db/revisions'
import { GitError } from '@/lib/git/errors'
import { Repository } from '@/lib/git/repository'
import { FOR_A_RUN, openWay } from '@/lib/git/way'
import { MOST_BYTES, readFileOf } from './git-file'
import { wayOf } from './git-look'
import { type GitShop, waitingBranch } from './git-shop'

/**
 * Tries a repository as it is set up, in a copy of its own, and says what it finds: whether the panel
 * gets in, whether branch and file are there, whether it may write. Changes nothing anywhere.
 */
export async function testGit(
  shop: GitShop,
  topologyId: string,
  { signal, say }: { signal: AbortSignal; say(line: string): void },
): Promise<void> {
  const link = await findGitLink(shop.db, topologyId)
  if (!link) throw notKept()
  if (link.url.startsWith('ssh:') && link.hostKey === null)
    throw new GitError(
      'git.host-key',
      'Nothing was said to the server - nobody accepted its host key yet - compare and accept it under History > Git.',
    )
  const way = await openWay(await wayOf(shop, link), shop.gitDir)
  const folder = await mkdtemp(join(shop.gitDir, FOR_A_RUN, 'test-'))
  try {
    const repository = new Repository(folder, signal)
    await repository.ensure()
    const branches = await repository.branches(way)
    say(`The server answers and lets the panel in. Branches: ${[...branches.keys()].length}.`)
    const there = branches.has(link.branch)
    const head = there ? await repository.fetch(way, link.branch) : null
    say(head === null ? `There is no branch ${link.branch} yet.` : `${link.branch} is at ${head}.`)
    if (head !== null) say(fileLine(link.path, await repository.file(head, link.path, MOST_BYTES)))
    const { text } = await findRevision(shop.db, topologyId)
    const commit = await repository.commitFile(
      { parents: head === null ? [] : [head], path: link.path, text },
      {
        author: { name: 'Drawbridge', email: 'test@drawbridge.invalid' },
        committer: { name: 'Drawbridge', email: 'test@drawbridge.invalid' },
        ...{ at: shop.now(), message: 'Try to push\n' },
      },
    )
    const result = await repository.push(way, { commit, branch: link.branch, dryRun: true })
    say(
      result.kind === 'pushed'
        ? 'The panel may push there, as far as a trial shows; a protected branch says so at the first push, and then gets the branch beside it.'
        : `${link.branch} takes no push: ${result.kind === 'declined' ? result.reason : 'somebody pushed just now'}. Commits would go to ${waitingBranch(topologyId)}.`,
    )
  } finally {
    await way.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function fileLine(path: string, file: Awaited<ReturnType<Repository['file']>>): string {
  const read = readFileOf(file)
  if (read.kind === 'absent') return `${path} is not there yet; the first push makes it.`
  if (read.kind === 'text') return `${path} is there and can be read.`
  const [first] = read.problems
  return `${path} is there and cannot be read: line ${first?.line}: ${first?.message}`
}
