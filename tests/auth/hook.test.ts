import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshEmail } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { type OwnAuth, PASSWORD, startAuth } from './support.ts'

const SCHEMA = `hooks_${crypto.randomUUID().slice(0, 8)}`

/** An Auth that calls the function `name` of this file's schema, for access tokens unless `hook` says for what. */
const withHook = (name: string, hook = 'custom_access_token'): Promise<OwnAuth> =>
  startAuth({
    auth: { hook: { [hook]: { enabled: true, uri: `pg-functions://postgres/${SCHEMA}/${name}` } } },
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
    create function ${SCHEMA}.note(event jsonb) returns jsonb language plpgsql as $$
    begin
      insert into ${SCHEMA}.event values (event, current_user);
      return '{}';
    end $$;
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

describe('the hook before a user is created', () => {
  const signUp = (auth: OwnAuth, email: string) =>
    auth.client().auth.signUp({ email, password: PASSWORD, options: { data: { club: 'Iron' } } })

  test('is asked as supabase_auth_admin, once, before the user is there', async () => {
    await using auth = await withHook('note', 'before_user_created')
    const email = freshEmail('asked')

    const { data } = await signUp(auth, email)
    await signUp(auth, email)

    const calls = await sql.unsafe(`
      select event, run_by from ${SCHEMA}.event where event #>> '{user,email}' = '${email}'`)
    expect(calls).toEqual([
      {
        run_by: 'supabase_auth_admin',
        event: {
          metadata: expect.objectContaining({ name: 'before-user-created', uuid: expect.any(String) }),
          user: {
            aud: 'authenticated',
            role: 'authenticated',
            email,
            phone: '',
            app_metadata: { provider: 'email', providers: ['email'] },
            user_metadata: { club: 'Iron' },
            is_anonymous: false,
          },
        },
      },
    ])
    expect(data.user?.id).toBeDefined()
    const anonymous = await auth.client().auth.signInAnonymously()
    expect(anonymous.error).toBeNull()
    const [row] = await sql.unsafe(`
      select count(*)::integer as calls from ${SCHEMA}.event where event #>> '{user,is_anonymous}' = 'true'`)
    expect(row?.calls).toBe(1)
  })

  test('refuses a sign-up with its own status and message, and nothing is stored', async () => {
    await using auth = await withHook('refuse', 'before_user_created')
    const email = freshEmail('refused')

    expect((await signUp(auth, email)).error).toMatchObject({ status: 403, message: 'not on a Sunday' })
    expect((await auth.client().auth.signInAnonymously()).error).toMatchObject({ status: 403 })

    expect(await sql`select from auth.users where email = ${email}`).toHaveLength(0)
    // An admin's server knows what it does: hosted does not ask for users that it creates either.
    await makeUser(auth)
  })

  test.each(['raise', 'sleep'])('that goes wrong (%s) lets nobody in, and tells no secret', async (name) => {
    await using auth = await withHook(name, 'before_user_created')
    const email = freshEmail('wrong')

    const { error } = await signUp(auth, email)

    expect(error?.status).toBe(500)
    expect(error?.message).not.toContain('secret')
    expect(await sql`select from auth.users where email = ${email}`).toHaveLength(0)
  })
})
