/**
 * The readable line that says an object on Proxmox is ours, and which. It goes into the creating
 * call's `description`, so there is no instant at which our VM is unmarked.
 */
export type Marker = {
  panelId: string
  topologyId: string
  /** `vms`, `templates`, `holders` or, on bridges and VNets, `networks`. */
  kind: string
  id: string
}

const PATTERN = /^drawbridge:([\w-]+)\/([\w-]+)\/(vms|templates|holders|networks)\/([\w-]+)$/m

/** `drawbridge:p1a2b3/dark-knight/vms/k8s-worker-2` */
export const formatMarker = ({ panelId, topologyId, kind, id }: Marker): string =>
  `drawbridge:${panelId}/${topologyId}/${kind}/${id}`

/** The marker in a description (PVE may append a newline or other people's lines), or null. */
export function parseMarker(description: string | null | undefined): Marker | null {
  const match = PATTERN.exec(description ?? '')
  if (!match) return null
  const [, panelId, topologyId, kind, id] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ]
  return { panelId, topologyId, kind, id }
}

/** Somebody's description with our marker as its last line; what was written stays. */
export const markedNotes = (notes: string, marker: string): string =>
  notes.trim() === '' ? marker : `${notes.trimEnd()}\n${marker}`
