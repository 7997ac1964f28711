import { ID_NAME } from '../model/names'

/** A name as an id: lower case, what ids may not hold becomes a hyphen; `otherwise` where it is none then. */
export function idOf(name: string, otherwise: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
  return ID_NAME.pattern.test(id) ? id : otherwise
}
