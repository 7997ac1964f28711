import type { SeedSpec } from '@/lib/plan/step'
import { writeIso } from './iso'
import { renderMetaData } from './meta-data'
import { renderNetworkConfig } from './network-config'
import { renderBuilderUserData, renderUserData, type SeedKeys } from './user-data'

/** A NoCloud seed as cloud-init finds it: a volume called `cidata` with three files. */
export function seedIso(seed: SeedSpec, keys: SeedKeys, kind: 'vm' | 'builder'): Uint8Array {
  const userData = kind === 'vm' ? renderUserData(seed, keys) : renderBuilderUserData(seed, keys)
  const encoder = new TextEncoder()
  return writeIso('cidata', [
    { name: 'meta-data', content: encoder.encode(renderMetaData(seed)) },
    { name: 'network-config', content: encoder.encode(renderNetworkConfig(seed)) },
    { name: 'user-data', content: encoder.encode(userData) },
  ])
}
