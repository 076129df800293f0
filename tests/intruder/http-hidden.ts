import { open } from '../account/archive.ts'
import { canariesIn } from './canaries.ts'
import { HIDDEN } from './hidden.ts'
import { brought, type Marked, upload } from './marked-files.ts'
import { Mint } from './tokens.ts'
import type { Verdict } from './verdict.ts'
import { askAll, type Wire } from './wire.ts'
import type { World } from './world.ts'

const SCHEMA_NOT_EXPOSED = 406

/** A request of somebody's, by what it is about. */
interface Crawl {
  readonly kind: string
  readonly path: string
  readonly init?: RequestInit
  /** What its answer holds, where it is the viewer's own. */
  readonly text?: string
}

/** The token of `viewer` as Auth writes it, of the session that the world has given them. */
async function tokenOf(wire: Wire, viewer: string): Promise<string> {
  const [session] = await wire.sql`select id from auth.sessions where user_id = ${viewer}`
  return new Mint(wire, viewer).signed({ session_id: session?.id })
}

/**
 * Has every viewer ask for what lies outside of the exposed tables: tables of other schemas by their names, people of Auth,
 * what files of Storage say, and what a file said that was brought in. No answer holds a text of anybody else's.
 */
export async function decideHidden(wire: Wire, verdict: Verdict): Promise<void> {
  const files = [...(await upload(wire)), await brought(wire, await tokenOf(wire, wire.athlete))]
  for (const { owner, text, source } of files)
    wire.world.canaries.set(text, { table: source, column: 'content', key: text, owner })
  // Whoever has the address of a file in a public bucket has the file: what is asked here is whom the policies give it to.
  await wire.sql`update storage.buckets set public = false`
  for (const [turn, viewer] of wire.world.viewers.entries()) await crawl(wire, verdict, files, { viewer, turn })
  await wire.sql`update storage.buckets set public = true`
}

async function crawl(
  wire: Wire,
  verdict: Verdict,
  files: readonly Marked[],
  { viewer, turn }: { readonly viewer: string | null; readonly turn: number },
): Promise<void> {
  const token = viewer === null ? undefined : await tokenOf(wire, viewer)
  const others = files.filter(({ owner }) => owner !== viewer)
  const foreign = [others[turn % others.length], others[(turn * 3 + 1) % others.length]].filter(
    (file) => file !== undefined,
  )
  const asked = [
    ...tablesAsked(turn),
    ...LISTS,
    ...foreign.flatMap(({ owner }) => peopleAsked(owner)),
    ...[...files.filter(({ owner }) => owner === viewer), ...foreign].flatMap((file) => filesAsked(file, viewer)),
  ]
  await askAll(asked, async ({ kind, path, init, text }) => {
    const response = await wire.ask(token, path, init)
    const answer = await response.text()
    if (kind.startsWith('a table')) verdict.compare(kind, response.status, SCHEMA_NOT_EXPOSED)
    if (text !== undefined) verdict.compare(`${kind}, of their own`, canariesIn(answer).has(text), true)
    verdict.compare(`${kind} is answered`, response.status < 500, true)
    verdict.heard(wire.world, viewer, kind, { answer })
  })
}

// Each viewer is after a third of them.
const tablesAsked = (turn: number): readonly Crawl[] =>
  Object.keys(HIDDEN)
    .filter((_, place) => (place + turn) % 3 === 0)
    .map((name) => {
      const [schema = '', table = ''] = name.split('.')
      return { kind: `a table ${name}`, path: `/rest/v1/${table}`, init: { headers: { 'accept-profile': schema } } }
    })

const post = (body: object): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

/** What is asked without the name of anybody. */
const LISTS: readonly Crawl[] = [
  ...['user', 'factors', 'settings', 'admin/users'].map((path) => ({ kind: `auth ${path}`, path: `/auth/v1/${path}` })),
  { kind: 'buckets', path: '/storage/v1/bucket' },
  ...['workouts?select=notes', 'workout_sets?select=notes', 'import_rows?select=line_text', 'imports?select=names'].map(
    (path) => ({ kind: `all of ${path}`, path: `/rest/v1/${path}` }),
  ),
]

const peopleAsked = (id: string): readonly Crawl[] => [
  { kind: 'auth admin/users/{id}', path: `/auth/v1/admin/users/${id}` },
  { kind: 'auth admin/users/{id}/factors', path: `/auth/v1/admin/users/${id}/factors` },
]

function filesAsked({ bucket, path, owner, text }: Marked, viewer: string | null): readonly Crawl[] {
  if (bucket === undefined) return []
  const [prefix] = path.split('/')
  return [
    { kind: 'a list of files', path: `/storage/v1/object/list/${bucket}`, init: post({ prefix }) },
    { kind: 'a list of all files', path: `/storage/v1/object/list-v2/${bucket}`, init: post({ prefix: '' }) },
    { kind: 'what a file is', path: `/storage/v1/object/info/authenticated/${bucket}/${path}` },
    { kind: 'a file by its public address', path: `/storage/v1/object/public/${bucket}/${path}` },
    { kind: 'a signed address', path: `/storage/v1/object/sign/${bucket}/${path}`, init: post({ expiresIn: 60 }) },
    {
      kind: 'a file',
      path: `/storage/v1/object/authenticated/${bucket}/${path}`,
      ...(owner === viewer ? { text } : {}),
    },
  ]
}

/** The columns, hidden and exposed, that the archive of `viewer` brings them of their own, and of anybody else. */
export async function archiveOf(
  wire: Wire,
  viewer: string,
): Promise<{ readonly own: ReadonlySet<string>; readonly foreign: ReadonlySet<string> }> {
  const response = await wire.ask(await tokenOf(wire, viewer), '/functions/v1/account/export')
  const { files } = await open(new Uint8Array(await response.arrayBuffer()))
  const found = [...files.values()].flatMap((content) => [...canariesIn(new TextDecoder().decode(content))])
  const [own, foreign] = [new Set<string>(), new Set<string>()]
  for (const canary of found) {
    const perch = wire.world.canaries.get(canary)
    if (perch) (ownerOf(wire.world, canary) === viewer ? own : foreign).add(`${perch.table}.${perch.column}`)
  }
  return { own, foreign }
}

function ownerOf(world: World, canary: string): string | null | undefined {
  const perch = world.canaries.get(canary)
  return perch?.owner === undefined ? world.fact(perch?.table ?? '', perch?.key ?? '')?.owner : perch.owner
}
