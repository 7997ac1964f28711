import type { LabFaultKind, LabFaultParam, LabFaultWish } from '@/lib/api/contract-lab'

/** What stands in a form, by parameter; a flag is `yes` or empty. */
export type FormValues = Readonly<Record<string, string>>

/** A form as it begins. */
export const beginWith = ({ params }: LabFaultKind): FormValues =>
  Object.fromEntries(params.map(({ name, initial }) => [name, initial ?? '']))

/** The first thing that keeps a form from being sent, null if nothing does. */
export function whyNotSent({ params }: LabFaultKind, values: FormValues): string | null {
  for (const param of params) {
    const text = (values[param.name] ?? '').trim()
    if (text === '') {
      if (param.required) return `${param.label} is missing.`
    } else if (isNumber(param) && !Number.isFinite(Number(text)))
      return `${param.label} is a number.`
    else if (!inRange(param, Number(text))) return `${param.label} is ${rangeOf(param)}.`
  }
  return null
}

/** What is sent for a form: what is empty is left out. */
export function toWish({ kind, params }: LabFaultKind, values: FormValues): LabFaultWish {
  const given = params.flatMap((param) => {
    const text = (values[param.name] ?? '').trim()
    return text === '' ? [] : [[param.name, readField(param, text)] as const]
  })
  return { kind, ...Object.fromEntries(given) }
}

function readField(param: LabFaultParam, text: string): string | number | boolean | string[] {
  if (isNumber(param)) return Number(text)
  if (param.is === 'flag') return true
  return param.is === 'list' ? text.split(/[\s,]+/) : text
}

const isNumber = ({ is }: LabFaultParam): boolean => is === 'number' || is === 'vm'

const inRange = (param: LabFaultParam, value: number): boolean =>
  !isNumber(param) ||
  (value >= (param.least ?? Number.MIN_SAFE_INTEGER) &&
    value <= (param.most ?? Number.MAX_SAFE_INTEGER))

const rangeOf = ({ least, most }: LabFaultParam): string =>
  most === undefined ? `at least ${least}` : `between ${least} and ${most}`

/** Parameters of a fault that is switched on, in one line: `host pve1, it: timeout`. */
export function inWords(kind: LabFaultKind | undefined, fault: Record<string, unknown>): string {
  const params = kind?.params ?? []
  const said = params.flatMap(({ name, label, is }) => {
    const value = fault[name]
    if (value === undefined) return []
    return is === 'flag' ? [label.toLowerCase()] : [`${label.toLowerCase()} ${String(value)}`]
  })
  return said.join(', ')
}
