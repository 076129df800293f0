/** A program that checks the project: what it looks at is in its own configuration file. */
export interface Tool {
  readonly name: string
  /** A program of `node_modules/.bin` and its arguments; it ends with another code than 0 when it finds something. */
  readonly check: readonly [program: string, ...args: string[]]
  /** What repairs its findings, where it can. */
  readonly fix?: readonly [program: string, ...args: string[]]
}

/** The programs of the gate, the slowest first, because they run side by side. */
export const TOOLS: readonly Tool[] = [
  {
    name: 'types',
    check: ['tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/tsc.tsbuildinfo'],
  },
  {
    name: 'spelling',
    check: ['cspell', 'lint', '--no-progress', '--no-summary', '--gitignore', '--dot', '.'],
  },
  {
    name: 'seed is current',
    check: ['tsx', 'supabase/seed/generate.ts', '--check'],
    fix: ['tsx', 'supabase/seed/generate.ts'],
  },
  {
    name: 'import rules',
    check: ['depcruise', 'stack', 'supabase', 'tests', 'bench', 'demo', 'checks', '--output-type', 'err'],
  },
  { name: 'unused code', check: ['knip', '--no-progress', '--no-config-hints'] },
  { name: 'type-aware lint', check: ['oxlint', '--type-aware', '--deny-warnings'], fix: ['oxlint', '--fix'] },
  { name: 'markdown', check: ['markdownlint-cli2'], fix: ['markdownlint-cli2', '--fix'] },
  { name: 'migration lint', check: ['squawk', 'supabase/migrations/*.sql'] },
  {
    name: 'format and lint',
    check: ['biome', 'check', '--error-on-warnings', '.'],
    fix: ['biome', 'check', '--write', '.'],
  },
]
