import type { Json } from '@/lib/topology/change'

/** What is wrong with a commit's file; line 0: with the file as a whole. */
export type GitProblem = { line: number; path: string[]; message: string; code: string }

/** Both sides changed this field; `git` and `panel` are what each has, null where it has nothing. */
export type GitConflict = { path: string[]; panel: Json | null; git: Json | null }

/** How far a topology and its branch are in step. `message` is what, why and what to do. */
export type GitState =
  /** Nobody looked yet. */
  | { kind: 'new' }
  | { kind: 'in-step' }
  /** Our commits wait on a branch of their own, because nobody may push to the main one. */
  | { kind: 'to-merge'; branch: string }
  /** The newest commit's file is not taken; the panel goes on from the last good one. */
  | { kind: 'refused'; commit: string; problems: GitProblem[] }
  | { kind: 'conflict'; commit: string; conflicts: GitConflict[] }
  /** The branch does not lead on from what was known: somebody forced a push. */
  | { kind: 'history-rewritten'; commit: string }
  /** Both have a document and no common past. */
  | { kind: 'unrelated'; commit: string }
  | { kind: 'branch-missing'; branches: string[] }
  | { kind: 'file-missing'; commit: string }
  | { kind: 'host-key-unknown'; offered: string; fingerprint: string }
  | { kind: 'host-key-changed'; offered: string; fingerprint: string; expected: string }
  /** The last look failed; it is tried again by itself at `retryAt`. */
  | { kind: 'failed'; code: string; message: string; retryAt: number }

/**
 * `theirs`: what Git has becomes a new revision (in a conflict: where both changed a field, Git's).
 * `ours`: what the panel has is committed on top, the branch or file made again where it is gone.
 * `new-branch`: the panel's is committed on a new branch, which is followed from then on.
 */
export type GitChoice = 'theirs' | 'ours' | 'new-branch'

/** What may be chosen in which state. */
export const CHOICES: Readonly<Partial<Record<GitState['kind'], readonly GitChoice[]>>> = {
  conflict: ['theirs', 'ours'],
  'history-rewritten': ['theirs', 'new-branch'],
  unrelated: ['theirs', 'new-branch'],
  'branch-missing': ['ours'],
  'file-missing': ['ours'],
}

export type GitSettings = {
  url: string
  branch: string
  /** Of the file, from the repository's top. */
  path: string
  auth: 'ssh-key' | 'token'
  /** Sent with a token. */
  username: string
  /** PEM of an authority of one's own; null: the system's. */
  caPem: string | null
  commitOn: 'message' | 'deploy'
  /** Seconds; 0: only when asked or told. */
  intervalS: number
  autoApply: boolean
}

/** A commit that came in or went out. */
export type GitLogEntry = {
  commit: string
  direction: 'in' | 'out'
  outcome: 'taken' | 'pushed' | 'refused' | 'conflict'
  author: string
  subject: string
  revision: number | null
  problems: GitProblem[]
  /** What a deploy of it would do. */
  note: string
  at: number
}

export type GitLinkAnswer = {
  settings: GitSettings
  state: GitState
  /** `ssh-ed25519 AAAA...`; null with a token, or until the key was made. */
  publicKey: string | null
  hostKey: { key: string; fingerprint: string } | null
  tokenSet: boolean
  hookSet: boolean
  fetchedAt: number | null
  pushedAt: number | null
  /** A look was asked for and has not begun. */
  asked: boolean
  choice: GitChoice | null
  /** Revisions that Git has to get, oldest first. */
  waiting: { revision: number; state: 'held' | 'due'; attempts: number; lastError: string | null }[]
  log: GitLogEntry[]
}
/** GET /api/t/:t/git; null: it is not kept in Git. */
export type GitAnswer = { link: GitLinkAnswer | null }

/** PUT /api/t/:t/git. `token` absent: the one that is stored stays. Another server forgets its key. */
export type PutGitRequest = GitSettings & { token?: string }
/** POST /api/t/:t/git/choose: `state` and `commit` are what was looked at; 409 `git.moved` if not so any more. */
export type ChooseGitRequest = { choice: GitChoice; state: GitState['kind']; commit: string | null }
/** POST /api/t/:t/git/host-key: `offered` is what was compared. */
export type AcceptGitHostKeyRequest = { offered: string; compared: true }
/** POST /api/t/:t/git/hook: shown once. `path` follows the panel's own address. */
export type GitHookAnswer = { path: string; secret: string }
/** POST /api/t/:t/git/sync. `commit`: the newest revision goes out too, with or without a message. */
export type GitSyncRequest = { commit: boolean }
