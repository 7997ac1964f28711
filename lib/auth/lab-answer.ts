import { Refusal } from '@/lib/api/refusal'
import { PanelError } from '@/lib/base/errors'

const STATUS: Readonly<Record<string, 404 | 422>> = {
  'lab.absent': 404,
  'lab.fault-invalid': 422,
}

/** What the provisioner said of the lab, as an answer of the API where it is one on purpose. */
export async function ofLab<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    const status = error instanceof PanelError ? STATUS[error.code] : undefined
    if (!(error instanceof PanelError) || status === undefined) throw error
    throw new Refusal(status, error.code, error.message)
  }
}
