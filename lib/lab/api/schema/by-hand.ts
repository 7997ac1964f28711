/** Calls whose parameters are told with the options of a VM (lib/lab/vm/options.ts), not by the dumps. */
export const TOLD_BY_HAND: ReadonlySet<string> = new Set([
  'POST /nodes/{node}/qemu',
  'PUT /nodes/{node}/qemu/{vmid}/config',
  'POST /nodes/{node}/qemu/{vmid}/config',
])
