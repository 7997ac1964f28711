import { pause } from '@/lib/io/pause'
import { KubernetesError } from './errors'
import type { KubernetesObject } from './kubernetes'

/** What a watch reads from: a collection as of a version, and its changes from there on. */
export type WatchSource = {
  snapshot(path: string): Promise<{ items: KubernetesObject[]; version: string }>
  /**
   * Lines of JSON until the server ends the stream. Throws `KubernetesError`; rejects with the
   * signal's reason when aborted.
   */
  lines(path: string, version: string, signal: AbortSignal): AsyncIterable<string>
}

/** `listed` holds everything there is: at first, and whenever the server forgot where we were. */
export type WatchEvent =
  | { type: 'listed'; objects: KubernetesObject[] }
  | { type: 'added' | 'modified' | 'deleted'; object: KubernetesObject }

export type WatchOptions = {
  signal: AbortSignal
  /** The first pause after a failure, doubled up to `longestPauseMs`. Default 1,000 and 30,000. */
  pauseMs?: number
  longestPauseMs?: number
}

type Line = { type: string; object: KubernetesObject & { code?: number } }

const CHANGES = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const

/**
 * A collection and what happens to it, for ever: goes on from the last version seen when the stream
 * ends, lists again when that is too old (410), waits longer and longer while nothing answers.
 * Returns when its signal is aborted. A bug is thrown, and so is an answer that waiting does not
 * change, such as "forbidden".
 */
export async function* watch(
  source: WatchSource,
  path: string,
  { signal, pauseMs = 1000, longestPauseMs = 30_000 }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  let version: string | null = null
  let waitMs = pauseMs
  while (!signal.aborted) {
    try {
      if (version === null) {
        const listed = await source.snapshot(path)
        version = listed.version
        yield { type: 'listed', objects: listed.items }
      }
      for await (const line of source.lines(path, version, signal)) {
        const { type, object } = JSON.parse(line) as Line
        if (type === 'ERROR') {
          version = null
          break
        }
        version = object.metadata.resourceVersion ?? version
        waitMs = pauseMs
        if (type in CHANGES) yield { type: CHANGES[type as keyof typeof CHANGES], object }
      }
      // Servers end a watch now and then; one that does so at once must not make us spin.
      await pauseUnlessAborted(version === null ? 0 : pauseMs / 4, signal)
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof KubernetesError) || !passes(error)) throw error
      if (error.status === 410) version = null
      await pauseUnlessAborted(waitMs, signal)
      waitMs = Math.min(waitMs * 2, longestPauseMs)
    }
  }
}

const passes = (error: KubernetesError): boolean => error.transient || error.status === 410

const pauseUnlessAborted = (ms: number, signal: AbortSignal): Promise<void> =>
  pause(ms, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
