import type { PanelAnswer } from '@/lib/api/contract-panel'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { readPanelState } from '@/lib/db/panel-state'

export const GET = route('GET /api/panel', {}, (): Promise<PanelAnswer> => readPanelState(panel()))
