import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import type { Secret } from '@/lib/base/secret'
import { parsePublicKey, publicKeyOf } from '@/lib/ssh/keys'
import { labCertificate } from '@/workers/lab/certificate'

/** A real bare repository on loopback, served by Git's own server programs. */
export type GitServer = {
  /** `https://127.0.0.1:port/homelab.git`. */
  url: string
  port: number
  /** PEM of the authority of its certificate. */
  caPem: string
  /** The bare repository's folder. */
  bare: string
  /** Requests so far, `GET /homelab.git/info/refs?service=git-upload-pack`. */
  requests: string[]
  /** Runs Git in the bare repository. */
  git(...args: string[]): string
  /** A hook of the server, as a shell script; null takes it away. */
  hook(name: 'pre-receive' | 'update', script: string | null): void
  /** What it lets in, from now on. */
  token: string
  /** Called when a push has been taken, before the client hears of it. */
  onPushed: (() => void) | null
  close(): Promise<void>
}

export const TOKEN = 'glpat-a-token-for-tests'
export const USER = 'panel'

const GIT = { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 } as const

/** Runs Git as a person does, with a name of its own and nothing of this machine's settings. */
export const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, {
    ...{ ...GIT, cwd, stdio: ['ignore', 'pipe', 'pipe'] },
    env: {
      ...{ PATH: process.env.PATH, HOME: cwd, LC_ALL: 'C', NODE_ENV: 'test' },
      ...{ GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
      ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org' },
      ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org' },
    },
  }).trim()

/** Serves `homelab.git` under `dir` over HTTPS (`git http-backend`), with a token. */
export async function startGitServer(dir: string): Promise<GitServer> {
  const bare = join(dir, 'homelab.git')
  mkdirSync(join(dir, 'lab'), { recursive: true })
  mkdirSync(bare, { recursive: true })
  git(bare, 'init', '--quiet', '--bare', '--initial-branch=main', '.')
  git(bare, 'config', 'http.receivepack', 'true')
  const { chain, key } = await labCertificate(dir)
  const requests: string[] = []
  const server = createServer({ cert: chain, key }, (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (!knows(request, handle.token)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="Git"' }).end()
      return
    }
    backend(dir, request, response, () => handle.onPushed?.())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const handle: GitServer = {
    ...{ port, bare, requests, token: TOKEN, onPushed: null },
    url: `https://127.0.0.1:${port}/homelab.git`,
    caPem: chain.slice(chain.indexOf('-----BEGIN', 1)),
    git: (...args) => git(bare, ...args),
    hook(name, script) {
      const file = join(bare, 'hooks', name)
      mkdirSync(join(bare, 'hooks'), { recursive: true })
      writeFileSync(file, `#!/bin/sh\n${script ?? 'exit 0'}\n`, { mode: 0o755 })
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return handle
}

const knows = ({ headers }: IncomingMessage, token: string): boolean =>
  headers.authorization === `Basic ${Buffer.from(`${USER}:${token}`).toString('base64')}`

/** One request through the CGI program that Git brings for this (git-http-backend(1)). */
function backend(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  onPushed: () => void,
): void {
  const url = new URL(request.url ?? '', 'https://127.0.0.1')
  const child = spawn('git', ['http-backend'], {
    env: {
      ...{ PATH: process.env.PATH, GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1', HOME: root },
      ...{ PATH_INFO: url.pathname, QUERY_STRING: url.search.slice(1), NODE_ENV: 'test' },
      ...{ REQUEST_METHOD: request.method ?? 'GET', REMOTE_USER: USER },
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  })
  child.stdin.on('error', () => undefined)
  request.pipe(child.stdin)
  const out: Buffer[] = []
  child.stdout.on('data', (chunk) => out.push(chunk))
  child.on('close', () => {
    const all = Buffer.concat(out)
    const end = all.indexOf('\r\n\r\n')
    const headers = all.subarray(0, end).toString('latin1').split('\r\n')
    const status = headers.find((line) => /^status:/i.test(line))
    if (url.pathname.endsWith('git-receive-pack')) onPushed()
    response.statusCode = status ? Number(status.split(' ')[1]) : 200
    for (const line of headers) {
      const [name = '', value = ''] = line.split(/:\s*/, 2)
      if (name !== '' && !/^status$/i.test(name)) response.setHeader(name, value)
    }
    response.end(all.subarray(end + 4))
  })
}

export type GitSshOptions = { hostKey: Secret; userKey: () => Secret | null; port?: number }

/** Serves the repositories below `root` over SSH to the holder of `userKey`; it is asked for each time. */
export async function startGitSsh(
  root: string,
  { hostKey, userKey, port: wanted = 0 }: GitSshOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const isAllowed = (key: Buffer) => {
    const allowed = userKey()
    return allowed !== null && key.equals(parsePublicKey(publicKeyOf(allowed)).blob)
  }
  const server = new ssh2.Server({ hostKeys: [hostKey.reveal()] }, (connection) => {
    connection.on('error', () => undefined)
    connection.on('authentication', (auth) => {
      if (auth.method === 'publickey' && isAllowed(Buffer.from(auth.key.data))) auth.accept()
      else auth.reject(['publickey'])
    })
    connection.on('session', (accept) => {
      const session = accept()
      session.on('env', (acceptEnv) => acceptEnv?.())
      session.on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec()
        const match = /^(git-upload-pack|git-receive-pack) '\/([\w.-]+)'$/.exec(command)
        if (!match) {
          channel.exit(1)
          channel.end()
          return
        }
        const child = spawn('git', [(match[1] ?? '').slice(4), join(root, match[2] ?? '')])
        channel.on('error', () => undefined)
        child.stdin.on('error', () => undefined)
        channel.pipe(child.stdin)
        child.stdout.on('data', (chunk) => channel.write(chunk))
        child.stderr.on('data', (chunk) => channel.stderr.write(chunk))
        child.on('close', (code) => {
          channel.exit(code ?? 1)
          channel.end()
        })
      })
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(wanted, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
