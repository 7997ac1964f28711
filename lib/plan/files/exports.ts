/** Our own file among the NFS server's exports: other people's stay theirs. */
export const EXPORTS_PATH = '/etc/exports.d/drawbridge.exports'

/**
 * One exported folder for the networks that mount it. `no_root_squash` because the provisioner and
 * many pods write as root; NFSv4 needs TCP 2049 only.
 */
export function exportsFile(path: string, clients: readonly string[]): string {
  const options = 'rw,sync,no_subtree_check,no_root_squash'
  return `# Written by Drawbridge. Changes here are overwritten by the next deploy.
${path} ${clients.map((cidr) => `${cidr}(${options})`).join(' ')}
`
}
