import { call, get, post } from './client'
import type { BackupSummary, PanelAnswer, PanelSettings } from './contract-panel'
import { api } from './paths'

/** The calls of `contract-panel.ts`. */
export const panelClient = {
  state: (signal?: AbortSignal) => get<PanelAnswer>(api.panel(), signal),
  set: (settings: PanelSettings) => call<PanelAnswer>('PUT', api.panelSettings(), settings),
  backUp: () => post<BackupSummary>(api.backups()),
  /** Whether the download would go ahead; then the browser takes it from the same address. */
  askDownload: (name: string) => get<{ name: string }>(`${api.backup(name)}?ready=1`),
  removeBackup: (name: string) => call<{ name: string }>('DELETE', api.backup(name)),
}

/** Keys of the browser's cache. */
export const panelKeys = { state: () => ['panel'] as const }
