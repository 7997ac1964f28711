import {
  Box,
  Boxes,
  Cable,
  Database,
  HardDrive,
  Monitor,
  MonitorDot,
  Network,
  Package,
  Puzzle,
  Server,
  Share2,
  ShipWheel,
  Split,
} from 'lucide-react'
import type { ItemData } from '../item-data'

const ICONS: Record<ItemData['role'], typeof Box> = {
  'control-plane': ShipWheel,
  worker: Box,
  'load-balancer': Split,
  nfs: Database,
  plain: Monitor,
  vm: Monitor,
  unmanaged: MonitorDot,
  host: Server,
  device: Cable,
  service: Share2,
  network: Network,
  cluster: Boxes,
  group: Package,
  'add-on': Puzzle,
  storage: Database,
  disk: HardDrive,
}

/** What an item is, as a shape; decoration, its words stand beside it. */
export function ItemIcon({ of, size = 18 }: { of: ItemData['role']; size?: number }) {
  const Icon = ICONS[of]
  return <Icon size={size} strokeWidth={1.75} aria-hidden className="shrink-0" />
}
