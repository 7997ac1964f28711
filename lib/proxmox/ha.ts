import { z } from 'zod'
import { flag, flagOn, list, nullable, num, text } from './answer-values'
import { type Ask, path, type Verbs, verbsOf } from './ask'
import { ProxmoxError } from './errors'
import { type Change, listed, paramsOf } from './values'

export type HaState = 'started' | 'stopped' | 'disabled' | 'ignored' | 'enabled'

/** A guest that the HA manager looks after: `vm:211`. */
export type HaResource = {
  sid: string
  state: HaState
  maxRestart: number
  maxRelocate: number
  /** PVE 8 alone: where it may run. In 9 rules say that. */
  group: string | null
  /** PVE 9: whether it goes back once its node is there again. */
  failback: boolean
  comment: string
  digest: string
}

/** PVE 8: nodes where guests may run, with priorities. */
export type HaGroup = {
  group: string
  /** `pve1:2`: the higher the number the sooner. */
  nodes: { node: string; priority: number | null }[]
  /** Whether guests stop rather than run elsewhere. */
  restricted: boolean
  noFailback: boolean
  comment: string
}

/** PVE 9: where guests may run, or that they run together or apart. */
export type HaRule = {
  rule: string
  enabled: boolean
  /** `vm:211` ... */
  resources: string[]
  comment: string
} & (
  | {
      kind: 'node-affinity'
      nodes: { node: string; priority: number | null }[]
      /** Whether guests stop rather than run elsewhere. */
      strict: boolean
    }
  | { kind: 'resource-affinity'; apart: boolean }
)

/** What the manager says of the cluster, its nodes and guests. */
export type HaStatus = {
  quorate: boolean
  /** Null: no manager runs yet, because nothing is under HA. */
  master: string | null
  nodes: { node: string; status: string }[]
  services: { sid: string; node: string; state: string; wanted: string | null; status: string }[]
}

/** High availability. PVE 8 has groups, 9 has rules: {@link Ha.placement} says which. */
export type Ha = {
  /** Asked, not derived from the version: a cluster in the middle of its upgrade still has groups. */
  placement(): Promise<'groups' | 'rules'>
  resources(): Promise<HaResource[]>
  addResource(
    sid: string,
    options?: {
      state?: HaState
      maxRestart?: number
      maxRelocate?: number
      group?: string
      comment?: string
    },
  ): Promise<void>
  updateResource(sid: string, change: Change): Promise<void>
  /** PVE 9 takes it out of its rules too. */
  removeResource(sid: string): Promise<void>
  /** Asks the manager to move it without a stop; done later. */
  migrate(sid: string, node: string): Promise<void>
  /** The same with a stop and a start. */
  relocate(sid: string, node: string): Promise<void>
  groups(): Promise<HaGroup[]>
  createGroup(group: HaGroup): Promise<void>
  updateGroup(group: string, change: Change): Promise<void>
  removeGroup(group: string): Promise<void>
  rules(): Promise<HaRule[]>
  createRule(rule: HaRule): Promise<void>
  updateRule(rule: HaRule): Promise<void>
  removeRule(rule: string): Promise<void>
  status(): Promise<HaStatus>
}

const Resource = z.object({
  sid: z.string(),
  state: z.enum(['started', 'stopped', 'disabled', 'ignored', 'enabled']).default('started'),
  max_restart: num.default(1),
  max_relocate: num.default(1),
  group: nullable(z.string()),
  failback: flagOn,
  comment: z.string().default(''),
  digest: text.default(''),
})
const Group = z.object({
  group: z.string(),
  nodes: list,
  restricted: flag,
  nofailback: flag,
  comment: z.string().default(''),
})
const Rule = z.object({
  rule: z.string(),
  type: z.enum(['node-affinity', 'resource-affinity']),
  disable: flag,
  resources: list,
  nodes: list,
  strict: flag,
  affinity: z.enum(['positive', 'negative']).default('positive'),
  comment: z.string().default(''),
})
const StatusLine = z.object({
  type: z.string(),
  node: z.string().optional(),
  status: z.string().default(''),
  quorate: flag,
  sid: z.string().optional(),
  state: z.string().optional(),
  crm_state: z.string().optional(),
  request_state: z.string().optional(),
})

/** See {@link Ha}. */
export function haCalls(ask: Ask): Ha {
  const verbs = verbsOf(ask)
  return {
    ...resourceCalls(verbs),
    ...groupCalls(verbs),
    ...ruleCalls(verbs),
    ...statusCalls(verbs),
  }
}

type Resources =
  | 'resources'
  | 'addResource'
  | 'updateResource'
  | 'removeResource'
  | 'migrate'
  | 'relocate'

function resourceCalls({ read, change }: Verbs): Pick<Ha, Resources> {
  const one = (sid: string) => path`/cluster/ha/resources/${sid}`
  return {
    async resources() {
      const what = 'List what is under HA'
      const found = await read(z.array(Resource), what, '/cluster/ha/resources')
      return found.map(({ max_restart, max_relocate, ...rest }) => ({
        ...rest,
        maxRestart: max_restart,
        maxRelocate: max_relocate,
      }))
    },
    addResource: (sid, { state, maxRestart, maxRelocate, group, comment } = {}) =>
      change(`Put ${sid} under HA`, ['POST', '/cluster/ha/resources'], {
        ...{ sid, state, group, comment },
        max_restart: maxRestart,
        max_relocate: maxRelocate,
      }),
    updateResource: (sid, wanted) =>
      change(`Change ${sid} under HA`, ['PUT', one(sid)], paramsOf(wanted)),
    removeResource: (sid) => change(`Take ${sid} out of HA`, ['DELETE', one(sid)]),
    migrate: (sid, node) =>
      change(`Let HA move ${sid} to ${node}`, ['POST', `${one(sid)}/migrate`], { node }),
    relocate: (sid, node) =>
      change(`Let HA relocate ${sid} to ${node}`, ['POST', `${one(sid)}/relocate`], { node }),
  }
}

function groupCalls({
  read,
  change,
}: Verbs): Pick<Ha, 'groups' | 'createGroup' | 'updateGroup' | 'removeGroup'> {
  const one = (group: string) => path`/cluster/ha/groups/${group}`
  return {
    async groups() {
      const found = await read(z.array(Group), 'List the HA groups', '/cluster/ha/groups')
      return found.map(({ group, nodes, restricted, nofailback, comment }) => ({
        ...{ group, restricted, comment },
        nodes: nodes.map(parseNode),
        noFailback: nofailback,
      }))
    },
    createGroup: ({ group, nodes, restricted, noFailback, comment }) =>
      change(`Add HA group ${group}`, ['POST', '/cluster/ha/groups'], {
        group,
        nodes: listed(nodes.map(formatNode)),
        restricted: restricted || undefined,
        nofailback: noFailback || undefined,
        comment: comment || undefined,
      }),
    updateGroup: (group, wanted) =>
      change(`Change HA group ${group}`, ['PUT', one(group)], paramsOf(wanted)),
    removeGroup: (group) => change(`Remove HA group ${group}`, ['DELETE', one(group)]),
  }
}

const RULES = '/cluster/ha/rules'

function ruleCalls({
  read,
  change,
}: Verbs): Pick<Ha, 'rules' | 'createRule' | 'updateRule' | 'removeRule'> {
  const one = (rule: string) => path`/cluster/ha/rules/${rule}`
  const params = (rule: HaRule) => ({
    type: rule.kind,
    resources: listed(rule.resources),
    comment: rule.comment || undefined,
    ...(rule.kind === 'node-affinity'
      ? { nodes: listed(rule.nodes.map(formatNode)), strict: rule.strict }
      : { affinity: rule.apart ? 'negative' : 'positive' }),
  })
  return {
    async rules() {
      return (await read(z.array(Rule), 'List the HA rules', RULES)).map(toRule)
    },
    createRule: (rule) =>
      change(`Add HA rule ${rule.rule}`, ['POST', RULES], {
        rule: rule.rule,
        ...params(rule),
        disable: rule.enabled ? undefined : true,
      }),
    updateRule: (rule) =>
      change(`Change HA rule ${rule.rule}`, ['PUT', one(rule.rule)], {
        ...params(rule),
        ...(rule.enabled ? { delete: 'disable' } : { disable: true }),
      }),
    removeRule: (rule) => change(`Remove HA rule ${rule}`, ['DELETE', one(rule)]),
  }
}

function toRule(found: z.output<typeof Rule>): HaRule {
  const common = {
    rule: found.rule,
    enabled: !found.disable,
    resources: found.resources,
    comment: found.comment,
  }
  return found.type === 'node-affinity'
    ? {
        ...common,
        kind: found.type,
        nodes: found.nodes.map(parseNode),
        strict: found.strict,
      }
    : { ...common, kind: found.type, apart: found.affinity === 'negative' }
}

function statusCalls({ read }: Verbs): Pick<Ha, 'status' | 'placement'> {
  return {
    async placement() {
      try {
        await read(z.unknown(), 'Ask for HA rules', RULES)
        return 'rules'
      } catch (error) {
        // 8 has no such path: 501 (AnyEvent.pm:1399).
        if (error instanceof ProxmoxError && error.answer?.status === 501) return 'groups'
        throw error
      }
    },
    async status() {
      const what = 'Read the state of HA'
      const lines = await read(z.array(StatusLine), what, '/cluster/ha/status/current')
      return {
        quorate: lines.some(({ type, quorate }) => type === 'quorum' && quorate),
        master: lines.find(({ type }) => type === 'master')?.node ?? null,
        nodes: lines
          .filter(({ type }) => type === 'lrm')
          .map(({ node = '', status }) => ({ node, status })),
        services: lines
          .filter(({ type }) => type === 'service')
          .map((line) => ({
            sid: line.sid ?? '',
            node: line.node ?? '',
            state: line.state ?? line.crm_state ?? '',
            wanted: line.request_state ?? null,
            status: line.status,
          })),
      }
    },
  }
}

function parseNode(text: string): { node: string; priority: number | null } {
  const [node = '', priority] = text.split(':')
  return { node, priority: priority === undefined ? null : Number(priority) }
}

const formatNode = ({ node, priority }: { node: string; priority: number | null }): string =>
  priority === null ? node : `${node}:${priority}`
