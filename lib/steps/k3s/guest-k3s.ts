import { K3S } from '@/lib/plan/files/k3s'
import { mirrorCaPath, registriesFile, trustedCaPath } from '@/lib/plan/files/k3s-registries'
import { documentSecretName } from '@/lib/plan/secret-names'
import type { StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { aptInstall, aptUpdate, installedVersions } from '../guest/apt'
import { GuestError } from '../guest/guest-error'
import { takeUpRun } from '../guest/long-run'
import type { StepContext, StepHandler } from '../handler'
import { DOWNLOAD_RUN, installRelease } from './download-k3s'

type Args = StepArgs['guest.k3s']

/** What fetching k3s, Longhorn (iSCSI, encryption) and NFS volumes need on every node. */
const SUPPORT = ['curl', 'ca-certificates', 'nfs-common', 'open-iscsi', 'cryptsetup'] as const
/** Names under which people know what is in it. */
const ALIASES = ['kubectl', 'crictl', 'ctr'] as const

/** The k3s program in one release, whom it trusts, and where it pulls images from. Nothing is started. */
export const guestK3s: StepHandler<Args> = {
  async check(args, ctx) {
    const session = await ctx.guest(args.guest)
    const installed = await installedVersions(session, SUPPORT)
    if (SUPPORT.some((name) => installed[name] === null)) return false
    if ((await session.run(sh`systemctl is-active iscsid`)).out.trim() !== 'active') return false
    if ((await installedRelease(session)) !== args.release) return false
    for (const { path, content } of await filesOf(args, ctx))
      if ((await session.readFile(path)) !== content) return false
    return true
  },

  async apply(args, ctx) {
    const { guest, release, cas } = args
    const session = await ctx.guest(guest)
    const installed = await installedVersions(session, SUPPORT)
    const missing = SUPPORT.filter((name) => installed[name] === null)
    if (missing.length > 0) {
      await aptUpdate(session, ctx, guest.name)
      await aptInstall(session, ctx, guest.name, missing)
    }
    await session.must(sh`systemctl enable --now iscsid`, { sudo: true })
    await session.must(sh`mkdir -p -m 0755 ${K3S.folder}`, { sudo: true })
    for (const { path, content, mode } of await filesOf(args, ctx))
      await session.writeFile(path, content, { mode })
    if (cas.length > 0) await session.must(sh`update-ca-certificates`, { sudo: true })
    if ((await installedRelease(session)) !== release)
      await installRelease(session, ctx, guest.name, release)
    for (const name of ALIASES)
      await session.must(sh`ln -sf k3s ${`/usr/local/bin/${name}`}`, { sudo: true })
  },

  async takeUp({ guest }, ctx) {
    const session = await ctx.guest(guest)
    await takeUpRun(session, ctx, 'apt-install')
    await takeUpRun(session, ctx, DOWNLOAD_RUN)
  },
}

/** `v1.36.1+k3s1` of the program that is there; null if there is none. */
async function installedRelease(session: GuestSession): Promise<string | null> {
  const { code, out } = await session.run(sh`${K3S.binary} --version`)
  return code === 0 ? (/^k3s version (\S+)/m.exec(out)?.[1] ?? null) : null
}

/** Authorities and mirrors. Passwords of mirrors are the document's secrets. */
async function filesOf({ guest, mirrors, cas }: Args, ctx: StepContext) {
  const passwords = await Promise.all(
    mirrors.map(({ password }) => (password === null ? null : secretOf(password))),
  )
  async function secretOf(name: string): Promise<string> {
    const found = await ctx.secrets.find(documentSecretName(guest.topologyId, name))
    if (found) return found.reveal()
    throw new GuestError(
      'guest.config-invalid',
      `The secret ${name} has no value - a registry mirror of ${guest.name} uses it - set it under Secrets on the Design page.`,
    )
  }
  const registries = registriesFile(mirrors, passwords)
  return [
    ...cas.map((content, index) => ({ path: trustedCaPath(index), content, mode: '0644' })),
    ...mirrors.flatMap(({ ca }, index) =>
      ca === null ? [] : [{ path: mirrorCaPath(index), content: ca, mode: '0644' }],
    ),
    ...(registries === null ? [] : [{ path: K3S.registries, content: registries, mode: '0600' }]),
  ]
}
