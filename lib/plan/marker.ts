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

const PATTERN =
  /^drawbridge:([\w-]+)\/([\w-]+)\/(vms|templates|holders|networks)\/([\w-]+)( taken over)?$/m

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

/**
 * The marker line of a machine that somebody else made: the same object, and for good one whose
 * contents were never the panel's to delete, whatever the document says later.
 */
export const takenOverMarker = (marker: string): string => `${marker} taken over`

/** Whether the marker in a description says so. */
export const isTakenOver = (description: string | null | undefined): boolean =>
  PATTERN.exec(description ?? '')?.[5] !== undefined

/** Somebody's description with our marker as its last line; what was written stays. */
export const markedNotes = (notes: string, marker: string): string =>
  notes.trim() === '' ? marker : `${notes.trimEnd()}\n${marker}`
