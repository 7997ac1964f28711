import path from 'node:path'
import { KnownSecrets } from '@/lib/base/mask'
import { openDb } from '@/lib/db/client'
import { databaseIn } from '@/lib/db/data-folder'
import { pruneDurations } from '@/lib/db/durations'
import { rescueJobs } from '@/lib/db/job-claims'
import { LogStore } from '@/lib/db/log-store'
import { ensurePanelId } from '@/lib/db/panel-id'
import { ensureProvisionerKey, readRecipient } from '@/lib/db/secret-keys'
import { readIdentity } from '@/lib/db/secret-open'
import { settleRotation } from '@/lib/db/secret-open/rotate'
import { parseConfig } from '@/lib/io/env'
import { logAs } from '@/lib/io/log'
import { onPanelGone, type ToProvisioner } from '../ipc'
import { hostCareAnswers } from './answer-host-care'
import { labAnswers } from './answer-lab'
import { oidcAnswers } from './answer-oidc'
import { secretAnswers } from './answer-secrets'
import { type Answers, answer } from './answers'
import { OpenConsoles } from './consoles'
import { FirstBoots } from './first-boots'
import { gitAnswers } from './git-hook'
import { gitShop, watchGit } from './git-watch'
import { keepIdentities } from './identities'
import { logCrash, maskedLog } from './masked-log'
import { Provisioner } from './provisioner'
import { openReach } from './reach'
import { learnSecrets, openSecrets } from './secret-store'
import { send, tellPanel } from './tell'
import { watchTopologies } from './watch'

/** Texts of all logs together, before compression; the oldest go first. */
const MOST_LOG_BYTES = 512 * 2 ** 20
/** The panel gives five seconds before it kills; what is not done by then is carried on later. */
const END_WITHIN_MS = 4500

const known = new KnownSecrets()
const log = maskedLog(logAs('provisioner'), known)
const now = () => Date.now()

/** The only process that opens a connection to a host: claims jobs and runs them. */
async function run(): Promise<void> {
  const { dataDir } = parseConfig(process.env)
  const db = await openDb(databaseIn(dataDir))
  const store = LogStore.open(dataDir)
  await settleRotation(db, dataDir)
  await ensureProvisionerKey(dataDir)
  const identity = await readIdentity(dataDir)
  const recipient = await readRecipient(dataDir)
  const secrets = openSecrets({ db, identity, recipient, known, now })
  const identities = keepIdentities({ db, tell: tellPanel, log, now })
  const reach = openReach(db, secrets, identities)
  const panelId = await ensurePanelId(db)
  const seen = new Map<string, string>()
  const learn = async () => {
    for (const name of await learnSecrets({ db, identity, known, seen }))
      log(`the secret ${name} does not open with this panel's key`)
  }
  await learn()
  const git = gitShop({
    ...{ db, panelId, secrets, known, log, now, tell: tellPanel },
    gitDir: path.join(dataDir, 'git'),
    wake: () => provisioner.wake(),
  })
  const firstBoots = new FirstBoots(reach)
  const consoles = new OpenConsoles({ db, panelId, reach, firstBoots, send })
  const shop = {
    db,
    git,
    firstBoots,
    store,
    known,
    secrets,
    identities,
    reach,
    panelId,
    learn,
    now,
    tell: tellPanel,
  }

  const worker = `provisioner-${process.pid}-${now().toString(36)}`
  const rescued = await rescueJobs(db, isGone)
  if (rescued > 0)
    log(`carries on ${rescued} ${rescued === 1 ? 'job' : 'jobs'} of a worker that is gone`)
  store.retain(MOST_LOG_BYTES)
  await pruneDurations(db)

  const provisioner = new Provisioner(shop, worker, log)
  const answers: Answers = {
    ...secretAnswers({ ...{ db, identity, secrets, known, reach }, panelId, now }),
    ...oidcAnswers({ db, secrets, now }),
    ...gitAnswers(secrets),
    ...labAnswers(dataDir),
    ...hostCareAnswers({ reach, now }),
    ...consoles.answers,
  }
  const watch = watchTopologies(shop, log)
  const gitWatch = await watchGit(git)
  process.on('message', (message: ToProvisioner) => {
    if (message.type === 'wake') {
      provisioner.wake()
      gitWatch.go()
    } else if (message.type === 'ask') void answer(answers, message, { log, known })
    else consoles.take(message)
  })
  endOnSignal(async () => {
    consoles.close()
    firstBoots.close()
    await Promise.all([provisioner.stop(), watch.stop(), gitWatch.stop()])
    await Promise.all([reach.close(), git.close()])
    store.close()
    await db.$disconnect()
  })
  provisioner.start()
  send({ type: 'ready' })
}

/** Whether the process in a worker's name has ended. Of a living one the lease is waited for. */
function isGone(worker: string): boolean {
  const pid = Number(worker.split('-')[1])
  if (!Number.isInteger(pid) || pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch {
    // ESRCH: no such process. EPERM: somebody else's process, so not a worker of ours.
    return true
  }
}

/** A signal, or the panel's death, ends this process in time, whatever hangs. */
function endOnSignal(end: () => Promise<void>): void {
  let ending = false
  const onEnd = () => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(0), END_WITHIN_MS).unref()
    end().then(
      () => process.exit(0),
      (error) => {
        log(String(error?.stack ?? error))
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onEnd)
  process.on('SIGINT', onEnd)
  onPanelGone(onEnd)
}

logCrash(log)
await run()
