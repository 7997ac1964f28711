import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PanelError } from '@/lib/base/errors'
import { listAllowed } from '@/lib/db/egress'
import { findGitLink } from '@/lib/db/git-links'
import { listDueLinks } from '@/lib/db/git-record'
import { sweepWays } from '@/lib/git/way'
import { makeEgress } from '@/lib/io/egress'
import { planTaken } from './git-apply'
import { lookAtGit } from './git-look'
import type { GitShop } from './git-shop'

const TICK_MS = 2_000
/** Looks at once: Git's own processes are what a small machine feels. */
const MOST_LOOKS = 2

/** Keeps every topology that is kept in Git in step with it. */
export type GitWatch = {
  /** Somebody asked, or a webhook told: looks at once. */
  go(): void
  /** One look at a time at each repository; `work` waits for the one that is under way. */
  stop(): Promise<void>
}

/** What a look needs beside what the provisioner has. */
export function gitShop(
  base: Omit<GitShop, 'egress' | 'pause'>,
): GitShop & { close(): Promise<void> } {
  const egress = makeEgress(() => listAllowed(base.db))
  return {
    ...{ ...base, egress },
    pause: (ms, signal) => delay(ms, undefined, { signal }),
    close: () => egress.close(),
  }
}

/** See {@link GitWatch}. What a killed process left behind is removed first. */
export async function watchGit(shop: GitShop): Promise<GitWatch> {
  await mkdir(shop.gitDir, { recursive: true, mode: 0o700 })
  await sweepWays(shop.gitDir)
  await sweepCopies(shop)
  const controller = new AbortController()
  const { signal } = controller
  const looks = new Map<string, Promise<void>>()
  let asking: Promise<void> | null = null

  const look = async (topologyId: string) => {
    try {
      await lookAtGit(shop, topologyId, signal)
      const link = await findGitLink(shop.db, topologyId)
      if (link) await planTaken(shop, link)
    } catch (error) {
      if (!signal.aborted) logFault(shop, topologyId, error)
    }
  }
  const startDue = async () => {
    for (const topologyId of await listDueLinks(shop.db, shop.now())) {
      if (signal.aborted || looks.size >= MOST_LOOKS) return
      if (looks.has(topologyId)) continue
      looks.set(
        topologyId,
        look(topologyId).finally(() => {
          looks.delete(topologyId)
        }),
      )
    }
  }
  const go = () => {
    asking ??= startDue()
      .catch((error: unknown) => logFault(shop, 'the list', error))
      .finally(() => {
        asking = null
      })
  }
  const timer = setInterval(go, TICK_MS)
  go()
  return {
    go,
    async stop() {
      clearInterval(timer)
      controller.abort()
      await asking
      await Promise.all(looks.values())
    },
  }
}

/** Removes the copies of repositories that no topology is kept in any more. */
export async function sweepCopies({ db, gitDir }: Pick<GitShop, 'db' | 'gitDir'>): Promise<void> {
  const links = await db.gitLink.findMany({ select: { topologyId: true } })
  const kept = new Set(links.map(({ topologyId }) => `${topologyId}.git`))
  for (const name of await readdir(gitDir))
    if (name.endsWith('.git') && !kept.has(name))
      await rm(join(gitDir, name), { recursive: true, force: true })
}

function logFault({ log }: GitShop, what: string, error: unknown): void {
  if (error instanceof PanelError) log(`Git of ${what}: ${error.message}`)
  else log(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
