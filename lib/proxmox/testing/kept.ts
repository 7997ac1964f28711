import type { CallTarget } from './call-target'

/** For waits inside a row. */
export const wait = () => ({ signal: AbortSignal.timeout(30_000) })

/** Keeps a value for the rows after this one, and passes it on. */
export async function keep(
  target: CallTarget,
  key: string,
  value: Promise<string>,
): Promise<string> {
  const got = await value
  target.kept.set(key, got)
  return got
}
export const kept = (target: CallTarget, key: string): string => target.kept.get(key) ?? 'none'

export const CLUSTER = { of: 'cluster' } as const
export const guestScope = ({ node, vm }: CallTarget) => ({ of: 'vm', node, vmid: vm }) as const
export const imageOf = ({ files }: CallTarget) => `${files}:import/debian-12-conformance.qcow2`
export const isoOf = ({ files }: CallTarget) => `${files}:iso/conformance.iso`
