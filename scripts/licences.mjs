// `npm run licences`: lists what ships with the panel, each package with its licence and its text, in
// THIRD-PARTY-NOTICES. Fails on a licence that would bind the panel's own, or one it cannot name.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { failing, licenceOf, shippedPackages } from './licences/licences.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))

const shipped = shippedPackages(lock).flatMap((place) => {
  const file = path.join(root, place, 'package.json')
  // Packages of other platforms are in the lock file, but not here; their twin that is speaks for them.
  if (!existsSync(file)) return []
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  return [{ name: manifest.name, version: manifest.version, licence: licenceOf(manifest), place }]
})
const faults = failing(shipped)
if (faults.length > 0) {
  for (const { name, version, licence } of faults)
    console.error(`${name} ${version}: ${licence ?? 'no licence named'}`)
  console.error('These cannot ship with an MIT panel - replace them, or name the exception here.')
  process.exit(1)
}

const text = shipped
  .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  .map(({ name, version, licence, place }) =>
    [`${name} ${version}`, `Licence: ${licence}`, '', ...licenceTexts(place)].join('\n'),
  )
  .join(`\n\n${'-'.repeat(80)}\n\n`)
writeFileSync(
  path.join(root, 'THIRD-PARTY-NOTICES'),
  `Drawbridge ships with these packages. Made by \`npm run licences\`.\n\n${text}\n`,
)
console.log(`${shipped.length} packages, all with a known licence: THIRD-PARTY-NOTICES`)

/** The licence and notice files that a package carries. */
function licenceTexts(place) {
  const folder = path.join(root, place)
  return readdirSync(folder)
    .filter((name) => /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i.test(name))
    .map((name) => readFileSync(path.join(folder, name), 'utf8').trim())
}
