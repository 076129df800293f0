import type { Sql } from '../database.ts'
import { sqlState } from '../database.ts'
import { AuthError } from '../errors.ts'
import { insertIdentity, updateIdentity } from '../identities.ts'
import { endTokens, type TokenKind } from '../one-time-tokens.ts'
import type { AuthParts } from '../parts.ts'
import { confirmEmail, type User, updateUser } from '../users.ts'

/**
 * Takes note that one address of a change agreed. Answers the changed user, or undefined when the other must agree too.
 * Rejects with `email_exists` when somebody else has taken the new address meanwhile.
 */
export async function confirmEmailChange(
  { settings }: AuthParts,
  sql: Sql,
  user: User,
  kind: TokenKind,
): Promise<User | undefined> {
  const needsBoth = settings.confirmEmail && settings.doubleConfirmEmailChange && user.email !== null
  if (needsBoth && user.email_change_confirm_status === 0) {
    await endTokens(sql, user.id, [kind])
    await updateUser(sql, user.id, { [kind]: '', email_change_confirm_status: 1 })
    return undefined
  }
  return applyEmailChange(sql, user)
}

/** Gives the user the address that they asked for, confirmed. Rejects with `email_exists` when it is taken. */
export async function applyEmailChange(sql: Sql, user: User): Promise<User> {
  const email = user.email_change
  const hasIdentity = user.identities.some(({ provider }) => provider === 'email')
  if (hasIdentity) await updateIdentity(sql, user.id, 'email', { email, email_verified: true })
  else await insertIdentity(sql, user.id, 'email', { email, email_verified: true })
  await endTokens(sql, user.id)
  const changed = await updateUser(sql, user.id, {
    email,
    email_change: '',
    email_change_token_current: '',
    email_change_token_new: '',
    email_change_confirm_status: 0,
    is_anonymous: false,
  }).catch((cause: unknown) => {
    if (sqlState(cause) !== '23505') throw cause
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered')
  })
  return changed.email_confirmed_at ? changed : confirmEmail(sql, changed)
}
