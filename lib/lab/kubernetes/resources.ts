import { type Kube, list } from './kube'

/** One resource type of the API. */
export type Resource = {
  group: string
  version: string
  name: string
  kind: string
  namespaced: boolean
}

const core = (name: string, kind: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  name,
  kind,
  namespaced,
})
const of = (
  group: string,
  version: string,
  name: string,
  kind: string,
  namespaced = true,
): Resource => ({
  group,
  version,
  name,
  kind,
  namespaced,
})

/** What the API serves before any add-on. */
const BUILT_IN: readonly Resource[] = [
  core('namespaces', 'Namespace', false),
  core('nodes', 'Node', false),
  core('persistentvolumes', 'PersistentVolume', false),
  core('pods', 'Pod'),
  core('services', 'Service'),
  core('secrets', 'Secret'),
  core('configmaps', 'ConfigMap'),
  core('serviceaccounts', 'ServiceAccount'),
  core('events', 'Event'),
  core('persistentvolumeclaims', 'PersistentVolumeClaim'),
  of('apps', 'v1', 'deployments', 'Deployment'),
  of('apps', 'v1', 'daemonsets', 'DaemonSet'),
  of('apps', 'v1', 'statefulsets', 'StatefulSet'),
  of('apps', 'v1', 'replicasets', 'ReplicaSet'),
  of('batch', 'v1', 'jobs', 'Job'),
  of('batch', 'v1', 'cronjobs', 'CronJob'),
  of('networking.k8s.io', 'v1', 'ingresses', 'Ingress'),
  of('networking.k8s.io', 'v1', 'ingressclasses', 'IngressClass', false),
  of('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'),
  of('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  of('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false),
  of('storage.k8s.io', 'v1', 'volumeattachments', 'VolumeAttachment', false),
  of('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition', false),
  of('apiregistration.k8s.io', 'v1', 'apiservices', 'APIService', false),
  of('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false),
  of('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false),
  of(
    'admissionregistration.k8s.io',
    'v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    false,
  ),
]

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

type CrdSpec = {
  group: string
  scope: 'Namespaced' | 'Cluster'
  names: { plural: string; kind: string }
  versions: { name: string; served: boolean }[]
}

/** Built-in resources and those that custom resource definitions add. */
export function resourcesOf(kube: Kube): Resource[] {
  const custom = list(kube, CRDS).flatMap((crd) => {
    const { group, scope, names, versions } = crd.spec as CrdSpec
    return versions
      .filter(({ served }) => served)
      .map(({ name }) => of(group, name, names.plural, names.kind, scope === 'Namespaced'))
  })
  return [...BUILT_IN, ...custom]
}

/** `/api/v1` or `/apis/apps/v1`. */
export const groupVersionPath = ({
  group,
  version,
}: Pick<Resource, 'group' | 'version'>): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`

export const apiVersionOf = ({ group, version }: Pick<Resource, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`

/** Collection path of a resource, as `collectionOf` gives it. */
export const collectionPath = (resource: Resource): string =>
  `${groupVersionPath(resource)}/${resource.name}`
