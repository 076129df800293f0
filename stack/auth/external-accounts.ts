import { issueConfirmation, type WithMails } from './codes.ts'
import type { Sql } from './database.ts'
import { AuthError } from './errors.ts'
import { callUserHook } from './hooks.ts'
import {
  findIdentity,
  findVerifiedHolder,
  insertExternalIdentity,
  removeOtherIdentities,
  touchIdentity,
} from './identities.ts'
import { type Json, merge } from './json.ts'
import type { Notice } from './mailer.ts'
import type { Profile } from './oidc.ts'
import type { AuthParts } from './parts.ts'
import { refusedUser } from './routes/signup.ts'
import {
  confirmEmail,
  findEmailHolder,
  findUser,
  findUserByEmail,
  insertUser,
  isBanned,
  lockUser,
  refreshProviders,
  type User,
  updateUser,
} from './users.ts'

/** What a sign-in at a provider came to: a user who may go on, or one who has to confirm the address first. */
export type ExternalAccount =
  | { readonly user: User; readonly notices: readonly Notice[] }
  | { readonly refusal: AuthError; readonly mails: WithMails['mails'] }

/**
 * The account of whoever signed in at a provider: that of the identity; else the one that holds the address, where the
 * provider has verified it; else a new one. Nothing that an account held before its address was confirmed stays, because
 * somebody else may have put it there. Rejects with `signup_disabled` or `user_banned`.
 */
export async function accountOf(
  parts: AuthParts,
  sql: Sql,
  given: {
    readonly provider: string
    readonly profile: Profile
    readonly redirectTo: string
    readonly ip: string | null
  },
): Promise<ExternalAccount> {
  const { provider, profile } = given
  const { user, notices } = await load(parts, sql, given)
  if (isBanned(user)) throw new AuthError(403, 'user_banned', 'User is banned')
  if (user.confirmed_at) return { user: await refreshProviders(sql, user), notices }
  await removeOtherIdentities(sql, user.id, provider, profile.sub)
  const cleared = await updateUser(sql, user.id, { encrypted_password: null })
  if (isVerified(profile) || !parts.settings.confirmEmail)
    return { user: await refreshProviders(sql, await confirmEmail(sql, cleared)), notices: [] }
  const mails = cleared.email === null ? [] : (await issueConfirmation(parts, sql, cleared, given)).mails
  const advice =
    mails.length > 0
      ? `A confirmation email has been sent to your ${provider} email`
      : `Verify the email with ${provider} in order to sign in`
  const message = `Unverified email with ${provider}. ${advice}`
  return { mails, refusal: new AuthError(422, 'provider_email_needs_verification', message) }
}

interface Loaded {
  readonly user: User
  readonly notices: readonly Notice[]
}

async function load(
  parts: AuthParts,
  sql: Sql,
  { provider, profile, ip }: { readonly provider: string; readonly profile: Profile; readonly ip: string | null },
): Promise<Loaded> {
  const data = identityData(profile)
  const known = await lockIdentityHolder(sql, provider, profile.sub)
  if (known) {
    await touchIdentity(sql, provider, profile.sub, data)
    return { user: await describe(sql, known, data), notices: [] }
  }
  const email = profile.email?.toLowerCase()
  const holder = email === undefined || !isVerified(profile) ? undefined : await verifiedHolder(sql, email)
  if (holder) {
    await insertExternalIdentity(sql, holder.id, provider, profile.sub, data)
    const user = await describe(sql, await findUser(sql, holder.id), data)
    return { user, notices: [linked(user, provider)] }
  }
  if (!parts.settings.signUpEnabled)
    throw new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance')
  const isTaken = email === undefined || (await findEmailHolder(sql, email)) !== undefined
  const given = {
    email: isTaken ? null : email,
    passwordHash: '',
    appMetadata: { provider, providers: [provider] },
    userMetadata: data,
  }
  await callUserHook(sql, parts.settings.userHook, ip, given)
  const created = await insertUser(sql, given).catch((cause: unknown) => {
    throw refusedUser(cause)
  })
  await insertExternalIdentity(sql, created.id, provider, profile.sub, data)
  return { user: await describe(sql, await findUser(sql, created.id), {}), notices: [] }
}

/**
 * Adds a way to sign in to the account of `target`, who asked for it. One who was anonymous becomes a user by it.
 * Rejects with `identity_already_exists`, `email_exists`, or `email_not_confirmed` where there is no verified address.
 */
export async function linkTo(
  sql: Sql,
  target: User,
  provider: string,
  profile: Profile,
): Promise<{ readonly user: User; readonly notices: readonly Notice[] }> {
  const known = await findIdentity(sql, provider, profile.sub)
  if (known) {
    const whose = known.user_id === target.id ? '' : ' to another user'
    throw new AuthError(422, 'identity_already_exists', `Identity is already linked${whose}`)
  }
  await insertExternalIdentity(sql, target.id, provider, profile.sub, identityData(profile))
  const user = target.email === null ? await named(sql, target, provider, profile) : target
  const refreshed = await refreshProviders(sql, (await findUser(sql, user.id)) ?? user)
  return { user: refreshed, notices: [linked(refreshed, provider)] }
}

async function named(sql: Sql, target: User, provider: string, profile: Profile): Promise<User> {
  if (profile.email === undefined || !isVerified(profile))
    throw new AuthError(422, 'email_not_confirmed', `Unverified email with ${provider}`)
  if (await findEmailHolder(sql, profile.email, target.id))
    throw new AuthError(400, 'email_exists', 'A user with this email address has already been registered')
  const changed = await updateUser(sql, target.id, { email: profile.email.toLowerCase(), is_anonymous: false })
  return confirmEmail(sql, changed)
}

// Read again once the account is locked, because its owner may have taken the identity away meanwhile.
async function lockIdentityHolder(sql: Sql, provider: string, subject: string): Promise<User | undefined> {
  const found = await findIdentity(sql, provider, subject)
  const user = found && (await lockUser(sql, found.user_id))
  return user?.identities.some(({ provider: name, id }) => name === provider && id === subject) ? user : undefined
}

const linked = (user: User, provider: string): Notice => ({ kind: 'identity_linked', to: user.email, user, provider })

async function describe(sql: Sql, user: User | undefined, data: Json): Promise<User> {
  if (!user) throw new Error('An identity without a user.')
  return updateUser(sql, user.id, { raw_user_meta_data: merge(user.raw_user_meta_data, data) })
}

// An address that some provider has not verified says nothing about who holds it.
async function verifiedHolder(sql: Sql, email: string): Promise<User | undefined> {
  const id = (await findUserByEmail(sql, email))?.id ?? (await findVerifiedHolder(sql, email))
  return id === undefined ? undefined : lockUser(sql, id)
}

const isVerified = (profile: Profile): boolean => profile.email !== undefined && profile.email_verified === true

function identityData({ iss, sub, email, email_verified, name, picture }: Profile): Json {
  return {
    iss,
    sub,
    provider_id: sub,
    ...(email === undefined ? {} : { email: email.toLowerCase() }),
    email_verified: email_verified ?? false,
    phone_verified: false,
    ...(name === undefined ? {} : { name, full_name: name }),
    ...(picture === undefined ? {} : { picture, avatar_url: picture }),
  }
}
