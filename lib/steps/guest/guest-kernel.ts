import type { StepArgs } from '@/lib/plan/step'
import { sh } from '@/lib/ssh/shell'
import type { StepHandler } from '../handler'

/** Without these no pod starts. */
const NEEDED = ['overlay', 'br_netfilter']
/** Longhorn's; Debian's cloud kernels are built without it. */
const STORAGE = 'iscsi_tcp'
const MODULES = [...NEEDED, STORAGE]
const MODULES_PATH = '/etc/modules-load.d/drawbridge.conf'
const SYSCTL_PATH = '/etc/sysctl.d/90-drawbridge.conf'

const HEAD = '# Written by Drawbridge for Kubernetes.\n'
export const modulesFile = () => `${HEAD}${MODULES.join('\n')}\n`
/** kubeadm asks for forwarding; the bridge keys are read by older minors; inotify by log shippers. */
export const sysctlFile = () => `${HEAD}net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 524288
`

/** The fstab without its swap lines. */
export const withoutSwap = (fstab: string): string =>
  fstab
    .split('\n')
    .filter((line) => line.trim().startsWith('#') || line.trim().split(/\s+/)[2] !== 'swap')
    .join('\n')

/** Kernel modules, forwarding, no swap: now and after each boot. */
export const guestKernel: StepHandler<StepArgs['guest.kernel']> = {
  async check({ guest }, ctx) {
    const session = await ctx.guest(guest)
    return (
      (await session.readFile(MODULES_PATH)) === modulesFile() &&
      (await session.readFile(SYSCTL_PATH)) === sysctlFile() &&
      (await session.run(sh`test -d /sys/module/br_netfilter`)).code === 0 &&
      (await session.must(sh`sysctl -n net.ipv4.ip_forward`)).trim() === '1' &&
      (await session.must(sh`swapon --noheadings`, { sudo: true })).trim() === ''
    )
  },

  async apply({ guest }, ctx) {
    const session = await ctx.guest(guest)
    await session.writeFile(MODULES_PATH, modulesFile(), { mode: '0644' })
    await session.writeFile(SYSCTL_PATH, sysctlFile(), { mode: '0644' })
    for (const name of NEEDED) await session.must(sh`modprobe ${name}`, { sudo: true })
    if ((await session.run(sh`modprobe ${STORAGE}`, { sudo: true })).code !== 0)
      ctx.log(
        `The kernel of ${guest.name} has no ${STORAGE}: Longhorn could not attach volumes there. It needs the distribution's general kernel instead of its cloud kernel.`,
        'warn',
      )
    await session.must(sh`sysctl -p ${SYSCTL_PATH}`, { sudo: true })
    await session.must(sh`swapoff -a`, { sudo: true })
    const fstab = (await session.readFile('/etc/fstab')) ?? ''
    if (withoutSwap(fstab) !== fstab) {
      await session.writeFile('/etc/fstab', withoutSwap(fstab), { mode: '0644' })
    }
    await session.must(sh`systemctl mask swap.target`, { sudo: true })
  },
}
