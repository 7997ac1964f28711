/** Annotation with the hash of the manifest that an object was applied from. */
export const HASH_ANNOTATION = 'drawbridge/manifest-hash'
