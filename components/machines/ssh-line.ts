import type { ConnectionSummary } from '@/lib/api/contract'

/**
 * The command that reaches a guest the way the panel does, to be pasted into a terminal. SOCKS5 goes
 * through OpenBSD's nc, which Debian and macOS have.
 */
export function sshLine(
  login: { user: string; address: string },
  dialer: ConnectionSummary['dialer'] | null,
): string {
  const target = `${login.user}@${login.address}`
  if (dialer?.kind === 'socks5')
    return `ssh -o ProxyCommand='nc -X 5 -x ${dialer.host}:${dialer.port} %h %p' ${target}`
  if (dialer?.kind === 'ssh-jump')
    return `ssh -J ${dialer.user}@${dialer.host}:${dialer.port} ${target}`
  return `ssh ${target}`
}
