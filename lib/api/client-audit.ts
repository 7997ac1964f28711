import { get, post } from './client'
import type {
  AuditAnswer,
  AuditCheckAnswer,
  AuditCheckRequest,
  AuditPageAnswer,
  AuditQuery,
} from './contract-audit'
import { api } from './paths'

/** The audit log: all of it for admins, a topology's part for who may see that. */
export const auditClient = {
  list: (query: AuditQuery = {}, signal?: AbortSignal) =>
    get<AuditPageAnswer>(api.audit(auditSearch(query)), signal),
  ofTopology: (
    t: string,
    query: Pick<AuditQuery, 'object' | 'before' | 'limit'> = {},
    signal?: AbortSignal,
  ) => get<AuditAnswer>(api.topologyAudit(t, auditSearch(query)), signal),
  check: (request: AuditCheckRequest = {}) => post<AuditCheckAnswer>(api.checkAudit(), request),
}

export const auditKeys = {
  all: () => ['audit'] as const,
  list: (query: AuditQuery) => ['audit', 'list', query] as const,
  ofTopology: (t: string, object?: string) => ['topology', t, 'audit', object ?? ''] as const,
}

/** `?who=ada&group=job`; empty without filters. */
export function auditSearch(query: AuditQuery & { format?: 'jsonl' | 'csv' }): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(key, String(value))
  return search.size > 0 ? `?${search}` : ''
}
