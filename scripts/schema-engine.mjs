#!/usr/bin/env node
// Stand-in for Prisma's native schema engine: speaks the same line-delimited JSON-RPC on
// stdin/stdout, but runs @prisma/schema-engine-wasm (from npm) over a driver adapter.
// Point PRISMA_SCHEMA_ENGINE_BINARY at this file; then no engine is ever downloaded.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'

const require = createRequire(import.meta.url)

const argv = process.argv.slice(2)
if (argv.includes('--version')) {
  console.log('schema-engine-cli wasm-shim')
  process.exit(0)
}
const datamodels = []
let datasource
for (let i = 0; i < argv.length; i++) {
  if (argv[i] === '--datamodels') {
    const p = argv[++i]
    datamodels.push([p, fs.readFileSync(p, 'utf8')])
  } else if (argv[i] === '--datasource') datasource = JSON.parse(argv[++i])
}
const url = datasource?.url ?? ''
const cli = argv.indexOf('cli')

let rawFactory,
  shadowNo = 0
async function makeAdapter() {
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils')
  let f
  if (/^postgres/.test(url)) {
    const { PrismaPg } = await import('@prisma/adapter-pg')
    // the adapter rejects the internal type "char" (oid 18), which the engine's catalogue queries return
    const Result = require('pg/lib/result')
    const addFields = Result.prototype.addFields
    Result.prototype.addFields = function (fields) {
      for (const c of fields) if (c.dataTypeID === 18) c.dataTypeID = 25
      return addFields.call(this, fields)
    }
    f = new PrismaPg({ connectionString: url })
  } else {
    const { PrismaLibSql } = await import('@prisma/adapter-libsql')
    f = new PrismaLibSql({ url })
    // libSQL gives every transaction its own connection, so ':memory:' cannot be the shadow
    // database: use a fresh temporary file for each
    f.connectToShadowDb = async () => {
      const file = path.join(os.tmpdir(), `prisma-shadow-${process.pid}-${++shadowNo}.db`)
      process.on('exit', () => {
        for (const s of ['', '-wal', '-shm', '-journal']) fs.rmSync(file + s, { force: true })
      })
      const c = await new PrismaLibSql({ url: `file:${file}` }).connect()
      // the engine sends whole scripts to the shadow database through executeRaw, and libSQL's
      // execute() runs only a script's first statement
      const raw = c.executeRaw.bind(c)
      c.executeRaw = async (q) => (q.args.length ? raw(q) : c.executeScript(q.sql).then(() => 0))
      return c
    }
  }
  rawFactory = f
  return bindMigrationAwareSqlAdapterFactory(f)
}

async function loadEngine() {
  const bg = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const dir = path.dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const mod = new WebAssembly.Module(fs.readFileSync(path.join(dir, 'schema_engine_bg.wasm')))
  const inst = new WebAssembly.Instance(mod, { './schema_engine_bg.js': bg })
  bg.__wbg_set_wasm(inst.exports)
  inst.exports.__wbindgen_start()
  return bg.SchemaEngine
}

process.on('SIGTERM', () => process.exit(0))
const log = (level, fields) =>
  process.stderr.write(
    `${JSON.stringify({
      timestamp: new Date().toISOString(),
      level,
      fields,
      target: 'schema_engine::logger',
    })}\n`,
  )

if (cli >= 0) {
  const what = argv[cli + 1]
  log('INFO', { message: 'Starting schema engine CLI (wasm)' }) // the CLI skips the first line
  try {
    if (url.startsWith('file:')) {
      const f = url.slice(5).split('?')[0]
      if (what === 'can-connect-to-database' && !fs.existsSync(f)) {
        log('ERROR', {
          message: `Database ${path.basename(f)} does not exist`,
          error_code: 'P1003',
          is_panic: false,
        })
        process.exit(1)
      }
      if (what === 'create-database') {
        fs.mkdirSync(path.dirname(f), { recursive: true })
        fs.closeSync(fs.openSync(f, 'a'))
      }
      if (what === 'drop-database') {
        fs.rmSync(f, { force: true })
        log('INFO', { message: 'The database was successfully dropped.' })
      }
    } else {
      await makeAdapter()
      const c = await rawFactory.connect()
      await c.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] })
      await c.dispose()
    }
    process.exit(0)
  } catch (e) {
    log('ERROR', { message: String(e?.message ?? e), error_code: 'P1001' })
    process.exit(1)
  }
}

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL,
  "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0);`
const methodMap = { migrateDiff: 'diff', getDatabaseVersion: 'version' }
let enginePromise, adapter
const engine = () =>
  (enginePromise ??= (async () => {
    const SE = await loadEngine()
    adapter = await makeAdapter()
    return SE.new(
      { datamodels: datamodels.length ? datamodels : undefined },
      (l) => process.env.DEBUG && process.stderr.write(`${l}\n`),
      adapter,
    )
  })())

const send = (o) => process.stdout.write(`${JSON.stringify(o)}\n`)
let queue = Promise.resolve()
const rl = readline.createInterface({ input: process.stdin })
rl.on('line', (line) => {
  queue = queue.then(() => handle(line))
})
rl.on('close', () => queue.then(() => process.exit(0)))

async function handle(line) {
  if (!line.trim()) return
  const req = JSON.parse(line)
  if (!req.method) return
  const m = methodMap[req.method] ?? req.method
  try {
    const se = await engine()
    let result
    if (m === 'reset' && url.startsWith('file:')) {
      const conn = await rawFactory.connect()
      const rows = (
        await conn.queryRaw({
          sql: `SELECT type, name FROM sqlite_master WHERE type IN ('table','view') AND name NOT LIKE 'sqlite_%'`,
          args: [],
          argTypes: [],
        })
      ).rows
      await conn.executeScript(
        'PRAGMA foreign_keys=OFF;' +
          rows.map(([t, n]) => `DROP ${t} IF EXISTS "${n}";`).join('') +
          'PRAGMA foreign_keys=ON;',
      )
      await conn.dispose()
      return send({ jsonrpc: '2.0', id: req.id, result: null })
    }
    try {
      result = await se[m](req.params)
    } catch (e) {
      // the libSQL adapter reports a missing table with a code that the engine does not recognise
      if (!/no such table: _prisma_migrations/.test(String(e?.message ?? e))) throw e
      const conn = await rawFactory.connect()
      await conn.executeScript(MIGRATIONS_TABLE)
      await conn.dispose()
      result = await se[m](req.params)
    }
    if (m === 'diff' && result?.stdout) {
      send({
        jsonrpc: '2.0',
        method: 'print',
        id: `print-${req.id}`,
        params: { content: result.stdout },
      })
      result = { exitCode: result.exitCode }
    }
    send({ jsonrpc: '2.0', id: req.id, result: result ?? null })
  } catch (e) {
    const meta = e?.meta ?? {}
    send({
      jsonrpc: '2.0',
      id: req.id,
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: {
          is_panic: false,
          message: String(e?.message ?? e),
          meta,
          error_code: e?.code ?? undefined,
          backtrace: String(e?.stack ?? ''),
        },
      },
    })
  }
}
