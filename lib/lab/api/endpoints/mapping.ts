import { mayDo } from '../../access'
import { mappingsOf, type Section } from '../../cluster-state'
import { whyNotMapped } from '../../mapping'
import type { Lab } from '../../state'
import { LabError } from '../answer'
import { type Call, type CallResult, type Endpoint, endpoint } from '../endpoint'
import { changedSection, digestOf, fieldsOf } from '../section'

type Kind = 'pci' | 'usb' | 'dir'

function checks(lab: Lab, kind: Kind, section: Section, node: string) {
  const fault = kind === 'pci' ? whyNotMapped(lab, section, node) : null
  if (fault === null) return []
  return [{ severity: 'error', message: `Invalid configuration: ${fault}\n` }]
}

function row(call: Call, kind: Kind, id: string): Record<string, unknown> {
  const all = mappingsOf(call.lab.state)[kind]
  const { map: _map, ...section } = all[id] as Section
  const node = call.params['check-node']
  return {
    ...{ id, type: kind, digest: digestOf(all), ...section },
    map: (all[id]?.map ?? '').split('\n').filter(Boolean),
    ...(node ? { checks: checks(call.lab, kind, all[id] as Section, node) } : {}),
  }
}

const getId = (call: Call, kind: Kind): string => {
  const id = call.params.id ?? ''
  if (!mappingsOf(call.lab.state)[kind][id]) throw new LabError(`mapping '${id}' not found`)
  return id
}

function kindEndpoints(kind: Kind): Endpoint[] {
  const path = `/cluster/mapping/${kind}`
  const modify = { need: `Mapping.Modify on /mapping/${kind}` }
  const one = { need: `Mapping.Modify on /mapping/${kind}/{id}` }
  const see = { need: `Mapping.Use|Mapping.Modify|Mapping.Audit on /mapping/${kind}/{id}` }
  return [
    endpoint(`GET ${path}`, { params: 'check-node?:node' }, (call): CallResult => {
      const { lab, caller } = call
      const ids = Object.keys(mappingsOf(lab.state)[kind])
      const seen = ids.filter((id) =>
        ['Mapping.Audit', 'Mapping.Use', 'Mapping.Modify'].some((privilege) =>
          mayDo(lab.state, caller, `/mapping/${kind}/${id}`, privilege),
        ),
      )
      return { data: seen.map((id) => row(call, kind, id)) }
    }),
    endpoint(`POST ${path}`, modify, ({ lab, params }): CallResult => {
      const all = mappingsOf(lab.state)[kind]
      const id = params.id ?? ''
      if (id in all)
        throw new LabError(`create hardware mapping failed: ${kind} ID '${id}' already defined`)
      all[id] = fieldsOf(params, ['id'])
      return { data: null }
    }),
    endpoint(`GET ${path}/{id}`, see, (call): CallResult => {
      const { type: _type, id: _id, ...fields } = row(call, kind, getId(call, kind))
      return { data: { ...fields, id: call.params.id, type: kind } }
    }),
    endpoint(`PUT ${path}/{id}`, one, (call): CallResult => {
      const id = getId(call, kind)
      const all = mappingsOf(call.lab.state)[kind]
      all[id] = changedSection(all[id] as Section, call.params, ['id'])
      return { data: null }
    }),
    endpoint(`DELETE ${path}/{id}`, modify, (call): CallResult => {
      const id = getId(call, kind)
      delete mappingsOf(call.lab.state)[kind][id]
      return { data: null }
    }),
  ]
}

export const mappingEndpoints: Endpoint[] = [
  endpoint('GET /cluster/mapping', {}, () => ({
    data: ['pci', 'usb', 'dir'].map((name) => ({ name })),
  })),
  ...kindEndpoints('pci'),
  ...kindEndpoints('usb'),
  ...kindEndpoints('dir'),
]
