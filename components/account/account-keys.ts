/** Keys of the browser's cache for a person's own account. */
export const accountKeys = {
  me: () => ['me'] as const,
}
