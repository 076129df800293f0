import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Auth } from '../../stack/auth/auth.ts'
import { freshEmail } from '../support/clients.ts'
import { type Database, startDatabase } from '../support/database.ts'
import { sql } from '../support/stack.ts'
import { type OwnAuth, PASSWORD, startAuth } from './support.ts'

describe('schema auth', () => {
  test('belongs to supabase_auth_admin, table by table, with row security on', async () => {
    const tables = await sql`
      select relname, pg_get_userbyid(relowner) as owner, relrowsecurity as secure
      from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r'`
    expect(tables.map(({ relname }) => relname)).toEqual(
      expect.arrayContaining(['users', 'identities', 'sessions', 'refresh_tokens', 'one_time_tokens', 'mfa_factors']),
    )
    for (const table of tables) expect(table).toMatchObject({ owner: 'supabase_auth_admin', secure: true })
  })

  test('lets the API roles call its functions and see no row', async () => {
    for (const role of ['anon', 'authenticated', 'service_role']) {
      const [row] = await sql.begin(async (tx) => {
        await tx.unsafe(`set local role ${role}`)
        return tx`select auth.uid() as uid, auth.role() as role, auth.email() as email, auth.jwt() as jwt`
      })
      expect(row).toEqual({ uid: null, role: null, email: null, jwt: null })
      const [rights] = await sql`
        select bool_or(has_table_privilege(${role}, oid, 'select, insert, update, delete')) as any
        from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r'`
      expect([role, rights?.any]).toEqual([role, false])
    }
  })

  test('reads the claims that the Data API sets, in either form', async () => {
    const id = crypto.randomUUID()
    const claims = { sub: id, role: 'authenticated', email: 'ana@example.test' }
    const row = await sql.begin(async (tx) => {
      await tx`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`
      return tx`select auth.uid() as uid, auth.role() as role, auth.email() as email, auth.jwt() as jwt`
    })
    expect(row[0]).toEqual({ uid: id, role: 'authenticated', email: 'ana@example.test', jwt: claims })
    const legacy = await sql.begin(async (tx) => {
      await tx`select set_config('request.jwt.claims', '', true), set_config('request.jwt.claim.sub', ${id}, true)`
      return tx`select auth.uid() as uid`
    })
    expect(legacy[0]).toEqual({ uid: id })
  })

  test('lets migrations refer to users and watch them, and not change the tables', async () => {
    const name = `watch_${crypto.randomUUID().slice(0, 8)}`
    const undone = new Error('undo')
    const refused = await sql
      .begin(async (tx) => {
        await tx.unsafe(`
          create table public.${name} (user_id uuid primary key references auth.users (id) on delete cascade);
          create function public.${name}() returns trigger language plpgsql security definer as
            $$ begin insert into public.${name} values (new.id); return null; end $$;
          create trigger ${name} after insert on auth.users for each row execute function public.${name}();`)
        const add = tx.savepoint((point) => point`alter table auth.users add column shoe text`)
        await expect(add).rejects.toMatchObject({ code: '42501' })
        throw undone
      })
      .catch((cause: unknown) => cause)
    expect(refused).toBe(undone)
  })
})

describe('Auth on a database that crashes', () => {
  let database: Database
  let auth: OwnAuth
  beforeAll(async () => {
    database = await startDatabase()
    const context = { ...database.context, config: { ...database.context.config } }
    const schema = new Auth(context)
    await schema.prepare()
    await schema.prepare()
    auth = await startAuth({ auth: { hook: {} } }, context)
  })
  afterAll(async () => {
    await auth?.[Symbol.asyncDispose]()
    await database?.stop()
  })

  test('asks clients to come back while it is away, and goes on with their sessions after', async () => {
    const email = freshEmail('ana')
    await auth.admin().auth.admin.createUser({ email, password: PASSWORD, email_confirm: true })
    const client = auth.client()
    const { data } = await client.auth.signInWithPassword({ email, password: PASSWORD })
    const refresh_token = data.session?.refresh_token ?? ''

    const restarting = database.restart()
    const post = () =>
      fetch(`${auth.url}/auth/v1/token?grant_type=refresh_token`, {
        method: 'POST',
        body: JSON.stringify({ refresh_token }),
      })
    const statuses = new Set<number>()
    let over = false
    const asking = (async () => {
      while (!over) statuses.add((await post()).status)
    })()
    await restarting
    over = true
    await asking
    for (const status of statuses) expect([200, 503]).toContain(status)
    expect(statuses).toContain(503)

    await expect.poll(async () => (await post()).status).toBe(200)
    expect((await client.auth.getUser()).data.user?.email).toBe(email)
  })
})
