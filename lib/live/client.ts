'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { consoleKeys } from '@/lib/api/client-console'
import { gitKeys } from '@/lib/api/client-git'
import { identityKeys } from '@/lib/api/client-identity'
import { keys } from '@/lib/api/query-keys'
import type { ServerMessages } from './contract'
import { emptyJobStream } from './job-stream'
import { liveSocket } from './socket'
import { type JobFollowed, JobSubscription } from './subscribe-job'

/** Whether what the page shows is being kept current. `asOf`: when it last was, UTC milliseconds. */
export type LiveState =
  | { status: 'connecting' }
  | { status: 'live' }
  | { status: 'reconnecting'; asOf: number }
  /** The session is gone: signing in again is what helps. */
  | { status: 'unauthorized' }

let state: LiveState = { status: 'connecting' }
const watchers = new Set<() => void>()
let watching = false

function setState(next: LiveState): void {
  state = next
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  if (!watching) {
    watching = true
    const socket = liveSocket()
    if (socket.connected) state = { status: 'live' }
    socket.on('connect', () => setState({ status: 'live' }))
    socket.on('disconnect', (reason) => {
      setState({ status: 'reconnecting', asOf: Date.now() })
      // The server hung up on purpose, as it does when a session ends: ask whether we still may.
      if (reason === 'io server disconnect') socket.connect()
    })
    socket.on('connect_error', (error) => {
      if (error.message === 'unauthorized') setState({ status: 'unauthorized' })
      else if (state.status === 'live') setState({ status: 'reconnecting', asOf: Date.now() })
    })
  }
  return () => watchers.delete(watcher)
}

/** After signing in or out: the socket asks again who it is. */
export function reconnectLive(): void {
  liveSocket().disconnect().connect()
}

const CONNECTING: LiveState = { status: 'connecting' }

/** The live badge's state. */
export function useLive(): LiveState {
  return useSyncExternalStore(
    watch,
    () => state,
    () => CONNECTING,
  )
}

/** Calls `handle` with each message of this kind while the component is mounted. */
export function useLiveMessage<E extends keyof ServerMessages>(
  event: E,
  handle: (message: Parameters<ServerMessages[E]>[0]) => void,
): void {
  const latest = useRef(handle)
  useEffect(() => {
    latest.current = handle
  })
  useEffect(() => {
    const socket = liveSocket()
    // The socket's own type cannot follow a generic event name.
    const listener = ((message: Parameters<ServerMessages[E]>[0]) =>
      latest.current(message)) as never
    socket.on(event as 'revision', listener)
    return () => {
      socket.off(event as 'revision', listener)
    }
  }, [event])
}

/**
 * Keeps the query cache current: each message refetches exactly what it makes old, and a reconnect
 * refetches everything that is on screen. Mount it once, in the frame.
 */
export function useLiveQueries(): void {
  const queries = useQueryClient()
  const stale = (...queryKeys: readonly (readonly unknown[])[]) => {
    for (const queryKey of queryKeys) void queries.invalidateQueries({ queryKey })
  }
  useLiveMessage('revision', ({ topologyId: t }) =>
    stale(keys.topologies(), keys.head(t), keys.revisions(t), keys.plan(t), keys.status()),
  )
  useLiveMessage('git-changed', ({ topologyId: t }) => stale(gitKeys.link(t)))
  useLiveMessage('consoles-changed', ({ topologyId: t }) => stale(consoleKeys.ofTopology(t)))
  useLiveMessage('layout', ({ topologyId: t }) => stale(keys.head(t)))
  useLiveMessage('observed', ({ topologyId: t }) =>
    stale(keys.observed(t), keys.plan(t), keys.status(), identityKeys.identities()),
  )
  useLiveMessage('jobs-changed', ({ jobId }) =>
    stale(keys.jobs(), keys.job(jobId), keys.topologies(), keys.status()),
  )
  useLiveMessage('connections-changed', () =>
    stale(keys.connections(), keys.status(), identityKeys.identities()),
  )
  useEffect(() => {
    const socket = liveSocket()
    let before = socket.connected
    const refetch = () => {
      if (before) void queries.invalidateQueries()
      before = true
    }
    socket.on('connect', refetch)
    return () => {
      socket.off('connect', refetch)
    }
  }, [queries])
}

const NOT_YET: JobFollowed = { ...emptyJobStream, status: 'joining', error: null }

/** A job's lines and events: what was stored, then the stream, without gap or repeat. */
export function useJobStream(jobId: string): JobFollowed {
  const [followed, setFollowed] = useState<{ jobId: string; state: JobFollowed } | null>(null)
  useEffect(() => {
    const subscription = new JobSubscription(liveSocket(), jobId, () =>
      setFollowed({ jobId, state: subscription.state }),
    )
    return () => subscription.stop()
  }, [jobId])
  return followed?.jobId === jobId ? followed.state : NOT_YET
}
