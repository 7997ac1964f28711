import type { CareDisk, CarePart, HostCareAnswer } from '@/lib/api/contract-host-care'
import { PanelError } from '@/lib/base/errors'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { Answers } from './answers'
import type { Reach } from './reach'

/** The page waits 15 s; each part has to be there before, or is said to be late. */
const WITHIN_MS = 12_000
/** Many pages that are opened at once cost one look: disks are asked for their SMART. */
const KEPT_MS = 60_000

/** What the provisioner tells of a host that its Proxmox keeps beside VMs. Nothing of it is stored. */
export function hostCareAnswers(
  { reach, now }: { reach: Pick<Reach, 'proxmox'>; now(): number },
  withinMs = WITHIN_MS,
): Answers {
  const kept = new Map<string, { at: number; answer: Promise<HostCareAnswer> }>()
  return {
    async 'host.care'({ connectionId, node }) {
      for (const [key, { at }] of kept) if (now() - at >= KEPT_MS) kept.delete(key)
      const key = JSON.stringify([connectionId, node])
      const before = kept.get(key)
      if (before) return before.answer
      const at = now()
      const answer = reach
        .proxmox(connectionId)
        .then((proxmox) => readCare(proxmox, { node, at, withinMs }))
      kept.set(key, { at, answer })
      // What could not be asked at all is asked anew the next time.
      answer.catch(() => kept.delete(key))
      return answer
    },
  }
}

async function readCare(
  { disks, certificates, updates }: Proxmox,
  { node, at, withinMs }: { node: string; at: number; withinMs: number },
): Promise<HostCareAnswer> {
  const of = <T>(read: Promise<T>) => part(read, withinMs)
  const [disksRead, poolsRead, certificatesRead, updatesRead] = await Promise.all([
    of(readDisks(disks, node)),
    of(disks.thinPools(node).then((found) => found.map(toPool))),
    of(
      certificates
        .list(node)
        .then((found) => found.map(({ file, issuer, validTo }) => ({ file, issuer, validTo }))),
    ),
    of(updates.list(node).then((found) => found.map(({ name, from, to }) => ({ name, from, to })))),
  ])
  return {
    ...{ node, at, disks: disksRead, pools: poolsRead },
    ...{ certificates: certificatesRead, updates: updatesRead },
  }
}

/** Disks that turn may sleep, and a look at a page must not wake them: the others are asked, one by one. */
const MAY_SLEEP = ['hdd', 'usb', 'unknown']

async function readDisks(disks: Proxmox['disks'], node: string): Promise<CareDisk[]> {
  const found = await disks.list(node, { smart: false })
  return Promise.all(
    found.map(async ({ serial: _, ...disk }) => {
      if (MAY_SLEEP.includes(disk.kind)) return disk
      try {
        const { healthy, wearPercent } = await disks.smart(node, disk.device)
        return { ...disk, healthy, wearPercent }
      } catch (error) {
        // One disk that cannot say, or its tool, leaves the others as they are.
        if (error instanceof PanelError) return disk
        throw error
      }
    }),
  )
}

const share = (used: number, size: number) => (size === 0 ? 0 : used / size)

const toPool = (pool: Awaited<ReturnType<Proxmox['disks']['thinPools']>>[number]) => ({
  ...{ name: pool.name, sizeBytes: pool.sizeBytes },
  data: share(pool.usedBytes, pool.sizeBytes),
  metadata: share(pool.metadataUsedBytes, pool.metadataSizeBytes),
})

/** One part; that it cannot be had, or not in time, is told of this part alone. */
async function part<T>(read: Promise<T>, withinMs: number): Promise<CarePart<T>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<CarePart<T>>((resolve) => {
    const reason = `Proxmox did not answer within ${withinMs / 1000} s.`
    timer = setTimeout(() => resolve({ state: 'unknown', reason }), withinMs)
  })
  const asked = read.then(
    (value): CarePart<T> => ({ state: 'known', value }),
    (error: unknown): CarePart<T> => {
      if (!(error instanceof PanelError)) throw error
      return { state: 'unknown', reason: error.message }
    },
  )
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}
