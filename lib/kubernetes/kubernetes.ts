/** A Kubernetes object as the API sends it. */
export type KubernetesObject = {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    uid?: string
    resourceVersion?: string
    [key: string]: unknown
  }
  [key: string]: unknown
}

/** The part of the Kubernetes API that steps and observation use. Errors are `KubernetesError`. */
export type Kubernetes = {
  /** `/readyz`; false also when nothing answers. */
  ready(): Promise<boolean>
  version(): Promise<string>
  /** Paths as the API has them: `/api/v1/nodes`, `/apis/apps/v1/namespaces/x/deployments`. */
  get(path: string): Promise<KubernetesObject | null>
  list(path: string, query?: Record<string, string>): Promise<KubernetesObject[]>
  /** Server-side apply, field manager `drawbridge`, forced. */
  apply(object: KubernetesObject): Promise<KubernetesObject>
  /** JSON merge patch. */
  patch(path: string, patch: unknown): Promise<KubernetesObject>
  delete(path: string): Promise<void>
  /** POST with a body, such as an Eviction. Answers the status code. */
  post(path: string, body: unknown): Promise<number>
}
