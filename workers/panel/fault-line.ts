import { PanelError } from '@/lib/base/errors'
import type { Config } from '@/lib/io/env'

/**
 * One line for a fault that a person can mend: what - why - what to do. Null when it is a bug,
 * whose stack is worth more than a sentence.
 */
export function faultLine(error: unknown, config: Config): string | null {
  if (error instanceof PanelError) return error.message
  const { code, message = '' } = error as NodeJS.ErrnoException
  const address = `${config.host}:${config.port}`
  switch (code) {
    case 'EADDRINUSE':
      return `${address} is taken - another program, perhaps another Drawbridge, listens there - stop it, or choose another port with PORT.`
    case 'EADDRNOTAVAIL':
      return `${config.host} is not an address of this machine - HOST names where to listen - set it to one of its own, or 0.0.0.0 for all.`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return /listen/.test(message)
        ? `Port ${config.port} may not be used - ports below 1024 need privileges - choose another with PORT.`
        : `${config.dataDir} cannot be written - ${code} - give this user write access, or choose another folder with DRAWBRIDGE_DATA.`
    case 'ENOTDIR':
    case 'EEXIST':
      return `${config.dataDir} is not a folder - Drawbridge keeps its data in one - choose another with DRAWBRIDGE_DATA.`
  }
  if (code === 'ENOSPC' || /database or disk is full|SQLITE_FULL/.test(message))
    return `The disk of ${config.dataDir} is full - nothing more can be stored - free some space and start again.`
  return null
}
