/** Where a Git repository is, as it is stored and shown: no password in it. */
export type GitAddress =
  | { kind: 'https'; host: string; port: number; url: string }
  | { kind: 'ssh'; host: string; port: number; user: string; url: string }

/** The address, or the reason why it is none, in one sentence. */
export type ReadAddress = { ok: true; address: GitAddress } | { ok: false; reason: string }

/** `git@host:path`, which is no URL: a colon that no slash stands before (git-fetch(1), GIT URLS). */
const SCP_LIKE = /^(?:([\w.-]+)@)?([\w.-]+|\[[0-9a-fA-F:.]+\]):(?!\/\/)(.+)$/
const NAME = /^[\w.-]+$/

/**
 * Reads what a person typed as the address of a repository: `https://`, `ssh://` or `git@host:path`.
 * Everything that Git takes as well and that runs a program or reads this machine (`ext::`, `file:`,
 * a path) is refused, and so is a password in it, which would be shown to everybody.
 */
export function readGitAddress(typed: string): ReadAddress {
  const text = typed.trim()
  if (hasOddCharacters(text)) return no('it holds spaces or signs that no address has')
  const scp = /^[a-z]+:\/\//i.test(text) ? null : SCP_LIKE.exec(text)
  if (scp) {
    const [, user = 'git', host = '', path = ''] = scp
    return readUrl(`ssh://${user}@${host}/${path.replace(/^\//, '')}`)
  }
  return readUrl(text)
}

function readUrl(text: string): ReadAddress {
  if (!URL.canParse(text)) return no('it is no address')
  const url = new URL(text)
  if (url.password !== '') return no('it holds a password, which everybody could read')
  if (url.search !== '' || url.hash !== '') return no('it goes on after the path')
  if (url.pathname === '' || url.pathname === '/') return no('it names a server and no repository')
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (url.protocol === 'https:') {
    if (url.username !== '') return no('it holds a name, which goes into a field of its own')
    return { ok: true, address: { kind: 'https', host, port: portOf(url, 443), url: url.href } }
  }
  if (url.protocol === 'ssh:') {
    const user = decodeURIComponent(url.username || 'git')
    if (!NAME.test(user) || user.startsWith('-')) return no('its user is not a plain name')
    // The host of an unknown scheme is not checked by the URL parser; `-o...` would be an option.
    if (host === '' || host.startsWith('-')) return no('it names no server')
    url.username = user
    return { ok: true, address: { kind: 'ssh', host, port: portOf(url, 22), user, url: url.href } }
  }
  return no('only https and ssh are spoken')
}

/** What a shell, a terminal or a line-based protocol could take for something else. */
const hasOddCharacters = (text: string): boolean => !/^[\w\-.~:/@%+[\]]+$/.test(text)

const portOf = (url: URL, usual: number): number => (url.port === '' ? usual : Number(url.port))

const no = (reason: string): ReadAddress => ({ ok: false, reason })

/** Why a name cannot be a branch (git-check-ref-format(1)), or null. */
export function whyNotBranch(name: string): string | null {
  if (name === '' || name.length > 200) return 'it is empty or longer than 200 characters'
  if (!/^[\w\-./+@]+$/.test(name)) return 'it holds signs that no branch has'
  if (/^[-/.]|\/$|\.$|\.\.|\/\/|\/\.|@\{|\.lock(\/|$)|^@$/.test(name))
    return 'Git takes no such name for a branch'
  return null
}

/** Why a path cannot be the document's file in a repository, or null. */
export function whyNotPath(path: string): string | null {
  if (path === '' || path.length > 300) return 'it is empty or longer than 300 characters'
  if (!/^[\w\-. /+@]+$/.test(path))
    return 'it holds signs other than letters, digits and - _ . / + @'
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.trim() !== part))
    return 'it is not a plain path from the repository’s top'
  if (parts.some((part) => part.toLowerCase() === '.git')) return 'it goes through .git'
  if (!/\.ya?ml$/.test(path)) return 'it does not end in .yaml or .yml'
  return null
}
