import { join } from 'node:path'
import type { GitState } from '@/lib/api/contract-git'
import type { KnownSecrets } from '@/lib/base/mask'
import type { Actor } from '@/lib/db/audit'
import type { Db } from '@/lib/db/client'
import type { GitLinkRow } from '@/lib/db/git-links'
import type { Repository } from '@/lib/git/repository'
import type { OpenWay } from '@/lib/git/way'
import type { Egress } from '@/lib/io/egress'
import type { Log } from '@/lib/io/log'
import type { Secrets } from '@/lib/steps/handler'
import type { Tell } from './tell'

/** What every look at a Git repository shares. */
export type GitShop = {
  db: Db
  panelId: string
  secrets: Secrets
  egress: Egress
  known: KnownSecrets
  /** The folder of the copies, `DATA/git`. */
  gitDir: string
  tell: Tell
  /** A job was queued. */
  wake(): void
  log: Log
  now(): number
  /** Waits so many milliseconds, or until the signal. */
  pause(ms: number, signal: AbortSignal): Promise<void>
  /** Told at each point at which a crash must do no harm; for tests that crash there. */
  reached?(point: GitPoint): void
}

/** Between any two of these nothing is lost or done twice if the process dies. */
export type GitPoint = 'fetched' | 'saved' | 'taken' | 'committed' | 'pushed' | 'recorded'

/** One look at one repository. */
export type GitLook = {
  shop: GitShop
  link: GitLinkRow
  repository: Repository
  way: OpenWay
  signal: AbortSignal
  /** The newest commit of the branch; null in an empty repository. */
  head: string | null
  /** What the branches of the repository are at, with those of ours as they are pushed. */
  branches: Map<string, string>
}

/** Written down as who took a commit or pushed one. */
export const GIT: Actor = { id: null, name: 'git', via: 'provisioner', from: null }

/** Where the panel's copy of a topology's repository is. */
export const copyOf = (shop: GitShop, topologyId: string) => join(shop.gitDir, `${topologyId}.git`)

/** The line by which a revision's commit is known again, whoever merged it; '': how all begin. */
export const trailerOf = (shop: GitShop, topologyId: string, revision: number | '') =>
  `Drawbridge-Revision: ${shop.panelId}/${topologyId}/${revision}`

/** Where commits wait that the followed branch does not take. */
export const waitingBranch = (topologyId: string) => `drawbridge/${topologyId}`

/** Went on, or stops in a state that a person or the next look ends. */
export type Outcome = { kind: 'on' } | { kind: 'stop'; state: GitState }
export const ON: Outcome = { kind: 'on' }
export const stop = (state: GitState): Outcome => ({ kind: 'stop', state })
