import { onPanelGone, type ToPanel } from '../ipc'
import { startLab } from './start-lab'

const tell = (message: ToPanel) => process.send?.(message)

/** Started by the panel. Ends on SIGTERM, SIGINT, or when the panel is gone. */
async function main(): Promise<void> {
  const lab = await startLab({
    dataDir: process.env.DRAWBRIDGE_DATA ?? './data',
    port: Number(process.env.LAB_PORT ?? 18_006),
    speed: Number(process.env.LAB_SPEED ?? 30),
    shape: { hosts: process.env.LAB_HOSTS === '3' ? 3 : 1 },
  })
  console.log(
    `lab: simulated homelab at ${lab.connection.url}, ${process.env.LAB_SPEED ?? 30} times real time`,
  )
  let ending = false
  const end = () => {
    if (ending) return
    ending = true
    lab.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('lab: could not end cleanly:', error)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  onPanelGone(end)
  tell({ type: 'ready' })
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error)
  console.error(`lab: ${reason}`)
  tell({ type: 'failed', message: `The lab could not start - ${reason}` })
  process.exitCode = 1
})
