import { readFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { databaseUrl } from '../../stack/context.ts'
import { eventually } from '../support/eventually.ts'
import {
  arrived,
  ClientSocket,
  collect,
  join,
  type RealtimeServer,
  refusal,
  settled,
  startRealtime,
  systemMessages,
} from './server.ts'

let server: RealtimeServer
beforeAll(async () => {
  server = await startRealtime({ refusalDelayMs: 1 })
  const { sql } = server
  await sql`create table public.members (topic text, user_id uuid, can_write boolean not null default false)`
  await sql`grant select on public.members to authenticated`
  const mine = sql`
    select 1 from public.members
    where members.topic = (select realtime.topic())
      and members.user_id = ((select current_setting('request.jwt.claims'))::jsonb ->> 'sub')::uuid`
  await sql`create policy read on realtime.messages for select to authenticated using (exists (${mine}))`
  await sql`
    create policy write on realtime.messages for insert to authenticated
    with check (exists (${mine} and members.can_write))`
  await sql`
    create policy broken on realtime.messages as restrictive for select to authenticated
    using (realtime.topic() <> 'broken' or 1 / (length(topic) - length(topic)) = 1)`
  await sql`
    create policy by_header on realtime.messages for select to anon
    using (topic = 'headers' and current_setting('request.headers')::jsonb ->> 'x-team' = 'blue')`
})
afterEach(() => server.disconnect())
afterAll(() => server.stop())

interface Membership {
  readonly userId: string
  readonly topic: string
}

async function member(canWrite = false): Promise<Membership> {
  const [userId, topic] = [crypto.randomUUID(), `room:${crypto.randomUUID()}`]
  await server.sql`insert into public.members values (${topic}, ${userId}, ${canWrite})`
  return { userId, topic }
}

const expel = ({ userId, topic }: Membership) =>
  server.sql`delete from public.members where user_id = ${userId} and topic = ${topic}`
const send = (topic: string, n: number) => server.sql`select realtime.send(${server.sql.json({ n })}, 'e', ${topic})`
const VERSIONS = ['1.0.0', '2.0.0'] as const
const priv = { config: { private: true } }

describe.each(VERSIONS)('joining, version %s', (vsn) => {
  test('a member joins, a stranger is refused in hosted words', async () => {
    const { userId, topic } = await member()
    const ana = await server.client(await server.token(userId), { vsn })
    const eve = await server.client(await server.token(crypto.randomUUID()), { vsn })
    await join(ana.channel(topic, priv))
    const words = `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`
    expect(await refusal(eve.channel(topic, priv))).toBe(words)
    expect(await refusal((await server.client(undefined, { vsn })).channel(topic, priv))).toBe(words)
  })
})

describe('refusals', () => {
  const words = (topic: string): string =>
    `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`

  test('a policy that fails', async () => {
    await server.sql`insert into public.members values ('broken', ${crypto.randomUUID()})`
    const client = await server.client(await server.token(crypto.randomUUID()))
    expect(await refusal(client.channel('broken', priv))).toBe(words('broken'))
  })

  test('a role that does not exist', async () => {
    const { userId, topic } = await member()
    const client = await server.client(await server.token(userId, { role: 'nobody' }))
    expect(await refusal(client.channel(topic, priv))).toBe(words(topic))
  })

  test('tokens that are none, forged, or lack a role', async () => {
    const token = await server.token('x')
    const forged = `${token.slice(0, -8)}${token.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA'}`
    const roleless = await server.token('x', { role: undefined })
    const cases = [
      [forged, 'JwtSignatureError: Failed to validate JWT signature'],
      [roleless, 'InvalidJWTToken: Fields `role` and `exp` are required in JWT'],
      ['nonsense', 'MalformedJWT: The token provided is not a valid JWT'],
    ] as const
    for (const [bad, expected] of cases) {
      const client = await server.client(bad)
      expect(await refusal(client.channel('any'))).toBe(expected)
    }
  })

  test('an expired token, with for how long', async () => {
    const exp = Math.floor(Date.now() / 1000) - 100
    const client = await server.client(await server.token('x', { exp }))
    expect(await refusal(client.channel('any'))).toMatch(/^InvalidJWTToken: Token has expired \d+ seconds ago$/)
  })
})

test('the secret key passes every policy', async () => {
  const client = await server.client(undefined, { params: { apikey: server.secretKey } })
  await join(client.channel(`room:${crypto.randomUUID()}`, priv))
})

test('policies see the x- headers of the connection', async () => {
  class BlueSocket extends ClientSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols, { 'x-team': 'blue' })
    }
  }
  const blue = await server.client(undefined, {}, BlueSocket)
  await join(blue.channel('headers', priv))
  expect(await refusal((await server.client()).channel('headers', priv))).toContain('Unauthorized')
})

test('a probe leaves nothing behind and announces nothing', async () => {
  const { userId, topic } = await member(true)
  const client = await server.client(await server.token(userId))
  const channel = client.channel(topic, { config: { private: true, broadcast: { ack: true, self: true } } })
  const received = collect(channel)
  await join(channel)
  expect(await channel.send({ type: 'broadcast', event: 'own', payload: {} })).toBe('ok')
  const rows = await server.sql`select from realtime.messages where topic = ${topic}`
  expect(rows).toHaveLength(0)
  await send(topic, 1)
  expect((await arrived(received, 2)).map(({ event }) => event)).toEqual(['own', 'e'])
})

describe('the life of a token', () => {
  test.each(VERSIONS)('access taken away is noticed at the next token, and not before, version %s', async (vsn) => {
    const membership = await member()
    let token = await server.token(membership.userId)
    const client = await server.client(() => token, { vsn })
    const channel = client.channel(membership.topic, priv)
    const [received, messages] = [collect(channel), systemMessages(channel)]
    await join(channel)
    await expel(membership)
    await send(membership.topic, 1)
    expect((await arrived(received)).map(({ payload }) => payload.n)).toEqual([1])
    token = await server.token(membership.userId, { jti: 'new' })
    await client.setAuth()
    expect(await arrived(messages)).toMatchObject([
      {
        extension: 'system',
        status: 'error',
        message: `You do not have permissions to read from this Channel topic: ${membership.topic}`,
      },
    ])
    await eventually(() => expect(channel.state).toBe('closed'))
    await send(membership.topic, 2)
    await settled(server, membership.topic)
    expect(received).toHaveLength(1)
  })

  test('a new token keeps a channel that may go on', async () => {
    const { userId, topic } = await member()
    let token = await server.token(userId, { exp: Math.floor(Date.now() / 1000) + 6 })
    const client = await server.client(() => token)
    const channel = client.channel(topic, priv)
    const [received, messages] = [collect(channel), systemMessages(channel)]
    await join(channel)
    token = await server.token(userId)
    await client.setAuth()
    // A public channel whose token is not renewed ends with it, and shows that the moment has passed.
    const other = await server.client(await server.token(userId, { exp: Math.floor(Date.now() / 1000) + 7 }), {
      vsn: '1.0.0',
    })
    const ending = other.channel('public')
    const ends = systemMessages(ending)
    await join(ending)
    expect((await arrived(ends))[0]?.message).toMatch(/^Token has expired \d seconds ago$/)
    await send(topic, 1)
    await arrived(received)
    expect(messages).toEqual([])
  })

  test('tokens that come quickly are applied at the end of the window, the newest alone', async () => {
    const membership = await member()
    let token = await server.token(membership.userId)
    const client = await server.client(() => token)
    const channel = client.channel(membership.topic, priv)
    const messages = systemMessages(channel)
    await join(channel)
    for (const jti of ['first', 'second', 'third']) {
      token = await server.token(membership.userId, { jti })
      await client.setAuth()
      if (jti === 'first') await settled(server, membership.topic)
      if (jti === 'first') await expel(membership)
    }
    expect(messages).toEqual([])
    expect((await arrived(messages))[0]?.message).toContain('You do not have permissions')
  })

  test.each(VERSIONS)('a forged refresh ends the channel, version %s', async (vsn) => {
    const { userId, topic } = await member()
    let token = await server.token(userId)
    const client = await server.client(() => token, { vsn })
    const channel = client.channel(topic, priv)
    const messages = systemMessages(channel)
    await join(channel)
    token = 'nonsense'
    await client.setAuth()
    expect((await arrived(messages))[0]?.message).toBe('The token provided is not a valid JWT')
  })
})

describe('realtime.recheck', () => {
  test.each(VERSIONS)('ends at once what may no longer be read, before any later message, version %s', async (vsn) => {
    const membership = await member()
    const other = await member()
    const client = await server.client(await server.token(membership.userId), { vsn })
    const channel = client.channel(membership.topic, priv)
    const bystander = (await server.client(await server.token(other.userId))).channel(other.topic, priv)
    const [received, messages, alsoReceived] = [collect(channel), systemMessages(channel), collect(bystander)]
    await Promise.all([join(channel), join(bystander)])
    await send(membership.topic, 1)
    await arrived(received)
    await server.sql.begin(async (sql) => {
      await sql`delete from public.members where user_id = ${membership.userId}`
      await sql`select realtime.recheck(${membership.userId})`
      await sql`select realtime.send('{"n":2}', 'e', ${membership.topic})`
    })
    expect((await arrived(messages))[0]?.message).toContain('You do not have permissions to read')
    await settled(server, membership.topic)
    expect(received.map(({ payload }) => payload.n)).toEqual([1])
    await send(other.topic, 3)
    expect((await arrived(alsoReceived)).map(({ payload }) => payload.n)).toEqual([3])
  })

  test('what may still be read goes on without a gap', async () => {
    const { userId, topic } = await member()
    const channel = (await server.client(await server.token(userId))).channel(topic, priv)
    const received = collect(channel)
    await join(channel)
    for (let n = 0; n < 20; n++) {
      await send(topic, n)
      await server.sql`select realtime.recheck(${userId})`
    }
    expect((await arrived(received, 20)).map(({ payload }) => payload.n)).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    )
  })

  test('a transaction that is rolled back rechecks nobody', async () => {
    const membership = await member()
    const channel = (await server.client(await server.token(membership.userId))).channel(membership.topic, priv)
    const [received, messages] = [collect(channel), systemMessages(channel)]
    await join(channel)
    await expel(membership)
    await server.sql
      .begin(async (sql) => {
        await sql`select realtime.recheck(${membership.userId})`
        throw new Error('changed my mind')
      })
      .catch(() => undefined)
    await send(membership.topic, 1)
    await arrived(received)
    expect(messages).toEqual([])
  })

  test('as the product calls it, it does nothing where the database has no such function', async () => {
    const page = await readFile(joinPath(import.meta.dirname, '../../docs/explanation/realtime.md'), 'utf8')
    const guarded = /```sql\n([^`]*realtime\.recheck[^`]*)```/.exec(page)?.[1] ?? ''
    const membership = await member()
    const channel = (await server.client(await server.token(membership.userId))).channel(membership.topic, priv)
    const messages = systemMessages(channel)
    await join(channel)
    const admin = postgres(databaseUrl(server.database.context, 'supabase_admin'), { max: 1 })
    await admin.unsafe(
      `create function public.recheck(p_user_id uuid) returns text language plpgsql as $$ begin ${guarded} return 'done'; end $$`,
    )
    const [row] = await admin.begin(async (sql) => {
      await sql`drop function realtime.recheck(uuid)`
      const rows = await sql`select public.recheck(${membership.userId})`
      await sql`rollback and chain`
      return rows
    })
    expect(row).toEqual({ recheck: 'done' })
    await expel(membership)
    await admin`select public.recheck(${membership.userId})`
    expect((await arrived(messages))[0]?.message).toContain('You do not have permissions to read')
    await admin.end()
  })

  test('is not for the API roles', async () => {
    const attempt = server.sql.begin(async (sql) => {
      await sql`set local role authenticated`
      await sql`select realtime.recheck(${crypto.randomUUID()})`
    })
    await expect(attempt).rejects.toMatchObject({ code: '42501' })
  })
})
