import { CALLS } from './calls.ts'
import type { Session } from './session.ts'
import type { Verdict } from './verdict.ts'

/**
 * The laws of functions: what clients call has no more rights than they have and is open to those without a token where the
 * model says so; and what has more rights finds nothing in a schema that somebody else may have filled.
 */
export async function decideFunctions({ sql }: Session, verdict: Verdict): Promise<void> {
  const functions = await sql`
    select
      proname as name, oid::regprocedure::text as signature, pronamespace = 'public'::regnamespace as "isPublic",
      prosecdef as "hasMoreRights", coalesce('search_path=""' = any (proconfig), false) as "isClosed",
      has_function_privilege('anon', oid, 'execute') as "isOpen",
      has_function_privilege('authenticated', oid, 'execute') as "isForMembers"
    from pg_proc
    where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prokind = 'f'`
  for (const { name, signature, isPublic, hasMoreRights, isClosed, isOpen, isForMembers } of functions) {
    if (isPublic) {
      verdict.compare(`${signature} has more rights than its caller`, hasMoreRights, false)
      const model = CALLS[String(name)]
      verdict.compare(`${signature} is open to all`, isOpen, model?.open === true)
      verdict.compare(`${signature} is for those with a token`, isForMembers, model?.forServer !== true)
    }
    if (hasMoreRights) verdict.compare(`${signature} looks for nothing in a search path`, isClosed, true)
  }
}
