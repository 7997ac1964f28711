import { get, post } from './client'
import type { ConsolesAnswer, OpenConsoleAnswer, OpenConsoleRequest } from './contract-console'
import { api } from './paths'

/** Calls of `contract-console.ts`, one function per endpoint. */
export const consoleClient = {
  consoles: (t: string, signal?: AbortSignal) => get<ConsolesAnswer>(api.consoles(t), signal),
  open: (t: string, request: OpenConsoleRequest) =>
    post<OpenConsoleAnswer>(api.consoles(t), request),
}

/** Keys of the browser's cache. */
export const consoleKeys = {
  ofTopology: (t: string) => ['topology', t, 'consoles'] as const,
}
