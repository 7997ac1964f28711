import {
  type Chart,
  ChartError,
  service,
  serviceMonitor,
  storageClass,
  valueAt,
  workload,
} from './chart'

const crd = (group: string, version: string, plural: string, kind: string, cluster = false) => ({
  group,
  version,
  plural,
  kind,
  cluster,
})

/**
 * What the seed's charts leave in a cluster, as far as a panel can see it: workloads with their
 * names (from the charts' own documented readiness), definitions, services and storage classes.
 */
export const CHARTS: Record<string, Chart> = {
  'tigera-operator': {
    definitions: [
      crd('operator.tigera.io', 'v1', 'installations', 'Installation', true),
      crd('projectcalico.org', 'v3', 'globalnetworkpolicies', 'GlobalNetworkPolicy', true),
    ],
    render: (input) => [
      workload(input, 'Deployment', 'tigera-operator', {
        image: 'quay.io/tigera/operator:v1.36.16',
        hostNetwork: true,
        everywhere: true,
      }),
      // What the operator makes of the Installation.
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'calico-system' } },
      workload(input, 'DaemonSet', 'calico-node', {
        image: 'docker.io/calico/node:v3.29.7',
        namespace: 'calico-system',
        labels: { 'k8s-app': 'calico-node' },
        hostNetwork: true,
        everywhere: true,
      }),
      workload(input, 'Deployment', 'calico-kube-controllers', {
        image: 'docker.io/calico/kube-controllers:v3.29.7',
        namespace: 'calico-system',
      }),
    ],
  },
  metallb: {
    definitions: [
      crd('metallb.io', 'v1beta1', 'ipaddresspools', 'IPAddressPool'),
      crd('metallb.io', 'v1beta1', 'l2advertisements', 'L2Advertisement'),
    ],
    render: (input) => [
      workload(input, 'Deployment', `${input.release}-controller`, {
        image: 'quay.io/metallb/controller:v0.16.1',
      }),
      workload(input, 'DaemonSet', `${input.release}-speaker`, {
        image: 'quay.io/metallb/speaker:v0.16.1',
        hostNetwork: true,
        everywhere: true,
      }),
    ],
  },
  'ingress-nginx': {
    render: (input) => [
      workload(input, 'Deployment', `${input.release}-controller`, {
        image: 'registry.k8s.io/ingress-nginx/controller:v1.13.9',
        replicas: Number(valueAt(input.values, 'controller.replicaCount') ?? 1),
      }),
      service(input, `${input.release}-controller`, 'LoadBalancer'),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: 'nginx' },
        spec: {},
      },
      ...(valueAt(input.values, 'controller.metrics.serviceMonitor.enabled') === true
        ? [serviceMonitor(input, `${input.release}-controller`)]
        : []),
    ],
  },
  longhorn: {
    definitions: [crd('longhorn.io', 'v1beta2', 'recurringjobs', 'RecurringJob')],
    render: (input) => [
      workload(input, 'DaemonSet', 'longhorn-manager', {
        image: 'longhornio/longhorn-manager:v1.12.1',
      }),
      workload(input, 'DaemonSet', 'longhorn-csi-plugin', {
        image: 'longhornio/csi-plugin:v1.12.1',
      }),
      workload(input, 'Deployment', 'longhorn-driver-deployer', {
        image: 'longhornio/longhorn-manager:v1.12.1',
      }),
      workload(input, 'Deployment', 'longhorn-ui', { image: 'longhornio/longhorn-ui:v1.12.1' }),
      storageClass('longhorn', 'driver.longhorn.io', true),
    ],
  },
  'nfs-subdir-external-provisioner': {
    render: (input) => {
      if (!valueAt(input.values, 'nfs.server')) {
        throw new ChartError(
          'execution error at (nfs-subdir-external-provisioner/templates/deployment.yaml): nfs.server is required',
        )
      }
      return [
        workload(input, 'Deployment', `${input.release}-nfs-subdir-external-provisioner`, {
          image: 'registry.k8s.io/sig-storage/nfs-subdir-external-provisioner:v4.0.2',
        }),
        storageClass('nfs', 'cluster.local/nfs-provisioner'),
      ]
    },
  },
  'local-path-provisioner': {
    render: (input) => [
      workload(input, 'Deployment', 'local-path-provisioner', {
        image: 'rancher/local-path-provisioner:v0.0.37',
      }),
      storageClass('local-path', 'rancher.io/local-path'),
    ],
  },
  'kube-prometheus-stack': {
    definitions: [
      crd('monitoring.coreos.com', 'v1', 'servicemonitors', 'ServiceMonitor'),
      crd('monitoring.coreos.com', 'v1', 'podmonitors', 'PodMonitor'),
      crd('monitoring.coreos.com', 'v1', 'prometheusrules', 'PrometheusRule'),
    ],
    render: (input) => [
      workload(input, 'Deployment', `${input.release}-kube-prometheus-operator`, {
        image: 'quay.io/prometheus-operator/prometheus-operator:v0.93.1',
      }),
      workload(input, 'Deployment', `${input.release}-kube-state-metrics`, {
        image: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0',
      }),
      workload(input, 'Deployment', `${input.release}-grafana`, {
        image: 'docker.io/grafana/grafana:13.2.0',
      }),
      workload(input, 'StatefulSet', `prometheus-${input.release}-kube-prometheus-prometheus`, {
        image: 'quay.io/prometheus/prometheus:v3.8.0',
      }),
      workload(input, 'StatefulSet', `alertmanager-${input.release}-kube-prometheus-alertmanager`, {
        image: 'quay.io/prometheus/alertmanager:v0.30.0',
      }),
      workload(input, 'DaemonSet', `${input.release}-prometheus-node-exporter`, {
        image: 'quay.io/prometheus/node-exporter:v1.10.0',
        hostNetwork: true,
        everywhere: true,
      }),
      serviceMonitor(input, `${input.release}-kubelet`),
    ],
  },
  loki: {
    render: (input) => {
      const configs = valueAt(input.values, 'loki.schemaConfig.configs')
      if (!Array.isArray(configs)) {
        throw new ChartError(
          'execution error at (loki/templates/validate.yaml): You must provide a schema_config for Loki',
        )
      }
      return [
        workload(input, 'StatefulSet', input.release, { image: 'docker.io/grafana/loki:3.7.6' }),
        service(input, input.release, 'ClusterIP'),
      ]
    },
  },
  promtail: {
    render: (input) => [
      workload(input, 'DaemonSet', input.release, {
        image: 'docker.io/grafana/promtail:2.9.3',
        everywhere: true,
      }),
    ],
  },
  'cert-manager': {
    definitions: [
      crd('cert-manager.io', 'v1', 'certificates', 'Certificate'),
      crd('cert-manager.io', 'v1', 'issuers', 'Issuer'),
      crd('cert-manager.io', 'v1', 'clusterissuers', 'ClusterIssuer', true),
    ],
    render: (input) => [
      workload(input, 'Deployment', 'cert-manager', {
        image: 'quay.io/jetstack/cert-manager-controller:v1.18.6',
      }),
      workload(input, 'Deployment', 'cert-manager-webhook', {
        image: 'quay.io/jetstack/cert-manager-webhook:v1.18.6',
      }),
      workload(input, 'Deployment', 'cert-manager-cainjector', {
        image: 'quay.io/jetstack/cert-manager-cainjector:v1.18.6',
      }),
      ...(valueAt(input.values, 'prometheus.servicemonitor.enabled') === true
        ? [serviceMonitor(input, 'cert-manager')]
        : []),
    ],
  },
  'argo-cd': {
    definitions: [
      crd('argoproj.io', 'v1alpha1', 'applications', 'Application'),
      crd('argoproj.io', 'v1alpha1', 'appprojects', 'AppProject'),
    ],
    render: (input) => [
      ...['server', 'repo-server', 'applicationset-controller', 'notifications-controller'].map(
        (part) =>
          workload(input, 'Deployment', `${input.release}-argocd-${part}`, {
            image: 'quay.io/argoproj/argocd:v3.0.12',
          }),
      ),
      workload(input, 'Deployment', `${input.release}-argocd-redis`, {
        image: 'public.ecr.aws/docker/library/redis:7.2.8',
      }),
      workload(input, 'StatefulSet', `${input.release}-argocd-application-controller`, {
        image: 'quay.io/argoproj/argocd:v3.0.12',
      }),
    ],
  },
  velero: {
    definitions: [
      crd('velero.io', 'v1', 'backupstoragelocations', 'BackupStorageLocation'),
      crd('velero.io', 'v1', 'schedules', 'Schedule'),
      crd('velero.io', 'v1', 'backups', 'Backup'),
    ],
    render: (input) => [
      workload(input, 'Deployment', 'velero', { image: 'velero/velero:v1.15.2' }),
      ...(valueAt(input.values, 'deployNodeAgent') === true
        ? [workload(input, 'DaemonSet', 'node-agent', { image: 'velero/velero:v1.15.2' })]
        : []),
    ],
  },
  'metrics-server': {
    render: (input) => [
      workload(input, 'Deployment', 'metrics-server', {
        image: 'registry.k8s.io/metrics-server/metrics-server:v0.7.2',
      }),
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1beta1.metrics.k8s.io' },
        spec: { group: 'metrics.k8s.io', version: 'v1beta1' },
      },
    ],
  },
}
