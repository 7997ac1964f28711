import type { Kind } from './share'

/**
 * Names of the recording that do not count, each with its reason: what its machine lacked, not what
 * PVE does. At most 60; a test holds that.
 */
export const OUT_OF_SCOPE: { name: string; kind: Kind; why: string }[] = []

export const whyOutOfScope = (name: string, kind: Kind): string | null =>
  OUT_OF_SCOPE.find((each) => each.name === name && each.kind === kind)?.why ?? null
