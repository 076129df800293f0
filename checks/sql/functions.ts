import type { CreateFunctionStmt, DefElem } from 'libpg-query'
import { findingAt, nameOf, parseBody, type SqlRule, type Statement, unqualifiedTables, walk } from './syntax.ts'

const LONGEST_FUNCTION_LINES = 100
const HEADER = ['language', 'volatility', 'security', 'set'] as const

/**
 * Every function states language, volatility, security and an empty search path, in this order, before its body. Other
 * settings may stand beside the search path.
 */
export const functionHeader: SqlRule = (statements) =>
  functions(statements).flatMap(({ statement, definition }) => {
    const options = optionsOf(definition)
    const clauses = options.map(({ defname = '' }) => defname).filter((name) => HEADER.some((part) => part === name))
    const missing = HEADER.filter((name) => !clauses.includes(name))
    if (missing.length > 0) return [findingAt(statement, 'function-header', `states no ${missing.join(', no ')}`)]
    if ([...new Set(clauses)].join() !== HEADER.join())
      return [
        findingAt(statement, 'function-header', `has ${clauses.join(', ')} where the order is ${HEADER.join(', ')}`),
      ]
    if (!options.some(isEmptySearchPath)) return [findingAt(statement, 'function-header', "needs set search_path = ''")]
    return []
  })

/** A definer function lives in `private`, and the lines above it begin with `-- definer:` and say why. */
export const definerReason: SqlRule = (statements) =>
  functions(statements).flatMap(({ statement, definition }) => {
    if (!optionsOf(definition).some(isDefiner)) return []
    const { schema, name } = nameOf(definition.funcname)
    if (schema !== 'private')
      return [findingAt(statement, 'definer-reason', `${name} is security definer outside the schema private`)]
    const reason = statement.comments.some((comment) => /^definer: \S+/.test(comment))
    return reason ? [] : [findingAt(statement, 'definer-reason', `${name} has no line "-- definer: why" above it`)]
  })

/** A function is at most 100 lines long; one that grows past 60 asks for a second one. */
export const functionLength: SqlRule = (statements) =>
  functions(statements).flatMap(({ statement, definition }) => {
    const lines = statement.text.split('\n').length
    if (lines <= LONGEST_FUNCTION_LINES) return []
    return [findingAt(statement, 'function-length', `${nameOf(definition.funcname).name} has ${lines} lines`)]
  })

/** A function that returns a trigger is called `tg__task`, or `tg_table__task` where it knows its table. */
export const triggerFunctionName: SqlRule = (statements) =>
  functions(statements).flatMap(({ statement, definition }) => {
    const { name } = nameOf(definition.funcname)
    if (nameOf(definition.returnType?.names).name !== 'trigger' || /^tg_([a-z0-9_]+?)?_[a-z0-9_]+$/.test(name))
      return []
    return [
      findingAt(statement, 'trigger-function-name', `${name} returns a trigger; call it tg__task or tg_table__task`),
    ]
  })

/** Triggers are numbered for the order in which they fire: `_100_task`. */
export const triggerName: SqlRule = (statements) =>
  statements.flatMap((statement) => {
    if (!('CreateTrigStmt' in statement.node)) return []
    const { trigname = '' } = statement.node.CreateTrigStmt
    if (/^_\d{3}_[a-z0-9_]+$/.test(trigname)) return []
    return [findingAt(statement, 'trigger-name', `${trigname} has no number; the form is _100_task`)]
  })

/** Tables, functions and types are created, changed and used with their schema, in the bodies of SQL functions too. */
export const qualifiedName: SqlRule = (statements) =>
  statements.flatMap((statement) => {
    const names = [...unqualifiedTables(statement.node), ...unqualifiedFunctions(statement), ...inBody(statement)]
    return [...new Set(names)].map((name) =>
      findingAt(statement, 'qualified-name', `${name} is written without its schema`),
    )
  })

function functions(
  statements: readonly Statement[],
): readonly { readonly statement: Statement; readonly definition: CreateFunctionStmt }[] {
  return statements.flatMap((statement) =>
    'CreateFunctionStmt' in statement.node ? [{ statement, definition: statement.node.CreateFunctionStmt }] : [],
  )
}

function optionsOf(definition: CreateFunctionStmt): readonly DefElem[] {
  return (definition.options ?? []).flatMap((option) => ('DefElem' in option ? [option.DefElem] : []))
}

function isEmptySearchPath({ defname, arg }: DefElem): boolean {
  if (defname !== 'set' || !arg || !('VariableSetStmt' in arg)) return false
  const { name, args = [] } = arg.VariableSetStmt
  const [value] = args
  return name === 'search_path' && args.length === 1 && value !== undefined && 'A_Const' in value
    ? value.A_Const.sval !== undefined && (value.A_Const.sval.sval ?? '') === ''
    : false
}

function isDefiner({ defname, arg }: DefElem): boolean {
  return defname === 'security' && arg !== undefined && 'Boolean' in arg && arg.Boolean.boolval === true
}

function unqualifiedFunctions({ node }: Statement): readonly string[] {
  const called = 'CreateTrigStmt' in node ? node.CreateTrigStmt.funcname : undefined
  const created = 'CreateFunctionStmt' in node ? node.CreateFunctionStmt.funcname : undefined
  const type = 'CreateEnumStmt' in node ? node.CreateEnumStmt.typeName : undefined
  const domain = 'CreateDomainStmt' in node ? node.CreateDomainStmt.domainname : undefined
  return [called, created, type, domain].flatMap((parts) => {
    if (parts === undefined) return []
    const { schema, name } = nameOf(parts)
    return schema === undefined ? [name] : []
  })
}

// PL/pgSQL bodies are left to the tests that run them: with an empty search path such a name cannot resolve.
function inBody({ node }: Statement): readonly string[] {
  if (!('CreateFunctionStmt' in node)) return []
  const options = optionsOf(node.CreateFunctionStmt)
  const language = options.find(({ defname }) => defname === 'language')?.arg
  if (!language || !('String' in language) || language.String.sval !== 'sql') return []
  const names: string[] = []
  walk(options.find(({ defname }) => defname === 'as')?.arg, (key, value) => {
    if (key === 'String' && 'sval' in value && typeof value.sval === 'string')
      for (const body of parseBody(value.sval)) names.push(...unqualifiedTables(body))
    return undefined
  })
  return names
}
