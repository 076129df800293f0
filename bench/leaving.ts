import '../tests/support/web-socket.ts'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { type Stack, startStack } from '../stack/stack.ts'
import { type Bench, short } from './support.ts'
import { giveHistory, prepare } from './training/fill.ts'

const SIZES = [4_000, 40_000]
const MIB = 1024 * 1024

/** What it costs to take everything along, to bring it in, and to have it erased. */
export const bench: Bench = {
  question: 'What do the export, the import and the erasure of an account cost, and do they grow with the history?',
  async run() {
    await using stack = await startStack()
    const owner = postgres(stack.status.db_url, { max: 1, onnotice: () => undefined })
    try {
      await prepare(owner)
      const rows = []
      for (const sets of SIZES) rows.push(await measure(stack, owner, sets))
      return [
        {
          title: 'An account with so many sets (seconds)',
          rows,
          notes: [
            'read: the sets alone as JSON by one query, nothing kept: the plain alternative to copied.',
            'copied: begin_export over HTTP, all tables and the spreadsheet. exported: GET account/export, first to last byte.',
            'restored: POST account/import into an empty account, with all that is derived. erased: by erase_account.',
          ],
        },
      ]
    } finally {
      await owner.end({ timeout: 1 })
    }
  },
}

async function measure(stack: Stack, owner: postgres.Sql, sets: number) {
  const [from, empty] = [await signIn(stack), await signIn(stack)]
  await giveHistory(owner, from.id, sets)
  const read = await timed(
    () =>
      owner`select sum(octet_length(to_json(workout_sets)::text)) from public.workout_sets where user_id = ${from.id}`,
  )
  const copied = await timed(async () => from.backend.rpc('begin_export', { user_id: from.id }).throwOnError())
  let archive = new Uint8Array()
  const exported = await timed(async () => {
    archive = new Uint8Array(await (await from.request('GET', '/export')).arrayBuffer())
  })
  const restored = await timed(async () => {
    const response = await empty.request('POST', '/import', archive)
    if (response.status !== 200) throw new Error(await response.text())
  })
  const erased = await timed(() => owner`select private.erase_account(${from.id})`)
  return {
    sets,
    read: short(read),
    copied: short(copied),
    exported: short(exported),
    'ZIP MiB': short(archive.byteLength / MIB),
    restored: short(restored),
    'ms a set, restored': short((restored * 1000) / sets),
    erased: short(erased),
  }
}

async function signIn({ status }: Stack) {
  const options = { auth: { persistSession: false, autoRefreshToken: false } }
  const backend = createClient(status.api_url, status.secret_key, options)
  const account = { email: `${crypto.randomUUID()}@example.com`, password: crypto.randomUUID(), email_confirm: true }
  const made = await backend.auth.admin.createUser(account)
  if (made.error) throw made.error
  const client = createClient(status.api_url, status.publishable_key, options)
  const { data, error } = await client.auth.signInWithPassword(account)
  if (error) throw error
  return {
    id: data.user.id,
    backend,
    request: (method: string, path: string, body: Uint8Array<ArrayBuffer> | null = null): Promise<Response> =>
      fetch(`${status.api_url}/functions/v1/account${path}`, {
        method,
        body,
        headers: { apikey: status.publishable_key, authorization: `Bearer ${data.session.access_token}` },
      }),
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return (performance.now() - began) / 1000
}
