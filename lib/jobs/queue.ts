import { type Objects, sharedObject } from './objects'

/** What deciding who may run needs to know of a job. */
export type QueuedJob = {
  id: string
  title: string
  topologyId: string | null
  objects: Objects
}

/**
 * The job that another one has to wait for: a running one, or one that is queued before it, which
 * would change the same object of the same topology. Null: it may run. Errands change nothing and
 * wait for nobody.
 */
export function blockerOf<J extends QueuedJob>(
  job: QueuedJob,
  ahead: readonly J[],
): { by: J; object: readonly string[] } | null {
  if (job.topologyId === null || job.objects.length === 0) return null
  for (const by of ahead) {
    if (by.topologyId !== job.topologyId || by.id === job.id) continue
    const object = sharedObject(job.objects, by.objects)
    if (object) return { by, object }
  }
  return null
}

/** Its place from 1 and what it waits for, in words. `queued` in the order of the queue. */
export function queuePlace(
  job: QueuedJob,
  running: readonly QueuedJob[],
  queued: readonly QueuedJob[],
): { position: number; reason: string } {
  const index = queued.findIndex((each) => each.id === job.id)
  const before = queued.slice(0, Math.max(0, index))
  const blocker = blockerOf(job, [...running, ...before])
  const reason = blocker
    ? `Waits for "${blocker.by.title}", which changes ${blocker.object.at(-1)} too.`
    : 'Starts as soon as it is taken up.'
  return { position: before.length + 1, reason }
}
