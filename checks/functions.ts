import type { CreateFunctionStmt } from 'libpg-query'
import { type GeneratedPart, refreshed, staleness } from './generated.ts'
import type { Check, SourceFile } from './source.ts'
import { commentsOf } from './sql/comments.ts'
import { nameOf, parseSql, type Statement } from './sql/syntax.ts'

const REFERENCE = 'docs/reference/functions.md'

interface PublicFunction {
  readonly name: string
  /** The word that the name of its migration begins with. */
  readonly domain: string
  readonly parameters: readonly string[]
  readonly result: string
  readonly isReadOnly: boolean
  readonly roles: readonly string[]
  readonly promise: string
}

/** The reference of the functions in `public` says what the migrations say of them. */
export const functionReference: Check = {
  name: 'functions',
  async run(files) {
    return staleness(await reference(files), files)
  },
  async fix(files) {
    return refreshed(await reference(files), files)
  },
}

async function reference(files: readonly SourceFile[]): Promise<GeneratedPart> {
  const migrations = files.filter(({ path }) => path.startsWith('supabase/migrations/'))
  const functions = publicFunctions((await Promise.all(migrations.map(parseSql))).flat())
  const domains = [...new Set(functions.map(({ domain }) => domain))]
  const sections = domains.map((domain) =>
    [`## ${domain}`, ...functions.filter((each) => each.domain === domain).map(entry)].join('\n\n'),
  )
  return { path: REFERENCE, content: sections.join('\n\n') }
}

function publicFunctions(statements: readonly Statement[]): readonly PublicFunction[] {
  const grants = rolesOf(statements)
  const comments = commentsOf(statements)
  return statements.flatMap((statement) => {
    if (!('CreateFunctionStmt' in statement.node)) return []
    const definition = statement.node.CreateFunctionStmt
    const { schema, name } = nameOf(definition.funcname)
    if (schema !== 'public') return []
    return {
      name,
      domain: /\d{14}_([a-z]+)/.exec(statement.file.path)?.[1] ?? '',
      parameters: parametersOf(statement, definition),
      result: /^returns ([\s\S]*?)\s*^language /m.exec(statement.text)?.[1] ?? '',
      isReadOnly: !/^volatile$/m.test(statement.text),
      roles: grants.get(name) ?? [],
      promise: comments.get(`function public.${name}`) ?? '',
    }
  })
}

/** As they are written: name, type and default. */
function parametersOf(statement: Statement, { parameters = [] }: CreateFunctionStmt): readonly string[] {
  const written = parameters.flatMap((parameter) =>
    'FunctionParameter' in parameter && parameter.FunctionParameter.mode !== 'FUNC_PARAM_TABLE'
      ? [statement.textFrom(parameter.FunctionParameter.location ?? 0)]
      : [],
  )
  return written.map((text, index) => {
    const following = written[index + 1]
    if (following !== undefined) return text.slice(0, -following.length).trim().replace(/,$/, '')
    return text.slice(0, text.search(/\s*\)\s*returns /))
  })
}

function rolesOf(statements: readonly Statement[]): ReadonlyMap<string, readonly string[]> {
  const roles = new Map<string, readonly string[]>()
  for (const { node } of statements) {
    if (!('GrantStmt' in node) || node.GrantStmt.objtype !== 'OBJECT_FUNCTION' || !node.GrantStmt.is_grant) continue
    const { objects = [], grantees = [] } = node.GrantStmt
    const granted = grantees.flatMap((grantee) => ('RoleSpec' in grantee ? [grantee.RoleSpec.rolename ?? ''] : []))
    for (const object of objects)
      if ('ObjectWithArgs' in object) {
        const { schema, name } = nameOf(object.ObjectWithArgs.objname)
        if (schema === 'public') roles.set(name, [...(roles.get(name) ?? []), ...granted])
      }
  }
  return roles
}

function entry({ name, parameters, result, isReadOnly, roles, promise }: PublicFunction): string {
  const list = parameters.length < 2 ? parameters.join('') : `\n${parameters.map((each) => `  ${each}`).join(',\n')}\n`
  const callers = roles.filter((role) => role !== 'service_role').map((role) => `\`${role}\``)
  return [
    `### ${name}`,
    ['```sql', `${name}(${list}) returns ${result}`, '```'].join('\n'),
    `For ${callers.length > 0 ? callers.join(', ') : 'the backend alone'}. ${isReadOnly ? 'Only reads.' : 'May write.'}`,
    promise.replaceAll(/[*<]|_(?!\w)|(?<!\w)_/g, '\\$&'),
  ].join('\n\n')
}
