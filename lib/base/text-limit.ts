/**
 * Longer documents are refused before they are read, by the page that opens a file, by the API and by
 * the parser alike, in bytes of UTF-8. About 6,000 VMs fit.
 */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024
