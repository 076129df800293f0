import type { SupabaseClient } from '@supabase/supabase-js'
import { describe, expect, test } from 'vitest'
import { codeOf, stepAt } from '../../stack/auth/totp.ts'
import { anonClient, createUser, signIn } from '../support/clients.ts'
import { sql } from '../support/stack.ts'

interface Enrolled {
  readonly id: string
  readonly secret: string
}

async function enrol(client: SupabaseClient, friendlyName = 'phone'): Promise<Enrolled> {
  const { data, error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName })
  if (error || data.type !== 'totp') throw error ?? new Error('another type')
  return { id: data.id, secret: data.totp.secret }
}

// A code counts once, so each of a test is of another step; one step ahead is still taken.
const code = ({ secret }: Enrolled, ahead = 0): string => codeOf(secret, stepAt(Date.now()) + ahead)

async function verify(client: SupabaseClient, factor: Enrolled, ahead = 0) {
  return client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: code(factor, ahead) })
}

const level = async (client: SupabaseClient) => {
  const { data } = await client.auth.mfa.getAuthenticatorAssuranceLevel()
  return [data?.currentLevel, data?.nextLevel]
}
const methods = async (client: SupabaseClient) => {
  const claims = (await client.auth.getClaims()).data?.claims
  return [claims?.aal, claims?.amr?.map((entry) => (typeof entry === 'string' ? entry : entry.method)).sort()]
}

describe('enrolling', () => {
  test('shows a QR code and a secret, counts from the first code on, and raises the session for good', async () => {
    const { client } = await createUser('ana')
    expect(await level(client)).toEqual(['aal1', 'aal1'])
    const { data } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone', issuer: 'FitAI' })
    if (data?.type !== 'totp') throw new Error('no factor')
    expect(data.totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg/)
    expect(data.totp.uri).toContain(`secret=${data.totp.secret}`)
    expect(data.totp.uri).toContain('issuer=FitAI')
    const factor = { id: data.id, secret: data.totp.secret }
    const before = (await client.auth.mfa.listFactors()).data
    expect([before?.all.length, before?.totp.length]).toEqual([1, 0])

    expect((await verify(client, factor)).error).toBeNull()
    expect(await level(client)).toEqual(['aal2', 'aal2'])
    expect(await methods(client)).toEqual(['aal2', ['password', 'totp']])
    expect((await client.auth.mfa.listFactors()).data?.totp).toMatchObject([{ id: factor.id, status: 'verified' }])
    expect((await client.auth.refreshSession()).error).toBeNull()
    expect(await methods(client)).toEqual(['aal2', ['password', 'totp']])
  })

  test('ends the sessions that have shown no factor; a new one is asked for it', async () => {
    const ben = await createUser('ben')
    const other = await signIn(ben.email)
    const factor = await enrol(ben.client)
    expect((await other.client.auth.getUser()).error).toBeNull()
    expect((await verify(ben.client, factor)).error).toBeNull()
    expect((await other.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    const { client } = await signIn(ben.email)
    expect(await level(client)).toEqual(['aal1', 'aal2'])
    expect((await verify(client, factor, 1)).error).toBeNull()
    expect(await level(client)).toEqual(['aal2', 'aal2'])
  })

  test('a name twice, a second factor without showing the first, and another kind are refused', async () => {
    const cleo = await createUser('cleo')
    const factor = await enrol(cleo.client)
    const enroll = (friendlyName: string, client = cleo.client) =>
      client.auth.mfa.enroll({ factorType: 'totp', friendlyName })
    expect((await enroll('phone')).error?.code).toBe('mfa_factor_name_conflict')
    expect((await verify(cleo.client, factor)).error).toBeNull()
    expect((await enroll('tablet')).error).toBeNull()
    const { client } = await signIn(cleo.email)
    expect((await enroll('stolen', client)).error?.code).toBe('insufficient_aal')
    const phone = await client.auth.mfa.enroll({ factorType: 'phone', phone: '+15555550100' })
    expect(phone.error?.code).toBe('mfa_phone_enroll_not_enabled')
  })
})

describe('a code', () => {
  test('that is wrong, or was used, is refused; after five wrong ones even the right one has to wait', async () => {
    const { client } = await createUser('dora')
    const factor = await enrol(client)
    const right = code(factor)
    expect((await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: right })).error).toBeNull()
    const again = await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: right })
    expect(again.error?.code).toBe('mfa_verification_failed')
    for (let wrong = 2; wrong <= 5; wrong++) {
      const { error } = await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: '0' })
      expect(error?.code).toBe('mfa_verification_failed')
    }
    expect((await verify(client, factor, 1)).error).toMatchObject({ status: 429, code: 'over_request_rate_limit' })
  })

  test('answers its own challenge, once, in time', async () => {
    const { client } = await createUser('eli')
    const [factor, other] = [await enrol(client, 'one'), await enrol(client, 'two')]
    const ask = async (factorId: string) => (await client.auth.mfa.challenge({ factorId })).data?.id ?? ''
    const answer = async (challengeId: string, ahead = 0) =>
      (await client.auth.mfa.verify({ factorId: factor.id, challengeId, code: code(factor, ahead) })).error?.code
    expect(await answer(await ask(other.id))).toBe('mfa_factor_not_found')
    expect(await answer(crypto.randomUUID())).toBe('mfa_factor_not_found')
    const late = await ask(factor.id)
    await sql`update auth.mfa_challenges set created_at = now() - interval '6 minutes' where id = ${late}`
    expect(await answer(late)).toBe('mfa_challenge_expired')
    const challenge = await ask(factor.id)
    expect(await answer(challenge)).toBeUndefined()
    expect(await answer(challenge, 1)).toBe('mfa_ip_address_mismatch')
  })
})

describe('a session that has yet to show the second factor', () => {
  // What nobody else's test changes meanwhile: of searches whose templates are found, of the rest what they are called.
  const toldBy = (data: unknown): object => {
    const { name, items, is_favorite } = Object(data)
    return {
      name,
      is_favorite,
      found: Array.isArray(items) ? items.map(({ created_by: by }) => by).filter(Boolean) : null,
    }
  }
  const ownPreferences = async (client: SupabaseClient) => {
    const { data, error } = await client.from('preferences').select('units').limit(1)
    return error?.code ?? data?.length
  }

  test('reaches no data, neither its own nor of others, until it has', async () => {
    const hana = await createUser('hana')
    expect(await ownPreferences(hana.client)).toBe(1)
    const factor = await enrol(hana.client)
    expect((await verify(hana.client, factor)).error).toBeNull()
    expect(await ownPreferences(hana.client)).toBe(1)
    const { client } = await signIn(hana.email)
    expect((await client.auth.getClaims()).data?.claims.role).toBe('anon')
    expect(await ownPreferences(client)).toBe('42501')
    expect((await client.rpc('my_account')).error?.code).toBe('42501')
    expect((await client.auth.refreshSession()).error).toBeNull()
    expect(await ownPreferences(client)).toBe('42501')
    expect((await verify(client, factor, 1)).error).toBeNull()
    expect(await ownPreferences(client)).toBe(1)
  })

  test('is answered as a stranger is, by every function that strangers reach', async () => {
    const [lea, mona] = [await createUser('lea'), await createUser('mona')]
    const name = `Plan ${crypto.randomUUID()}`
    const [own = '', free = '', premium = ''] = Array.from({ length: 3 }, () => crypto.randomUUID())
    const [library] = await sql<{ id: string }[]>`select id from public.exercises where slug = 'barbell-bench-press'`
    await sql`
      with made as (
        insert into public.workout_templates (
          id, created_by, name, difficulty, goal, visibility, is_published, published_at, is_premium
        )
        values
          (${own}, ${lea.id}, ${name}, 'beginner', 'strength', 'private', false, null, false),
          (${free}, ${mona.id}, ${name}, 'beginner', 'strength', 'public', true, now(), false),
          (${premium}, ${mona.id}, ${name}, 'beginner', 'strength', 'public', true, now(), true)
        returning id, created_by, is_premium
      )
      insert into public.template_versions (template_id, version, created_by, is_premium, document, request_hash)
      select id, 1, created_by, is_premium, '{"days": []}', gen_random_uuid() from made`
    await sql`update public.preferences set language = 'de' where user_id = ${lea.id}`
    expect((await lea.client.from('template_favorites').insert({ template_id: free })).error).toBeNull()
    expect((await verify(lea.client, await enrol(lea.client))).error).toBeNull()

    const scopes = ['all', 'mine', 'public', 'favorites'].map((scope) => ({ scope, query: name }))
    const calls: Readonly<Record<string, readonly object[]>> = {
      get_exercise: [{ exercise_id: library?.id }],
      get_template: [own, free, premium].map((id) => ({ template_id: id })),
      search_exercises: [{}, { query: 'press' }],
      search_templates: scopes,
      similar_exercises: [{ exercise_id: library?.id }],
    }
    const open = await sql<{ name: string }[]>`
      select proname as name from pg_proc
      where pronamespace = 'public'::regnamespace and has_function_privilege('anon', oid, 'execute') order by proname`
    expect(open.map((each) => each.name)).toEqual(Object.keys(calls))
    const answers = async (client: SupabaseClient) => {
      const asked = Object.entries(calls).flatMap(([call, given]) => given.map((each) => client.rpc(call, each)))
      return (await Promise.all(asked)).map(({ status, error, data }) => ({ status, error, ...toldBy(data) }))
    }
    const ofStranger = await answers(anonClient())
    expect(await answers((await signIn(lea.email)).client)).toEqual(ofStranger)
    expect(await answers(lea.client)).not.toEqual(ofStranger)
    expect(ofStranger.filter(({ error }) => error).map(({ status }) => status)).toEqual([404, 402])
  })

  test('changes neither address nor password', async () => {
    const ivo = await createUser('ivo')
    expect((await verify(ivo.client, await enrol(ivo.client))).error).toBeNull()
    const { client } = await signIn(ivo.email)
    const refusals = [
      await client.auth.updateUser({ password: 'another-horse-battery' }),
      await client.auth.updateUser({ email: `new.${ivo.email}` }),
    ]
    expect(refusals.map(({ error }) => error?.code)).toEqual(['insufficient_aal', 'insufficient_aal'])
    expect((await client.auth.updateUser({ data: { shoe: 'flat' } })).error).toBeNull()
    expect((await ivo.client.auth.updateUser({ password: 'another-horse-battery' })).error).toBeNull()
  })
})

describe('a factor', () => {
  test('is taken away by a session that has shown it, which is then as strong as its password', async () => {
    const fay = await createUser('fay')
    const factor = await enrol(fay.client)
    expect((await verify(fay.client, factor)).error).toBeNull()
    const weak = await signIn(fay.email)
    expect((await weak.client.auth.mfa.unenroll({ factorId: factor.id })).error?.code).toBe('insufficient_aal')
    expect((await fay.client.auth.mfa.unenroll({ factorId: factor.id })).error).toBeNull()
    await fay.client.auth.refreshSession()
    expect(await methods(fay.client)).toEqual(['aal1', ['password']])
    expect((await fay.client.auth.mfa.listFactors()).data?.all).toEqual([])
  })

  test('of somebody else is not found', async () => {
    const [gus, eve] = [await createUser('gus'), await createUser('eve')]
    const factor = await enrol(gus.client)
    expect((await eve.client.auth.mfa.challenge({ factorId: factor.id })).error?.code).toBe('mfa_factor_not_found')
    expect((await verify(eve.client, factor)).error?.code).toBe('mfa_factor_not_found')
    expect((await eve.client.auth.mfa.unenroll({ factorId: factor.id })).error?.code).toBe('mfa_factor_not_found')
    expect((await gus.client.auth.mfa.unenroll({ factorId: factor.id })).error).toBeNull()
  })
})
