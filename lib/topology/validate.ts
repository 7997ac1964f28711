import type { Problem, Severity } from './problem'
import * as addOns from './rules/add-on-rules'
import * as addresses from './rules/address-rules'
import * as availability from './rules/availability-rules'
import * as backups from './rules/backup-rules'
import * as bootstrap from './rules/bootstrap-rules'
import * as capacity from './rules/capacity-rules'
import * as clusters from './rules/cluster-rules'
import { costOf } from './rules/cost'
import * as disks from './rules/disk-rules'
import { END_OF_LIFE_AS_OF } from './rules/end-of-life'
import * as endpoints from './rules/endpoint-rules'
import * as equipment from './rules/equipment-rules'
import * as identity from './rules/identity-rules'
import * as ipv6 from './rules/ipv6-rules'
import * as names from './rules/name-rules'
import * as networks from './rules/network-rules'
import * as pretended from './rules/not-applied'
import * as notes from './rules/note-rules'
import * as panels from './rules/panel-rules'
import * as pci from './rules/pci-rules'
import * as policies from './rules/policy-rules'
import * as references from './rules/reference-rules'
import type { Rule, Unmanaged } from './rules/rule'
import * as secrets from './rules/secret-rules'
import * as servers from './rules/server-rules'
import * as sites from './rules/site-rules'
import { NOTHING_ELSE, surveyTopology } from './rules/survey'
import * as traps from './rules/trap-rules'
import * as versions from './rules/version-rules'
import * as vms from './rules/vm-rules'
import * as wires from './rules/wire-rules'
import type { Topology } from './topology'

/** Every rule; among problems that cost the same, this is the order: what other problems follow from comes first. */
export const RULES: readonly Rule[] = [
  references.referencesExist,
  references.hostPartsExist,
  capacity.memoryFits,
  capacity.cpusFit,
  capacity.disksFit,
  networks.cidrsAreNetworks,
  networks.networksAreApart,
  networks.poolsAreInTheirNetwork,
  networks.poolsAreApart,
  networks.gatewaysAreInside,
  networks.bridgesToMakeAreNamed,
  networks.hostsAreInTheirNetwork,
  clusters.cidrsFit,
  addresses.addressesAreUnique,
  addresses.addressesAreOurs,
  addresses.addressesAreInPlace,
  addresses.addressesCanBeFound,
  identity.vmidsAreUnique,
  identity.vmidsAreOurs,
  identity.macsAreUnique,
  identity.namesAreUnique,
  identity.namesAreDns,
  vms.vmsHaveAHost,
  capacity.hostsHaveAConnection,
  capacity.hostsAreApart,
  vms.vmsAreWhole,
  vms.disksAreWhole,
  vms.gpusAreHadOnce,
  vms.templatesCanBeMade,
  vms.templatesAreWhereTheirVmsAre,
  clusters.membersFit,
  clusters.membersAreEnough,
  clusters.controlPlanesAreBigEnough,
  endpoints.endpointsAreServed,
  endpoints.endpointsFloat,
  secrets.secretsAreSealed,
  addOns.metallbHasAPool,
  addOns.metallbPoolsAreApart,
  addOns.nfsHasAServer,
  addOns.longhornCopiesAreApart,
  clusters.nodesHaveACluster,
  versions.addOnsFitKubernetes,
  versions.systemsFitKubernetes,
  traps.addOnsAreNotBare,
  traps.metallbIsHeard,
  traps.calicoFindsItsNodes,
  traps.chartsHaveAnOrder,
  names.namesMeanOneThing,
  names.namesAreLookedUp,
  servers.fixedAddressesAreOutsidePools,
  wires.bridgesCarryTheirNetworks,
  wires.switchesPassTheirNetworks,
  wires.unmanagedSwitchesAreDumb,
  wires.storageHasAFastWire,
  servers.dhcpIsServedOnce,
  servers.dnsIsServed,
  servers.resolversOutliveVms,
  ipv6.ipv6IsSound,
  ipv6.sdnZonesAreSound,
  sites.tunnelsHaveTheirNetwork,
  sites.peersFindEachOther,
  sites.hostsComeBack,
  sites.networksAreAtTheirSite,
  policies.policiesAreSound,
  policies.policiesLeaveWhatIsNeeded,
  pci.devicesAreHadOnce,
  pci.passthroughIsWhole,
  disks.etcdHasAFastDisk,
  disks.nothingWearsOut,
  disks.zfsHasMemory,
  bootstrap.nothingNeedsItself,
  equipment.storagesFitTheirDisks,
  equipment.upsCarryTheirLoad,
  equipment.devicesAreWrittenOnce,
  equipment.tunnelsHaveTheirOwnKey,
  equipment.backupsAreThinnedOut,
  equipment.equipmentIsInItsNetwork,
  panels.panelIsOutside,
  backups.backupsAreElsewhere,
  backups.clusterBackupsAreElsewhere,
  backups.dataIsBackedUp,
  availability.spreadGroupsAreApart,
  availability.haDoesSomething,
  availability.proxmoxHasAQuorum,
  versions.versionsAreSupported,
  versions.hypervisorsAreSupported,
  versions.systemsAreSupported,
  versions.addOnVersionsAreSupported,
  networks.tagsAreUnique,
  networks.switchesCarryIt,
  clusters.quorumIsTold,
  availability.singlePointsAreTold,
  versions.addOnsAreMaintained,
  versions.servicesAreMaintained,
  capacity.capacitiesAreKnown,
  capacity.loadsAreSeen,
  notes.holdsHold,
  notes.reservationsKeep,
  pretended.nothingIsPretended,
]

/** What the document alone cannot tell. */
export type ValidateOptions = {
  /** Guests, addresses and load that are not in the document. */
  unmanaged?: Unmanaged
  /** ISO date; what ended by then is reported. The date of the rules' own table if absent. */
  today?: string
}

/** Problems that are open, and warnings that somebody accepted in the document. */
export type Verdict = { open: Problem[]; acknowledged: Problem[] }

const RANK: Record<Severity, number> = { blocker: 0, warning: 1, note: 2 }

/** All problems at once, costliest first, so that one round of edits can fix them. Acknowledged warnings are not among them. */
export function validate(topology: Topology, options: ValidateOptions = {}): Problem[] {
  return judge(topology, options).open
}

/** The same, with what was acknowledged beside it. */
export function judge(topology: Topology, options: ValidateOptions = {}): Verdict {
  const { unmanaged = NOTHING_ELSE, today = END_OF_LIFE_AS_OF } = options
  const survey = surveyTopology(topology, unmanaged, today)
  const accepted = new Set((topology.acknowledged ?? []).map(nameOf))
  const verdict: Verdict = { open: [], acknowledged: [] }
  for (const rule of RULES) {
    for (const problem of rule(survey)) {
      const isAccepted = problem.severity === 'warning' && accepted.has(nameOf(problem))
      verdict[isAccepted ? 'acknowledged' : 'open'].push(problem)
    }
  }
  if (accepted.size > 0) verdict.open.push(...staleIn(topology, verdict, options))
  verdict.open.sort(
    (a, b) => RANK[a.severity] - RANK[b.severity] || costOf(a.code) - costOf(b.code),
  )
  return verdict
}

const staleIn = (topology: Topology, verdict: Verdict, options: ValidateOptions): Problem[] =>
  notes.staleAcknowledgements(topology, {
    met: new Set(verdict.acknowledged.map(nameOf)),
    open: new Map(verdict.open.map((problem) => [nameOf(problem), problem])),
    sighted: options.unmanaged !== undefined,
    nameOf,
  })

const nameOf = ({ code, path }: { code: string; path: readonly string[] }): string =>
  `${code} ${path.join('/')}`

/** Whether a plan may be made: nothing says that it cannot work. */
export const deployable = (problems: readonly Problem[]): boolean =>
  problems.every(({ severity }) => severity !== 'blocker')
