import { isK3sDownload, releaseFile } from '../../kubernetes/k3s/release'
import type { Command, CommandContext, CommandFamily } from '../command'
import { findNode, listNames, normalizePath, readText, writeText } from '../filesystem'
import { interfacesOf } from '../interfaces'
import { done, failed, write } from '../shell/script'
import { readOptions } from './text'

const notInstalled = (name: string) => failed(`bash: line 1: ${name}: command not found`, 127)

/** Upstream version of a Debian package version: `2.2.1` of `2.2.1-0ubuntu1~22.04.2`. */
const upstream = (version: string | undefined) => /\d+\.\d+\.\d+/.exec(version ?? '')?.[0] ?? ''

const containerd: Command = ({ os, args, lab, vm }) => {
  const version = os.packages.containerd
  if (version === undefined) return notInstalled('containerd')
  if (args[0] === '--version') {
    return done(`containerd github.com/containerd/containerd/v2 ${upstream(version)} \n`)
  }
  if (args[0] === 'config' && args[1] === 'dump') {
    return done(readText(lab, vm, '/etc/containerd/config.toml') ?? '')
  }
  return failed(`containerd: unknown command ${args[0]}`)
}

/** Sections and keywords that a configuration of ours may hold; HAProxy refuses what it does not know. */
const SECTION = /^(global|defaults|frontend \S+|backend \S+|listen \S+)$/
const KEYWORD =
  /^(log|maxconn|user|group|daemon|stats|mode|option|timeout|bind|default_backend|balance|http-check|default-server|server)\b/

const haproxy: Command = ({ os, args, lab, vm }) => {
  const version = os.packages.haproxy
  if (version === undefined) return notInstalled('haproxy')
  if (args[0] === '-v')
    return done(`HAProxy version ${version} 2023/12/14 - https://haproxy.org/\n`)
  const path = args[args.indexOf('-f') + 1] ?? ''
  const text = readText(lab, vm, normalizePath(path))
  if (text === null)
    return failed(
      `[ALERT]    (1) : config : Cannot open configuration file/directory ${path} : No such file or directory`,
    )
  const faults = text.split('\n').flatMap((line, index) => {
    const plain = line.replace(/#.*/, '').trim()
    if (plain === '') return []
    const known = /^\s/.test(line) ? KEYWORD.test(plain) : SECTION.test(plain)
    return known
      ? []
      : [
          `[ALERT]    (1) : config : parsing [${path}:${index + 1}] : unknown keyword '${plain.split(' ')[0]}' in section`,
        ]
  })
  const target = /^\s*default_backend\s+(\S+)/m.exec(text)?.[1]
  if (target && !new RegExp(`^backend ${target}$`, 'm').test(text)) {
    faults.push(
      `[ALERT]    (1) : config : Proxy: unable to find required default_backend: '${target}'.`,
    )
  }
  if (faults.length > 0)
    return failed(
      `${faults.join('\n')}\n[ALERT]    (1) : config : Fatal errors found in configuration.`,
    )
  return done('Configuration file is valid\n')
}

type Export = { path: string; client: string; options: string }

/** What /etc/exports and /etc/exports.d ask for. */
function exportsOf({ lab, vm }: CommandContext): Export[] {
  const files = [
    '/etc/exports',
    ...listNames(lab, vm, '/etc/exports.d').map((name) => `/etc/exports.d/${name}`),
  ]
  return files
    .flatMap((file) => (readText(lab, vm, file) ?? '').split('\n'))
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [path = '', ...clients] = line.split(/\s+/)
      return clients.map((each) => ({
        path,
        client: each.replace(/\(.*/, ''),
        options: /\((.*)\)/.exec(each)?.[1] ?? '',
      }))
    })
}

const exportfs: Command = (context) => {
  const { os, guest, args, lab, vm } = context
  if (!('nfs-kernel-server' in os.packages)) return notInstalled('exportfs')
  if (context.user !== 'root')
    return failed(
      'exportfs: could not open /var/lib/nfs/.etab.lock for locking: errno 13 (Permission denied)',
    )
  const wanted = exportsOf(context)
  if (args.some((arg) => /^-\w*[ra]/.test(arg))) {
    const missing = wanted.find(({ path }) => findNode(lab, vm, path)?.kind !== 'dir')
    return missing
      ? failed(`exportfs: Failed to stat ${missing.path}: No such file or directory`)
      : done()
  }
  if (guest.units['nfs-server']?.active !== 'active') return done()
  return done(
    wanted.map(({ path, client, options }) => `${path}  ${client}(${options})\n`).join(''),
  )
}

/** Whether the machine gets out: it has a gateway and somebody who resolves names. */
const getsOut = ({ lab, vm }: CommandContext): boolean => {
  const cards = interfacesOf(lab, vm)
  return cards.some(({ gateway }) => gateway !== null) && cards.some(({ dns }) => dns.length > 0)
}

/** A key as an armoured file; nothing verifies it here. */
const KEY =
  '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n(simulated)\n-----END PGP PUBLIC KEY BLOCK-----\n'

/** 70 MB by a line of 100 Mbit. */
const DOWNLOAD_MS = 6000

const curl: Command = (context) => {
  const { lab, vm, user, mtime } = context
  const { flags, operands } = readOptions(context.args, 'o')
  const url = operands.find((each) => each.startsWith('https://'))
  const host = url === undefined ? '' : new URL(url).hostname
  if (url === undefined) return failed('curl: (3) URL rejected: only https is simulated', 3)
  if (!getsOut(context)) {
    return { steps: [write(`curl: (6) Could not resolve host: ${host}`, 10_000, 'err')], code: 6 }
  }
  const content = isK3sDownload(url) ? releaseFile(url) : KEY
  if (content === null) return failed('curl: (22) The requested URL returned error: 404', 22)
  const target = flags.get('o')
  if (target === undefined) return { steps: [write(content, 800)], code: 0 }
  const path = normalizePath(target)
  const folder = findNode(lab, vm, path.slice(0, path.lastIndexOf('/')) || '/')
  if (folder?.kind !== 'dir')
    return failed(
      `curl: (23) client returned ERROR on write, ${target}: No such file or directory`,
      23,
    )
  writeText(lab, vm, path, content, { mode: 0o644, owner: user, mtime })
  return { steps: [write('', isK3sDownload(url) ? DOWNLOAD_MS : 800)], code: 0 }
}

/** Trusts what lies in /usr/local/share/ca-certificates; the lab's own downloads are trusted anyway. */
const updateCaCertificates: Command = ({ os, lab, vm, user }) => {
  if (!('ca-certificates' in os.packages)) return notInstalled('update-ca-certificates')
  if (user !== 'root')
    return failed(
      '/usr/sbin/update-ca-certificates: 105: cannot create /etc/ssl/certs: Permission denied',
    )
  const added = listNames(lab, vm, '/usr/local/share/ca-certificates').length
  return {
    steps: [
      write(`Updating certificates in /etc/ssl/certs...\n${added} added, 0 removed; done.`, 900),
    ],
    code: 0,
  }
}

/** Services of Kubernetes' machines: their programs as far as steps call them. */
export const nodeServiceCommands: CommandFamily = {
  commands: {
    ...{ containerd, haproxy, exportfs, curl },
    'update-ca-certificates': updateCaCertificates,
  },
}
