/**
 * One look at a Git repository in a process of its own, which kills itself (SIGKILL) when it reaches a
 * point: `node --import tsx git-child.ts <data folder> <port> <topology> <point>`. For crash tests.
 */
import { lookAtGit } from '../git-look'
import { openGitPanel } from './git-panel'

const [dataDir = '', port = '', topologyId = '', point = ''] = process.argv.slice(2)
const { db, shop } = await openGitPanel(dataDir, Number(port), {
  reached: (at) => {
    if (at === point) process.kill(process.pid, 'SIGKILL')
  },
})
await lookAtGit(shop, topologyId, new AbortController().signal)
await db.$disconnect()
