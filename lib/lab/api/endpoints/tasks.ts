import { callerName, mayDo } from '../../access'
import type { Lab } from '../../state'
import { abortTask } from '../../tasks/run'
import type { Task } from '../../tasks/task'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'

const UPID =
  /^UPID:([^:]+):([0-9A-F]{8}):([0-9A-F]{8,9}):([0-9A-F]{8}):([^:\s]+):([^:]*):([^:\s]+):$/

/** A task is seen by its owner, the owner of its token, and whoever may audit the node. */
export const mayAuditTasks = ({ lab, caller }: Call, task: Task): boolean =>
  task.user === callerName(caller) ||
  task.user.split('!')[0] === caller.user ||
  mayDo(lab.state, caller, `/nodes/${task.node}`, 'Sys.Audit')

const findTask = ({ lab, params }: Call): Task | undefined =>
  lab.state.tasks.find(({ upid, node }) => upid === params.upid && node === params.node)

function getTask(call: Call): Task {
  const upid = call.params.upid ?? ''
  if (!UPID.test(upid))
    throw new LabError('Parameter verification failed.', 400, {
      upid: 'unable to parse worker upid',
    })
  const task = findTask(call)
  if (!task) throw new LabError('Parameter verification failed.', 400, { upid: 'no such task' })
  if (!mayAuditTasks(call, task))
    throw new LabError(`Permission check failed (/nodes/${task.node}, Sys.Audit)`, 403)
  return task
}

const seconds = (wall: number): number => Math.floor(wall / 1000)

const tokenParts = (task: Task) => {
  const [user, tokenid] = task.user.split('!')
  return tokenid ? { user, tokenid } : { user: task.user }
}

/** `GET tasks/{upid}/status`: `exitstatus` only when stopped (Tools.pm:1251). */
const statusOf = (task: Task) => ({
  upid: task.upid,
  node: task.node,
  pid: task.pid,
  pstart: task.pstart,
  starttime: seconds(task.startWall),
  type: task.type,
  id: task.id,
  ...tokenParts(task),
  status: task.exit === null ? 'running' : 'stopped',
  ...(task.exit === null ? {} : { exitstatus: task.exit }),
})

/** `GET /nodes/{node}/tasks`: here `status` is RUNNING or the exit. */
const nodeRow = (task: Task) => ({
  upid: task.upid,
  node: task.node,
  pid: task.pid,
  pstart: task.pstart,
  starttime: seconds(task.startWall),
  type: task.type,
  id: task.id,
  ...tokenParts(task),
  ...(task.exit === null ? { saved: '0' } : {}),
  ...(task.exit === null
    ? { status: 'RUNNING' }
    : { status: task.exit, endtime: seconds(task.endWall ?? 0) }),
})

/** `GET /cluster/tasks`: no status while it runs; other nodes' rows come with numbers (recorded). */
export function clusterTaskRow(lab: Lab, task: Task): Record<string, unknown> {
  const { pid, pstart: _pstart, saved: _saved, ...row } = nodeRow(task)
  if (task.exit !== null) {
    const here = task.node === Object.keys(lab.state.hosts)[0]
    return { ...row, saved: here ? '1' : 1 }
  }
  const { status: _status, ...running } = row as Record<string, unknown>
  return { ...running, pid, saved: '0' }
}

/** How a filter names an end: `ok`, `warning`, `error`, `unknown` while it runs. */
const kindOfEnd = ({ exit }: Task): string =>
  exit === null
    ? 'unknown'
    : exit === 'OK'
      ? 'ok'
      : exit.startsWith('WARNINGS')
        ? 'warning'
        : 'error'

function listTasks(call: Call): CallResult {
  const { params, lab } = call
  const source = params.source ?? 'archive'
  const rows = lab.state.tasks.filter(
    (task) =>
      task.node === params.node &&
      mayAuditTasks(call, task) &&
      (source === 'all' || (source === 'active') === (task.exit === null)) &&
      (!params.vmid || task.id === params.vmid) &&
      (!params.typefilter || task.type === params.typefilter) &&
      (!params.userfilter || task.user.includes(params.userfilter)) &&
      (!params.since || seconds(task.startWall) >= Number(params.since)) &&
      (params.errors !== '1' || (task.exit !== null && task.exit !== 'OK')) &&
      (!params.statusfilter || params.statusfilter.split(',').includes(kindOfEnd(task))),
  )
  const start = Number(params.start ?? 0)
  const page = rows.reverse().slice(start, start + Number(params.limit ?? 50))
  return { data: page.map(nodeRow), ...(rows.length > 0 ? { total: rows.length } : {}) }
}

/** Lines from `start`, at most 50 without `limit`; an empty log says `no content` (Tools.pm:1415). */
function readLog(call: Call): CallResult {
  if (UPID.test(call.params.upid ?? '') && !findTask(call))
    return { data: { n: 1, t: 'unable to open file - No such file or directory' }, total: 1 }
  const task = getTask(call)
  const start = Number(call.params.start ?? 0)
  const limit = Number(call.params.limit ?? 50)
  if (task.log.length === 0) return { data: [{ n: 1, t: 'no content' }], total: 1 }
  const page = task.log.slice(start, limit === 0 ? undefined : start + limit)
  return { data: page.map((t, index) => ({ n: start + index + 1, t })), total: task.log.length }
}

function stopTask(call: Call): CallResult {
  const task = getTask(call)
  abortTask(call.lab, task)
  return { data: null, delayMs: 2000 }
}

const LIST_PARAMS =
  'start?:int(0,) limit?:int(0,) userfilter?:str typefilter?:str statusfilter?:str vmid?:vmid errors?:bool source?:enum(archive,active,all) since?:int until?:int'

export const taskEndpoints = [
  endpoint('GET /nodes/{node}/tasks', { params: LIST_PARAMS }, listTasks),
  endpoint('GET /nodes/{node}/tasks/{upid}', {}, (call) => {
    getTask(call)
    return { data: [{ name: 'log' }, { name: 'status' }] }
  }),
  endpoint('GET /nodes/{node}/tasks/{upid}/status', {}, (call) => ({
    data: statusOf(getTask(call)),
  })),
  endpoint(
    'GET /nodes/{node}/tasks/{upid}/log',
    { params: 'start?:int(0,) limit?:int(0,) download?:bool' },
    readLog,
  ),
  endpoint('DELETE /nodes/{node}/tasks/{upid}', {}, stopTask),
]
