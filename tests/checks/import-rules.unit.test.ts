import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

const FORBIDDEN = [
  ['stack-knows-no-fitness', 'stack/product.ts', 'supabase/functions/_shared/http.ts'],
  ['stack-knows-no-fitness', 'stack/test.ts', 'tests/support/stack.ts'],
  ['product-knows-no-stack', 'supabase/functions/health/stack.ts', 'stack/stack.ts'],
  ['functions-do-not-import-each-other', 'supabase/functions/health/other.ts', 'supabase/functions/ai/index.ts'],
  ['shared-imports-no-function', 'supabase/functions/_shared/function.ts', 'supabase/functions/ai/index.ts'],
  ['nothing-imports-a-test', 'bench/test.ts', 'tests/health.test.ts'],
  ['no-cycles', 'stack/chicken.ts', 'stack/egg.ts'],
  ['nothing-unresolved', 'stack/lost.ts', 'stack/nowhere.ts'],
] as const

const ALLOWED = [
  ['stack/start.ts', 'stack/stack.ts'],
  ['stack/egg.ts', 'stack/chicken.ts'],
  ['supabase/functions/health/index.ts', 'supabase/functions/health/handler.ts'],
  ['supabase/functions/health/handler.ts', 'supabase/functions/_shared/http.ts'],
  ['tests/health.test.ts', 'stack/stack.ts'],
  ['tests/support/stack.ts', 'supabase/functions/health/handler.ts'],
  ['bench/run.ts', 'stack/stack.ts'],
  ['supabase/functions/ai/index.ts', 'supabase/functions/_shared/http.ts'],
] as const

const Report = z.object({
  summary: z.object({
    violations: z.array(z.object({ rule: z.object({ name: z.string() }), from: z.string(), to: z.string() })),
  }),
  modules: z.array(z.object({ source: z.string(), dependencies: z.array(z.object({ resolved: z.string() })) })),
})

let report: z.infer<typeof Report>

// One run over one project with every case, because starting the program takes longer than all else.
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'import-rules-'))
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(root, dirname(path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  await write('tsconfig.json', '{ "compilerOptions": { "allowImportingTsExtensions": true } }')
  await write('package.json', '{ "type": "module" }')
  await write('stack/stack.ts', '')
  await write(
    'stack/mother.ts',
    "import { Child } from './child.ts'\nexport class Mother {\n  child = new Child()\n}\n",
  )
  await write(
    'stack/child.ts',
    "import type { Mother } from './mother.ts'\nexport class Child {\n  mother?: Mother\n}\n",
  )
  await write('supabase/functions/_shared/http.ts', '')
  for (const [from, to] of [...FORBIDDEN.map(([, from, to]) => [from, to] as const), ...ALLOWED])
    await write(from, `import '${'../'.repeat(from.split('/').length - 1)}${to}'\n`)
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const options = ['--config', resolve('.dependency-cruiser.cjs'), '--output-type', 'json']
  const folders = ['stack', 'supabase', 'tests', 'bench']
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...options, ...folders], { cwd: root })
  report = Report.parse(JSON.parse(stdout))
  await rm(root, { recursive: true })
}, 60_000)

const rulesBroken = (path: string): readonly string[] =>
  report.summary.violations.filter(({ from }) => from === path).map(({ rule }) => rule.name)

test.each(FORBIDDEN)('%s: %s must not import %s', (rule, from) => {
  expect(rulesBroken(from)).toEqual([rule])
})

test.each(ALLOWED.filter(([from]) => from !== 'stack/egg.ts'))('%s may import %s', (from, to) => {
  const dependencies = report.modules.find(({ source }) => source === from)?.dependencies
  expect(dependencies?.map(({ resolved }) => resolved)).toEqual([to])
  expect(rulesBroken(from)).toEqual([])
})

test.each(['stack/mother.ts', 'stack/child.ts'])('a circle through types alone is none: %s', (path) => {
  expect(report.modules.some(({ source }) => source === path)).toBe(true)
  expect(rulesBroken(path)).toEqual([])
})
