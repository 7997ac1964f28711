const TYPE = 'application/x-drawbridge-kind'

/** Marks a drag as one from the palette. */
export function writePaletteDrag(transfer: DataTransfer, kind: string): void {
  transfer.setData(TYPE, kind)
  transfer.effectAllowed = 'copy'
}

/** The kind that is being dropped, null for any other drag. */
export function readPaletteDrag(transfer: DataTransfer): string | null {
  return transfer.getData(TYPE) || null
}
