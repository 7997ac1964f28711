import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GitError, gitError, plainWords } from './errors'
import { type GitRun, runGit } from './run-git'
import type { OpenWay } from './way'

/** What the branches of a remote repository are at: names without `refs/heads/`. */
export type RemoteBranches = Map<string, string>

/** A commit as `git log` tells it. */
export type CommitFacts = {
  commit: string
  author: string
  /** UTC milliseconds. */
  at: number
  /** The whole message; its first line is the subject. */
  message: string
}

/** The file in a commit. */
export type FileInCommit =
  | { kind: 'file'; bytes: Buffer }
  | { kind: 'absent' }
  /** A link, a folder, a submodule, or larger than was asked for. */
  | { kind: 'odd'; what: string }

/** What a commit of ours says about itself. */
export type CommitWords = {
  author: { name: string; email: string }
  /** Who made the commit: the panel. */
  committer: { name: string; email: string }
  /** UTC milliseconds. */
  at: number
  message: string
}

export type PushResult =
  | { kind: 'pushed' }
  /** Somebody pushed meanwhile. */
  | { kind: 'behind' }
  /** The server does not take it: a protected branch, a hook. `reason` are its words. */
  | { kind: 'declined'; reason: string }

/** The refs of the panel's copy: the branch that is followed, and another one that is looked at. */
export type CopyRef = 'head' | 'other'
const NETWORK_MS = 300_000
const LOCAL_MS = 60_000
/** Rare, and long in a large repository on a small machine. */
const TIDY_MS = 900_000
const MIB = 1024 * 1024

/**
 * The panel's bare copy of a repository: objects only, nothing is ever checked out, so that no file
 * of it can do anything here. The copy is a cache: {@link Repository.forget} costs one fetch.
 */
export class Repository {
  constructor(
    private readonly dir: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** Makes the copy where there is none, and removes locks and half packs that a killed Git left. */
  async ensure(): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 })
    const { code } = await this.#run(['rev-parse', '--is-bare-repository'])
    if (code !== 0) {
      await this.forget()
      await mkdir(this.dir, { recursive: true, mode: 0o700 })
      await this.#must('Making the copy', ['init', '--quiet', '--bare', '.'])
    }
    for (const file of await readdir(this.dir, { recursive: true }))
      if (file.endsWith('.lock') || /^objects\/.*\btmp_[^/]+$/.test(file))
        await rm(join(this.dir, file), { force: true })
  }

  /** Removes the copy. */
  forget(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true })
  }

  /** Asks the server; an empty repository has no branch. */
  async branches(way: OpenWay): Promise<RemoteBranches> {
    const out = await this.#remote(way, 'Asking for the branches', [
      ...['ls-remote', '--heads', '--', way.url],
    ])
    const lines = out.toString('utf8').split('\n').filter(Boolean)
    return new Map(
      lines.map((line): [string, string] => {
        const [commit = '', ref = ''] = line.split('\t')
        return [ref.replace(/^refs\/heads\//, ''), commit]
      }),
    )
  }

  /** Fetches one branch with its history; answers the commit that it is at. */
  async fetch(way: OpenWay, branch: string, as: CopyRef = 'head'): Promise<string> {
    const ref = `refs/drawbridge/${as}`
    await this.#remote(way, 'Fetching', [
      ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'],
      ...['--no-auto-gc', '--', way.url, `+refs/heads/${branch}:${ref}`],
    ])
    // In the foreground: a Raspberry Pi does not collect behind our back while a job runs.
    await this.#must('Tidying up', ['gc', '--auto', '--quiet'], { timeoutMs: TIDY_MS })
    return this.#text('Reading the branch', ['rev-parse', '--verify', ref])
  }

  /** Whether the commit is here and leads to `to`; false also for one that nobody has any more. */
  async leadsTo(from: string, to: string): Promise<boolean> {
    if (!(await this.has(from))) return false
    const { code, stderr } = await this.#run(['merge-base', '--is-ancestor', from, to])
    if (code > 1) throw gitError('Comparing commits', stderr)
    return code === 0
  }

  async has(commit: string): Promise<boolean> {
    return (await this.#run(['cat-file', '-e', `${commit}^{commit}`])).code === 0
  }

  /** Commits of the branch's own line that changed the file since `from` (null: ever), oldest first. */
  async changesOf(
    path: string,
    { from, to, most }: { from: string | null; to: string; most: number },
  ): Promise<CommitFacts[]> {
    const range = from === null ? to : `${from}..${to}`
    return this.#log([...['--first-parent', '--reverse', `--max-count=${most}`, range, '--', path]])
  }

  /** What one commit says. */
  async facts(commit: string): Promise<CommitFacts> {
    const [found] = await this.#log(['--max-count=1', commit])
    if (!found) throw new GitError('git.damaged', `The copy has no commit ${commit}.`)
    return found
  }

  /** Every line that begins so in the messages of what is new at `to` since `from` (null: ever). */
  async linesThatBegin(
    start: string,
    { from, to }: { from: string | null; to: string },
  ): Promise<string[]> {
    const range = from === null ? to : `${from}..${to}`
    const found = await this.#log(['--extended-regexp', `--grep=^${escaped(start)}`, range])
    return found
      .flatMap(({ message }) => message.split('\n'))
      .filter((line) => line.startsWith(start))
  }

  async #log(args: readonly string[]): Promise<CommitFacts[]> {
    const out = await this.#must('Reading the history', [
      ...['log', '-z', '--no-color', '--encoding=UTF-8', '--format=%H%n%at%n%an%n%B', ...args],
    ])
    return out
      .toString('utf8')
      .split('\0')
      .filter((each) => each.trim() !== '')
      .map((each) => {
        const [commit = '', at = '0', author = '', ...message] = each.trimStart().split('\n')
        return { commit, at: Number(at) * 1000, author, message: message.join('\n').trim() }
      })
  }

  /** The file at `path`; one of more than `mostBytes` is not read. */
  async file(commit: string, path: string, mostBytes: number): Promise<FileInCommit> {
    const entry = await this.#entry(commit, path)
    if (entry === null) return { kind: 'absent' }
    if (entry.mode === '120000') return { kind: 'odd', what: 'a link to another file' }
    if (entry.type !== 'blob') return { kind: 'odd', what: `a ${entry.type}, not a file` }
    const size = Number(await this.#text('Reading the file', ['cat-file', '-s', entry.object]))
    if (size > mostBytes) {
      const most = Math.round(mostBytes / MIB)
      return { kind: 'odd', what: `${(size / MIB).toFixed(1)} MiB large; ${most} MiB are read` }
    }
    const bytes = await this.#must('Reading the file', ['cat-file', 'blob', entry.object])
    return { kind: 'file', bytes }
  }

  async #entry(commit: string, path: string) {
    const out = await this.#must('Reading the tree', ['ls-tree', '-z', commit, '--', path])
    const match = /^(\d+) (\w+) ([0-9a-f]+)\t/.exec(out.toString('utf8'))
    if (!match) return null
    const [, mode = '', type = '', object = ''] = match
    return { mode, type, object }
  }

  /**
   * A commit on `parents` (the first one's tree counts; none: the first of a repository) in which the
   * file has this text, and every other file is as it was, byte by byte. The same words, text and
   * parents make the same commit again. Throws `git.failed` where a file is in the path's way.
   */
  async commitFile(
    { parents, path, text }: { parents: readonly string[]; path: string; text: string },
    words: CommitWords,
  ): Promise<string> {
    const index = join(this.dir, 'drawbridge-index')
    await rm(index, { force: true })
    const env = { GIT_INDEX_FILE: index }
    const [first] = parents
    const held = first === undefined ? null : await this.#entry(first, path)
    if (first !== undefined) await this.#must('Reading the tree', ['read-tree', first], { env })
    const blob = await this.#text('Writing the file', ['hash-object', '-w', '--stdin'], {
      stdin: text,
    })
    const mode = held?.mode === '100755' ? held.mode : '100644'
    const entry = `${mode},${blob},${path}`
    await this.#must('Writing the file', ['update-index', '--add', '--cacheinfo', entry], { env })
    const tree = await this.#text('Writing the tree', ['write-tree'], { env })
    await rm(index, { force: true })
    return this.#text(
      'Writing the commit',
      ['commit-tree', tree, ...parents.flatMap((each) => ['-p', each]), '-F', '-'],
      { stdin: words.message, env: identityOf(words) },
    )
  }

  /** Pushes one commit to one branch, never by force. `dryRun`: only asks whether it would be taken. */
  async push(
    way: OpenWay,
    { commit, branch, dryRun = false }: { commit: string; branch: string; dryRun?: boolean },
  ): Promise<PushResult> {
    const args = ['push', '--porcelain', '--no-verify', ...(dryRun ? ['--dry-run'] : [])]
    const ran = await this.#ask(way, [...args, '--', way.url, `${commit}:refs/heads/${branch}`])
    if (ran.code === 0) return { kind: 'pushed' }
    const line = ran.stdout
      .toString('utf8')
      .split('\n')
      .find((each) => each.startsWith('!'))
    const refused = way.refused()
    if (refused) throw refused
    if (line === undefined) throw gitError('Pushing', ran.stderr)
    return judgePush(line, ran.stderr)
  }

  #ask(way: OpenWay, args: readonly string[]) {
    const { env, credential } = way
    return this.#run(args, { env, credential, timeoutMs: NETWORK_MS })
  }

  async #remote(way: OpenWay, doing: string, args: readonly string[]): Promise<Buffer> {
    const { code, stdout, stderr } = await this.#ask(way, args)
    const refused = way.refused()
    if (code !== 0 && refused) throw refused
    if (code !== 0) throw gitError(doing, stderr)
    return stdout
  }

  async #must(doing: string, args: readonly string[], options: Partial<GitRun> = {}) {
    const { code, stdout, stderr } = await this.#run(args, options)
    if (code !== 0) throw gitError(doing, stderr)
    return stdout
  }

  async #text(doing: string, args: readonly string[], options: Partial<GitRun> = {}) {
    return (await this.#must(doing, args, options)).toString('utf8').trim()
  }

  #run(args: readonly string[], options: Partial<GitRun> = {}) {
    const { env, ...rest } = options
    return runGit({
      ...{ cwd: this.dir, signal: this.signal, timeoutMs: LOCAL_MS, args },
      // This folder and no other, whoever owns it.
      env: { GIT_DIR: this.dir, ...env },
      ...rest,
    })
  }
}

/** A text as an extended regular expression. */
const escaped = (text: string) => text.replace(/[\\.[\]*^$+?(){}|/]/g, '\\$&')

/** `!<tab>from:to<tab>[rejected] (fetch first)` (git-push(1), OUTPUT). */
function judgePush(line: string, stderr: string): PushResult {
  const summary = line.split('\t')[2] ?? line
  const raced = /fetch first|non-fast-forward|stale info|incorrect old value|cannot lock ref/
  if (raced.test(summary) || /is at [0-9a-f]+ but expected/.test(stderr)) return { kind: 'behind' }
  const words = stderr
    .split('\n')
    .filter((each) => each.startsWith('remote:'))
    .map((each) => plainWords(each.replace(/^remote:/, '')))
    .filter(Boolean)
  return { kind: 'declined', reason: [plainWords(summary), ...words].join(' ').slice(0, 500) }
}

function identityOf({ author, committer, at }: CommitWords): Record<string, string> {
  const date = `${Math.floor(at / 1000)} +0000`
  return {
    GIT_AUTHOR_NAME: plain(author.name),
    GIT_AUTHOR_EMAIL: plain(author.email),
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: plain(committer.name),
    GIT_COMMITTER_EMAIL: plain(committer.email),
    GIT_COMMITTER_DATE: date,
  }
}

/** Without what ends a line or an address in a commit's header, and never what Git takes for no name. */
function plain(text: string): string {
  const line = [...text.replace(/[\p{Cc}\s<>]+/gu, ' ').trim()].slice(0, 200).join('')
  // Git strips these from both ends and refuses an empty rest (git-commit-tree(1), ident.c).
  return /[^ .,:;"'\\]/.test(line) ? line : 'somebody'
}
