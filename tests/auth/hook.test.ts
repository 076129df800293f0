import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshEmail } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { type OwnAuth, PASSWORD, startAuth } from './support.ts'

const SCHEMA = `hooks_${crypto.randomUUID().slice(0, 8)}`

/** An Auth that calls the function `name` of this file's schema. */
const withHook = (name: string): Promise<OwnAuth> =>
  startAuth({
    auth: { hook: { custom_access_token: { enabled: true, uri: `pg-functions://postgres/${SCHEMA}/${name}` } } },
  })

const makeUser = async (auth: OwnAuth): Promise<{ id: string; email: string }> => {
  const email = freshEmail('hooked')
  const { data, error } = await auth.admin().auth.admin.createUser({ email, password: PASSWORD, email_confirm: true })
  if (error) throw error
  return { id: data.user.id, email }
}

beforeAll(async () => {
  await sql.unsafe(`
    create schema ${SCHEMA};
    grant usage on schema ${SCHEMA} to supabase_auth_admin;
    create table ${SCHEMA}.event (event jsonb, run_by text);
    grant insert on ${SCHEMA}.event to supabase_auth_admin;

    create function ${SCHEMA}.role(event jsonb) returns jsonb language plpgsql as $$
    begin
      insert into ${SCHEMA}.event values (event, current_user);
      return jsonb_set(event, '{claims,user_role}', '"coach"');
    end $$;
    create function ${SCHEMA}.refuse(event jsonb) returns jsonb language sql as
      $$ select '{"error": {"http_code": 403, "message": "not on a Sunday"}}'::jsonb $$;
    create function ${SCHEMA}.refuse_refresh(event jsonb) returns jsonb language sql as
      $$ select case event ->> 'authentication_method' when 'token_refresh'
         then '{"error": {"http_code": 403, "message": "stay out"}}'::jsonb else event end $$;
    create function ${SCHEMA}.no_role(event jsonb) returns jsonb language sql as
      $$ select event #- '{claims,role}' $$;
    create function ${SCHEMA}.no_claims(event jsonb) returns jsonb language sql as $$ select '{}'::jsonb $$;
    create function ${SCHEMA}.raise(event jsonb) returns jsonb language plpgsql as
      $$ begin raise exception 'a secret of the database'; end $$;
    create function ${SCHEMA}.sleep(event jsonb) returns jsonb language plpgsql as
      $$ begin perform pg_sleep(60); return event; end $$;
    grant execute on all functions in schema ${SCHEMA} to supabase_auth_admin;
  `)
})
afterAll(() => sql.unsafe(`drop schema ${SCHEMA} cascade`))

describe('the custom access token hook', () => {
  test('is called as supabase_auth_admin with GoTrue’s event, and its claims are in every token', async () => {
    await using auth = await withHook('role')
    const { id, email } = await makeUser(auth)
    const client = auth.client()
    const { data } = await client.auth.signInWithPassword({ email, password: PASSWORD })
    expect((await client.auth.getClaims()).data?.claims).toMatchObject({ sub: id, user_role: 'coach' })
    await client.auth.refreshSession()
    expect((await client.auth.getClaims()).data?.claims).toMatchObject({ sub: id, user_role: 'coach' })

    const calls = await sql.unsafe(`select event, run_by from ${SCHEMA}.event where event ->> 'user_id' = '${id}'`)
    expect(calls.map(({ event, run_by }) => [event.authentication_method, run_by])).toEqual([
      ['password', 'supabase_auth_admin'],
      ['token_refresh', 'supabase_auth_admin'],
    ])
    expect(calls[0]?.event).toMatchObject({
      user_id: id,
      metadata: { name: 'customize-access-token' },
      claims: { sub: id, aud: 'authenticated', role: 'authenticated', email, aal: 'aal1', is_anonymous: false },
    })
    expect(data.session?.expires_in).toBe(900)
  })

  test('refuses a sign-in with its own status and message, and leaves no session', async () => {
    await using auth = await withHook('refuse')
    const { id, email } = await makeUser(auth)
    const { error } = await auth.client().auth.signInWithPassword({ email, password: PASSWORD })
    expect(error).toMatchObject({ status: 403, message: 'not on a Sunday' })
    expect(await sql`select from auth.sessions where user_id = ${id}`).toHaveLength(0)
    const [row] = await sql`select last_sign_in_at from auth.users where id = ${id}`
    expect(row?.last_sign_in_at).toBeNull()
  })

  test('refuses a refresh without using the token up', async () => {
    await using auth = await withHook('refuse_refresh')
    const { id, email } = await makeUser(auth)
    const { data } = await auth.client().auth.signInWithPassword({ email, password: PASSWORD })
    const refresh_token = data.session?.refresh_token ?? ''
    expect((await auth.client().auth.refreshSession({ refresh_token })).error?.message).toBe('stay out')
    expect(await sql`select revoked from auth.refresh_tokens where user_id = ${id}`).toMatchObject([{ revoked: false }])
  })

  test.each([
    ['no_role', 'role'],
    ['no_claims', 'claims field is missing'],
    ['raise', 'a secret of the database'],
    ['sleep', 'statement timeout'],
  ])('that goes wrong (%s) lets nobody in, and the log says why', async (name, reason) => {
    await using auth = await withHook(name)
    const { id, email } = await makeUser(auth)
    const { data, error } = await auth.client().auth.signInWithPassword({ email, password: PASSWORD })
    expect(error?.status).toBe(500)
    expect(error?.message).not.toContain('secret')
    expect(auth.logs.join()).toContain(reason)
    expect(data.session).toBeNull()
    expect(await sql`select from auth.sessions where user_id = ${id}`).toHaveLength(0)
  })

  test('that this Auth does not call is refused at the start', async () => {
    const hook = { send_email: { enabled: true, uri: 'pg-functions://postgres/public/mail' } }
    await expect(startAuth({ auth: { hook } })).rejects.toThrow('send_email')
    const uri = 'pg-functions://postgres/public/f"; drop table x'
    await expect(startAuth({ auth: { hook: { custom_access_token: { enabled: true, uri } } } })).rejects.toThrow('uri')
  })
})
