import type { Check, Finding, SourceFile } from '../source.ts'
import { commented } from './comments.ts'
import { lowerCase, migrationFile } from './files.ts'
import {
  definerReason,
  functionHeader,
  functionLength,
  qualifiedName,
  triggerFunctionName,
  triggerName,
} from './functions.ts'
import { policyCost, policyRole } from './policies.ts'
import { parseSql, type SqlRule } from './syntax.ts'
import { constraintName, foreignKeyOnDelete, rowLevelSecurity } from './tables.ts'

const RULES: readonly SqlRule[] = [
  functionHeader,
  definerReason,
  functionLength,
  triggerFunctionName,
  triggerName,
  qualifiedName,
  foreignKeyOnDelete,
  constraintName,
  rowLevelSecurity,
  policyRole,
  policyCost,
  commented,
]

/** The rules of the house for migrations that no tool checks; each says in its own words what it asks for. */
export const sqlRules: Check = {
  name: 'sql rules',
  async run(files) {
    const migrations = files.filter(({ path }) => path.startsWith('supabase/migrations/'))
    const statements = (await Promise.all(migrations.map(parseSql))).flat()
    return [
      ...migrationFile(migrations),
      ...(await lowerCase(migrations)),
      ...withExceptions(
        RULES.flatMap((rule) => rule(statements)),
        migrations,
      ),
    ]
  },
}

/**
 * `findings` without those that a line `-- except <rule>: <reason>` above the place excuses,
 * and with a finding for each such line that excuses nothing.
 */
function withExceptions(findings: readonly Finding[], files: readonly SourceFile[]): readonly Finding[] {
  const exceptions = files.flatMap(exceptionsIn)
  const excuses = (exception: Exception, finding: Finding): boolean =>
    exception.path === finding.path && exception.rule === finding.rule && exception.covers === finding.line
  const stale = exceptions.filter((exception) => !findings.some((finding) => excuses(exception, finding)))
  return [
    ...findings.filter((finding) => !exceptions.some((exception) => excuses(exception, finding))),
    ...stale.map(({ path, line, rule }) => ({
      path,
      line,
      rule: 'stale-exception',
      message: `nothing here breaks ${rule}`,
    })),
  ]
}

interface Exception {
  readonly path: string
  readonly rule: string
  readonly line: number
  /** The first line below that is not a comment. */
  readonly covers: number
}

function exceptionsIn({ path, text }: SourceFile): readonly Exception[] {
  const lines = text.split('\n')
  return lines.flatMap((content, index) => {
    const rule = /^\s*-- except ([a-z-]+): \S+/.exec(content)?.[1]
    if (rule === undefined) return []
    const below = lines.findIndex((candidate, at) => at > index && !candidate.trimStart().startsWith('--'))
    return [{ path, rule, line: index + 1, covers: below + 1 }]
  })
}
