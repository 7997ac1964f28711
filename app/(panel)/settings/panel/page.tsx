import type { Metadata } from 'next'
import { PanelPage } from '@/components/panel/panel-page'

export const metadata: Metadata = { title: 'Panel' }

export default function Panel() {
  return <PanelPage />
}
