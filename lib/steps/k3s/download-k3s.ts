import { K3S } from '@/lib/plan/files/k3s'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { GuestError } from '../guest/guest-error'
import { longRun } from '../guest/long-run'
import type { StepContext } from '../handler'

const RELEASES = 'https://github.com/k3s-io/k3s/releases/download'
const DOWNLOAD = '/var/tmp/drawbridge-k3s'
/** curl: the server answered with an error, such as 404. */
const HTTP_ERROR = 22

/** Names of a release's files by what `uname -m` says. */
const BUILDS: Record<string, { file: string; sums: string }> = {
  x86_64: { file: 'k3s', sums: 'sha256sum-amd64.txt' },
  aarch64: { file: 'k3s-arm64', sums: 'sha256sum-arm64.txt' },
  armv7l: { file: 'k3s-armhf', sums: 'sha256sum-arm.txt' },
}

/** The name that the download runs under on the guest. */
export const DOWNLOAD_RUN = 'k3s-download'

/** Downloads a release for the machine's processor, checks its sum, and puts it in its place. */
export async function installRelease(
  session: GuestSession,
  ctx: StepContext,
  machine: string,
  release: string,
): Promise<void> {
  const processor = (await session.must(sh`uname -m`)).trim()
  const build = BUILDS[processor]
  if (!build)
    throw new GuestError(
      'guest.unexpected-answer',
      `${machine} has the processor ${processor}, for which k3s is not built - use ${Object.keys(BUILDS).join(', ')}.`,
    )
  // The tag's plus would be read as a space.
  const url = `${RELEASES}/${encodeURIComponent(release)}`
  const sums = await session.run(sh`curl -fsSL --retry 3 --max-time 60 ${`${url}/${build.sums}`}`, {
    timeoutMs: 240_000,
    signal: ctx.signal,
  })
  if (sums.code !== 0) throw notFetched(machine, release, sums)
  const wanted = sumOf(sums.out, build.file)
  if (wanted === null)
    throw new GuestError(
      'guest.unexpected-answer',
      `${build.sums} of k3s ${release} names no ${build.file} - something else answers ${machine} for github.com.`,
    )
  const fetched = await longRun(
    session,
    ctx,
    DOWNLOAD_RUN,
    sh`curl -fsSL --retry 3 --max-time 1500 -o ${DOWNLOAD} ${`${url}/${build.file}`}`,
    1_600_000,
  )
  if (fetched.code !== 0) throw notFetched(machine, release, fetched)
  const got = (await session.must(sh`sha256sum ${DOWNLOAD}`, { sudo: true })).split(/\s/)[0]
  if (got !== wanted) {
    await session.run(sh`rm -f ${DOWNLOAD}`, { sudo: true })
    throw new GuestError(
      'guest.checksum',
      `k3s ${release} on ${machine} is not what its makers published: its SHA-256 is ${got}, not ${wanted}. Nothing of it was run. Retry; if it comes again, something changes downloads on their way.`,
    )
  }
  await session.must(sh`install -m 0755 ${DOWNLOAD} ${K3S.binary}`, { sudo: true })
  await session.run(sh`rm -f ${DOWNLOAD}`, { sudo: true })
  ctx.log(`k3s ${release} is installed on ${machine}; its checksum is right.`)
}

/** `<sha256>  <name>` of a list of sums; null if the name is not in it. */
export function sumOf(sums: string, name: string): string | null {
  const line = sums.split('\n').find((each) => each.trim().split(/\s+/)[1] === name)
  return /^[0-9a-f]{64}\b/.exec(line?.trim() ?? '')?.[0] ?? null
}

function notFetched(
  machine: string,
  release: string,
  { code, out, err }: { code: number; out: string; err: string },
): GuestError {
  const said = err.trim() || out.trim()
  if (code === HTTP_ERROR)
    return new GuestError(
      'guest.no-release',
      `There is no release ${release} of k3s for ${machine} - write another patch of Kubernetes in the document; github.com/k3s-io/k3s lists them. ${said}`,
    )
  return new GuestError(
    'guest.download-failed',
    `${machine} could not fetch k3s ${release} from github.com - check that its network lets it out. It is asked again by itself. ${said}`,
  )
}
