import type { StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepHandler } from '../handler'
import { aptInstall, aptUpdate, installedVersions } from './apt'
import { GuestError } from './guest-error'
import { takeUpRun } from './long-run'

const KUBE = ['kubeadm', 'kubelet', 'kubectl'] as const
/** What kubeadm's preflight, Longhorn (iSCSI, encryption) and NFS volumes need on every node. */
const SUPPORT = [
  ...['conntrack', 'socat', 'ebtables', 'ethtool', 'curl', 'ca-certificates'],
  ...['nfs-common', 'open-iscsi', 'cryptsetup'],
] as const

const KEYRING = '/etc/apt/keyrings/kubernetes.asc'
const SOURCE = '/etc/apt/sources.list.d/kubernetes.list'

/** One repository per minor. `1.29.14` -> `.../v1.29/deb`. */
const repository = (version: string) =>
  `https://pkgs.k8s.io/core:/stable:/v${version.split('.').slice(0, 2).join('.')}/deb`

export const sourceFile = (version: string) =>
  `deb [signed-by=${KEYRING}] ${repository(version)}/ /\n`

/** kubeadm, kubelet and kubectl in one version, held; and what storage and networking need beside them. */
export const guestKubePackages: StepHandler<StepArgs['guest.kube-packages']> = {
  async check({ guest, version }, ctx) {
    const session = await ctx.guest(guest)
    const installed = await installedVersions(session, [...KUBE, ...SUPPORT])
    return (
      KUBE.every((name) => installed[name]?.startsWith(`${version}-`)) &&
      SUPPORT.every((name) => installed[name] !== null) &&
      (await held(session)) &&
      (await session.run(sh`systemctl is-active iscsid`)).out.trim() === 'active'
    )
  },

  async apply({ guest, version }, ctx) {
    const session = await ctx.guest(guest)
    await session.must(sh`mkdir -p -m 0755 /etc/apt/keyrings`, { sudo: true })
    const fetched = await session.run(
      sh`curl -fsSL --retry 3 --max-time 60 -o ${KEYRING} ${`${repository(version)}/Release.key`}`,
      { sudo: true, timeoutMs: 240_000, signal: ctx.signal },
    )
    if (fetched.code !== 0) {
      throw new GuestError(
        'guest.apt-unreachable',
        `${guest.name} could not fetch the signing key of ${repository(version)}. ${fetched.err.trim()}`,
      )
    }
    await session.writeFile(SOURCE, sourceFile(version), { mode: '0644' })
    await aptUpdate(session, ctx, guest.name)
    await aptInstall(session, ctx, guest.name, [
      ...SUPPORT,
      ...KUBE.map((name) => `${name}=${version}-*`),
    ])
    await session.must(sh`apt-mark hold ${KUBE}`, { sudo: true })
    await session.must(sh`systemctl enable --now iscsid`, { sudo: true })
    await session.must(sh`systemctl enable kubelet`, { sudo: true })
  },

  takeUp: async ({ guest }, ctx) => takeUpRun(await ctx.guest(guest), ctx, 'apt-install'),
}

/** An unattended upgrade of one of them would break the version skew. */
async function held(session: GuestSession): Promise<boolean> {
  const names = (await session.must(sh`apt-mark showhold`)).split(/\s+/)
  return KUBE.every((name) => names.includes(name))
}
