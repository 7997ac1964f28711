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
}

/** Helm by its executable, whose path is a setting of the cluster's connection. Errors are `HelmError`. */
export type Helm = {
  /** `helm version --short`, and whether it calls itself a stand-in. */
  version(): Promise<string>
  /** `upgrade --install --wait`. */
  install(install: HelmInstall, io: { log(line: string): void; signal: AbortSignal }): Promise<void>
  list(): Promise<HelmRelease[]>
  uninstall(
    release: string,
    namespace: string,
    io: { log(line: string): void; signal: AbortSignal },
  ): Promise<void>
}
