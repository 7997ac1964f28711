import type { Problem, Severity } from './problem'
import * as addOns from './rules/add-on-rules'
import * as addresses from './rules/address-rules'
import * as capacity from './rules/capacity-rules'
import * as clusters from './rules/cluster-rules'
import { END_OF_LIFE_AS_OF } from './rules/end-of-life'
import * as identity from './rules/identity-rules'
import * as networks from './rules/network-rules'
import * as references from './rules/reference-rules'
import type { Rule, Unmanaged } from './rules/rule'
import * as secrets from './rules/secret-rules'
import { NOTHING_ELSE, surveyTopology } from './rules/survey'
import * as vms from './rules/vm-rules'
import type { Topology } from './topology'

/** Every rule; within a severity, problems are listed in this order: what other problems follow from comes first. */
export const RULES: readonly Rule[] = [
  references.referencesExist,
  capacity.memoryFits,
  capacity.cpusFit,
  capacity.disksFit,
  networks.cidrsAreNetworks,
  networks.networksAreApart,
  networks.poolsAreInTheirNetwork,
  networks.poolsAreApart,
  networks.gatewaysAreInside,
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
  vms.vmsAreWhole,
  vms.disksAreWhole,
  vms.gpusAreHadOnce,
  vms.templatesCanBeMade,
  clusters.membersFit,
  clusters.membersAreEnough,
  clusters.controlPlanesAreBigEnough,
  clusters.endpointsAreServed,
  secrets.secretsAreSealed,
  addOns.metallbHasAPool,
  addOns.nfsHasAServer,
  addOns.longhornCopiesAreApart,
  clusters.nodesHaveACluster,
  clusters.versionsAreSupported,
  networks.tagsAreUnique,
  networks.switchesCarryIt,
  clusters.quorumIsTold,
  addOns.addOnsAreMaintained,
  capacity.capacitiesAreKnown,
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

const COST: Record<Severity, number> = { blocker: 0, warning: 1, note: 2 }

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
  for (const problem of RULES.flatMap((rule) => rule(survey))) {
    const isAccepted = problem.severity === 'warning' && accepted.has(nameOf(problem))
    verdict[isAccepted ? 'acknowledged' : 'open'].push(problem)
  }
  verdict.open.sort((a, b) => COST[a.severity] - COST[b.severity])
  return verdict
}

const nameOf = ({ code, path }: { code: string; path: readonly string[] }): string =>
  `${code} ${path.join('/')}`

/** Whether a plan may be made: nothing says that it cannot work. */
export const deployable = (problems: readonly Problem[]): boolean =>
  problems.every(({ severity }) => severity !== 'blocker')
