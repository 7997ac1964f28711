import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'

/** Debian's own Python: the packages are made for it, whatever else is called `python3` here. */
const PYTHON = '/usr/bin/python3'
const WANTED = ['python3-proxmoxer', 'python3-requests', 'ansible']
const MODULES = 'usr/lib/python3/dist-packages'
const COLLECTION = `${MODULES}/ansible_collections/community/general`

/** Runs a program; throws with its last words if it fails. */
function must(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    ...options,
  })
  if (status === 0) return stdout.trim()
  const said = error?.message ?? `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n')
  throw new Error(`${program} failed: ${said}`)
}

/**
 * Clients of PVE that nobody here wrote, unpacked from Debian's packages and not installed: this
 * machine stays as it is. Of `ansible` the one collection with the modules for Proxmox. Answers
 * their folder and what is in it; throws where they cannot be had.
 */
export function ensureClients() {
  const folder = path.join(process.env.XDG_CACHE_HOME ?? '/var/cache', 'drawbridge', 'clients-1')
  if (!existsSync(folder)) unpackClients(folder)
  const env = { ...process.env, PYTHONPATH: path.join(folder, MODULES) }
  const python = (code) => must(PYTHON, ['-c', code], { env })
  const programs = [
    { what: 'python3-proxmoxer', there: python('import proxmoxer; print(proxmoxer.__version__)') },
    { what: 'ansible-core', there: python('import ansible; print(ansible.__version__)') },
    {
      what: 'community.general',
      there: python(
        `import json; print(json.load(open("${folder}/${COLLECTION}/MANIFEST.json"))["collection_info"]["version"])`,
      ),
    },
    { what: 'Python', there: must(PYTHON, ['--version']) },
  ]
  return { folder, programs }
}

/** Made aside and renamed, so that a run that is broken off leaves no half of one. */
function unpackClients(folder) {
  console.log(`reality: unpacking proxmoxer and Ansible in ${folder} (once)`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  must('apt-get', ['update', '-q'], { env })
  if (!existsSync(PYTHON))
    must('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'python3'], { env })
  const fresh = `${folder}.${process.pid}`
  rmSync(fresh, { recursive: true, force: true })
  const debs = path.join(fresh, 'debs')
  mkdirSync(debs, { recursive: true })
  const plan = must('apt-get', ['-s', 'install', '--no-install-recommends', ...WANTED], { env })
  const lacking = plan.split('\n').flatMap((line) => /^Inst (\S+)/.exec(line)?.[1] ?? [])
  // What is installed already is not in the plan; the wanted ones have to be in the folder.
  must('apt-get', ['download', ...new Set([...WANTED, 'ansible-core', ...lacking])], {
    ...{ env, cwd: debs },
  })
  for (const deb of readdirSync(debs)) unpack(path.join(debs, deb), fresh)
  rmSync(debs, { recursive: true })
  renameSync(fresh, folder)
}

function unpack(deb, folder) {
  const only = path.basename(deb).startsWith('ansible_') ? [`./${COLLECTION}`] : []
  const pipe = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" $3'
  must('sh', ['-c', pipe, 'sh', deb, folder, ...only])
}
