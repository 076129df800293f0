import type { CreatePolicyStmt } from 'libpg-query'
import { findingAt, nameOf, type SqlRule, type Statement, walk } from './syntax.ts'

/** A policy says for whom it is; without `to` it is for everybody who may ever exist. */
export const policyRole: SqlRule = (statements) =>
  policies(statements).flatMap(({ statement, policy }) => {
    const roles = (policy.roles ?? []).flatMap((role) => ('RoleSpec' in role ? [role.RoleSpec] : []))
    if (roles.every(({ roletype }) => roletype !== 'ROLESPEC_PUBLIC')) return []
    return [findingAt(statement, 'policy-role', `${policy.policy_name} names no role; write "to authenticated"`)]
  })

/** `auth.uid()` and its like stand in a sub-select, so that they run once per statement and not once per row. */
export const policyCost: SqlRule = (statements) =>
  policies(statements).flatMap(({ statement, policy }) => {
    const perRow = new Set<string>()
    for (const expression of [policy.qual, policy.with_check])
      walk(expression, (key, value) => {
        if (key === 'SubLink') return false
        const { schema, name } = key === 'FuncCall' && 'funcname' in value ? calledName(value.funcname) : NOTHING
        if (schema === 'auth' || name === 'current_setting') perRow.add(name)
        return undefined
      })
    return [...perRow].map((name) =>
      findingAt(statement, 'policy-cost', `${policy.policy_name} calls ${name}() for every row; write (select …)`),
    )
  })

const NOTHING = { schema: undefined, name: '' } as const

function calledName(parts: unknown): { schema: string | undefined; name: string } {
  return nameOf(Array.isArray(parts) ? parts : [])
}

function policies(
  statements: readonly Statement[],
): readonly { readonly statement: Statement; readonly policy: CreatePolicyStmt }[] {
  return statements.flatMap((statement) =>
    'CreatePolicyStmt' in statement.node ? [{ statement, policy: statement.node.CreatePolicyStmt }] : [],
  )
}
