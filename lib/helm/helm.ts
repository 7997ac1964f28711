export type HelmRelease = {
  name: string
  namespace: string
  /** `metallb-0.14.9`. */
  chart: string
  appVersion: string
  revision: number
  /** `deployed`, `failed`, `pending-install`, ... */
  status: string
}

export type HelmInstall = {
  release: string
  namespace: string
  chart: string
  repo: string
  version: string
  /** Secrets filled in; goes through standard input. */
  values: Record<string, unknown>
  timeoutS: number
  /** Labels of the release, to see later what it was made from. */
  labels?: Record<string, string>
}

/** Helm by its executable, whose path is a setting of the cluster's connection. Errors are `HelmError`. */
export type Helm = {
  /** `helm version --short`, and whether it calls itself a stand-in. */
  version(): Promise<string>
  /** `upgrade --install --wait`. */
  install(install: HelmInstall, io: HelmIo): Promise<void>
  list(): Promise<HelmRelease[]>
  /** To the revision before. */
  rollback(release: string, namespace: string, io: HelmIo): Promise<void>
  /** Oldest first. */
  history(
    release: string,
    namespace: string,
  ): Promise<{ revision: number; status: string; chart: string }[]>
  /** Does nothing if there is no such release. */
  uninstall(release: string, namespace: string, io: HelmIo): Promise<void>
}

export type HelmIo = { log(line: string): void; signal: AbortSignal }
