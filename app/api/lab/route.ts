import type { LabAnswer } from '@/lib/api/contract-lab'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'

export const GET = route('GET /api/lab', {}, (): Promise<LabAnswer> => panel().ask('lab.view', {}))
