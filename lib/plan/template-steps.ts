import { canonicalHash } from '@/lib/base/canonical-hash'
import { DEFAULT_BRIDGE } from '@/lib/topology/defaults'
import { plugOf } from '@/lib/topology/plug'
import { resolveVms } from '@/lib/topology/resolve'
import type { Template, Topology } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import { DEFAULT_USER } from './desired'
import { makeStep, storageLock } from './make-step'
import type { Observed } from './observed'
import { placeOf, proxmoxHosts, refTo, storageFor } from './places'
import type { Refused } from './plan'
import type { SeedSpec, Step, VmRef } from './step'

/** A template of the document with everything decided. */
export type WantedTemplate = {
  id: string
  hostId: string
  ref: VmRef
  imageUrl: string
  imageSha256: string | null
  imageStorage: string
  storage: string
  seedStorage: string
  seed: SeedSpec
  bridge: string
  tag: number | null
  /** Names what is baked in; another value means the template is out of date. */
  specHash: string
}

/** Name that the guest agent has in Debian and Ubuntu alike; stock cloud images lack it (trap T1). */
const AGENT = 'qemu-guest-agent'

/** A template of the document, or why it cannot be made. */
export function wantTemplate(
  topology: Topology,
  id: string,
  context: PlanContext,
): WantedTemplate | { refused: Refused } {
  const template = topology.templates?.[id]
  const hostId = template?.host ?? proxmoxHosts(topology)[0]
  const at = hostId === undefined ? null : placeOf(topology, hostId)
  const host = hostId === undefined ? undefined : topology.hosts?.[hostId]
  const [images, imports, isos] = (['images', 'import', 'iso'] as const).map((content) =>
    storageFor(host, content),
  )
  const lacks = !template
    ? 'it is not in the document'
    : !at || !hostId || !context.connections.includes(at.connection)
      ? 'no Proxmox host with a connection keeps it'
      : !template.image
        ? 'it names no image'
        : template.vmid === undefined
          ? 'it has no VMID yet (given on save)'
          : !images || !imports || !isos
            ? `${hostId} needs storages for images, import and iso content`
            : null
  if (lacks !== null || !template?.image || !at || !hostId || !images || !imports || !isos)
    return {
      refused: {
        code: 'plan.template',
        message: `Template ${id} cannot be made - ${lacks} - complete it in the document.`,
        object: ['templates', id],
      },
    }
  const net = builderNetwork(topology, id, hostId)
  const seed = builderSeed(topology, id, template, context)
  const { url, sha256 = null } = template.image
  return {
    ...{ id, hostId, seed, bridge: net.bridge, tag: net.tag },
    ref: refTo(
      at,
      { kind: 'templates', id, vmid: template.vmid ?? 0, name: template.name ?? id },
      context,
    ),
    ...{
      imageUrl: url,
      imageSha256: sha256,
      imageStorage: imports,
      storage: images,
      seedStorage: isos,
    },
    specHash: canonicalHash({ url, sha256, packages: seed.packages, user: seed.user }).slice(0, 16),
  }
}

const DAY_MS = 86_400_000

/**
 * Says of a template that stands as it should that it is older than it is to be. It is not made anew
 * for that: the same image and packages give the same template.
 */
export function staleNotes(
  { id, ref, imageSha256 }: WantedTemplate,
  { topology, observed, context }: { topology: Topology; observed: Observed; context: PlanContext },
): string[] {
  const refreshDays = topology.templates?.[id]?.refreshDays
  const seen = observed.templates[id]
  if (refreshDays === undefined || seen?.state !== 'known' || seen.value.madeAt === undefined)
    return []
  const days = Math.floor((context.now - seen.value.madeAt) / DAY_MS)
  if (days <= refreshDays) return []
  const made = new Date(seen.value.madeAt).toISOString().slice(0, 10)
  const how =
    imageSha256 === null ? "Write a newer image's URL" : "Write a newer image's URL and checksum"
  return [
    `Template ${ref.name} was made on ${made}, ${days} days ago, and is to be renewed after ${refreshDays}. ${how}, and Deploy makes it anew; VMs keep what they were cloned from until they are rebuilt.`,
  ]
}

/** Steps until a baked template stands as the document says; none if it does. */
export function templateSteps(
  wanted: WantedTemplate,
  observed: Observed,
  context: PlanContext,
): Step[] {
  const seen = observed.templates[wanted.id]
  const { ref, id } = wanted
  const there = seen?.state === 'known' ? seen.value : null
  if (there?.baked && there.specHash === wanted.specHash) return []

  const of = id
  const object = ['templates', id]
  const outdated = there?.baked === true
  const reason = outdated
    ? `template ${ref.name} was baked from another image or package list`
    : there
      ? `template ${ref.name} was not finished`
      : `template ${ref.name} does not exist`
  const effect = outdated ? 'replace' : 'create'
  const file = imageFile(wanted.imageUrl)
  const image = `${wanted.imageStorage}:import/${file}`
  const drop = outdated
    ? [makeStep(context, 'vm.delete', { ref }, { of: `template-${of}`, object, reason, effect })]
    : []
  const download = makeStep(
    context,
    'image.download',
    {
      ...{ at: ref.at, storage: wanted.imageStorage, file },
      ...{ url: wanted.imageUrl, sha256: wanted.imageSha256 },
    },
    { of, object, reason: `${ref.name} is made from it`, effect: 'prepare' },
  )
  const create = makeStep(
    context,
    'template.create',
    {
      ...{ ref, image, storage: wanted.storage, seedStorage: wanted.seedStorage },
      ...{ topologyId: context.topologyId, seed: wanted.seed },
      ...{ bridge: wanted.bridge, tag: wanted.tag },
    },
    {
      ...{ of, object, reason, effect },
      needs: [download.id, ...drop.map((step) => step.id)],
      locks: [storageLock(ref.at, wanted.storage)],
    },
  )
  const bake = makeStep(
    context,
    'template.bake',
    { ref },
    { of, object, reason: 'the image lacks the guest agent', effect, needs: [create.id] },
  )
  const seal = makeStep(
    context,
    'template.seal',
    { ref, seedStorage: wanted.seedStorage, specHash: wanted.specHash },
    { of, object, reason: 'VMs are cloned from it', effect, needs: [bake.id] },
  )
  return [...drop, download, create, bake, seal]
}

/**
 * Name of a downloaded image among a storage's `import` content: its own, told apart by its URL.
 * PVE takes only some extensions there, and `.img` of a cloud image is qcow2.
 */
function imageFile(url: string): string {
  const own = new URL(url).pathname.split('/').at(-1) ?? ''
  const name = own.replace(/\.(img|qcow2|raw)$/, '').replaceAll(/[^\w.-]/g, '-')
  return `${name || 'image'}-${canonicalHash(url).slice(0, 8)}.qcow2`
}

/** The builder needs a way to the package mirrors: the first network of the VMs that are cloned from it. */
function builderNetwork(topology: Topology, templateId: string, hostId: string) {
  const networks = topology.networks ?? {}
  const used = resolveVms(topology)
    .filter((vm) => vm.template === templateId)
    .flatMap((vm) => vm.nics.map((nic) => nic.network))
  const leased = new Set(
    Object.values(topology.pools ?? {})
      .filter((pool) => pool.purpose === 'dhcp')
      .map((pool) => pool.network),
  )
  const id = used.find((network) => leased.has(network)) ?? used[0] ?? Object.keys(networks)[0]
  const network = id === undefined ? undefined : networks[id]
  if (id === undefined || network === undefined) return { bridge: DEFAULT_BRIDGE, tag: null }
  const { bridge, vlan } = plugOf(id, network, topology.hosts?.[hostId])
  return { bridge, tag: vlan }
}

function builderSeed(
  topology: Topology,
  id: string,
  template: Template,
  context: PlanContext,
): SeedSpec {
  const digits = canonicalHash(`${context.topologyId}/templates/${id}`).toUpperCase()
  const mac = `BC:24:11:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`
  return {
    instanceId: `${context.topologyId}-template-${id}`,
    hostname: `template-${id}`,
    domain: null,
    user: template.user ?? DEFAULT_USER,
    authorizedKeys: [],
    timezone: topology.access?.timezone ?? null,
    ntp: topology.access?.ntp ?? [],
    packages: [...new Set([AGENT, ...(template.packages ?? [])])],
    nics: [{ mac, address: null, gateway: null, dns: [], mtu: null, routes: [] }],
    hosts: [],
  }
}
