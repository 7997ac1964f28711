// Fails when `npm ci` would: npm drops optional packages it cannot resolve from the lock file,
// and `npm ci` then refuses the lock on the platform that needs them.
const packages = require('../package-lock.json').packages
const missing = []
for (const [key, entry] of Object.entries(packages)) {
  for (const name of Object.keys(entry.optionalDependencies || {})) {
    let base = key
    let found = false
    for (;;) {
      if (packages[`${base ? `${base}/` : ''}node_modules/${name}`]) {
        found = true
        break
      }
      if (!base) break
      base = base.includes('/node_modules/')
        ? base.slice(0, base.lastIndexOf('/node_modules/'))
        : ''
    }
    if (!found) missing.push(`${key}: ${name}`)
  }
}
if (missing.length > 0) {
  console.error(`npm ci will fail, the lock file lacks:\n${missing.join('\n')}`)
  process.exit(1)
}
