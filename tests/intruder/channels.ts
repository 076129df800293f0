import { about, follower, nobody, owner, type Rule } from './model.ts'
import { relation, type Verdict } from './verdict.ts'
import type { World } from './world.ts'

/** What the contract says of a kind of live channel. */
interface ChannelModel {
  /** The topic about somebody's things. */
  readonly topic: string
  /** Who hears what the database says. */
  readonly hears: Rule
  /** Who sees who else is there, and is seen. Only the database speaks. */
  readonly isThere: Rule
}

/** The model of every kind of topic. One that the policies name and that is not in it fails the intruder's tests. */
export const CHANNELS: Readonly<Record<string, ChannelModel>> = {
  workout: { topic: 'workout:{live_workout}', hears: follower, isThere: follower },
  user: { topic: 'user:{owner}', hears: owner, isThere: nobody },
}

/** Topics that are nobody's, whatever they look like. */
export const FOREIGN = [
  '{owner}',
  'users:{owner}',
  'user:{owner}:x',
  ' user:{owner}',
  'USER:{owner}',
  'realtime:user:{owner}',
  '%',
  '',
]

const EXTENSIONS = ['broadcast', 'presence', 'persistence'] as const

/** Has every viewer join every channel of everybody: what they hear there and what they may say, against the model. */
export async function decideChannels(world: World, verdict: Verdict): Promise<void> {
  const topics = [
    ...Object.entries(CHANNELS),
    ...FOREIGN.map((topic) => [topic, { topic, hears: nobody, isThere: nobody }] as const),
  ]
  for (const viewer of world.viewers) {
    const asked = [...world.society.people.keys()].flatMap((owner) =>
      topics.map(([kind, model]) => ({ kind, model, owner, topic: world.fill(model.topic, owner) })),
    )
    const answers = await authorise(
      world,
      viewer,
      asked.map(({ topic }) => topic),
    )
    for (const [place, { kind, model, owner }] of asked.entries()) {
      const fact = about(owner)
      const isThere = model.isThere(viewer, fact, world.society) ? ['presence'] : []
      const heard = model.hears(viewer, fact, world.society) ? ['broadcast'] : []
      verdict.compare(`${relation(world, viewer, fact)}, joins ${kind}`, answers[place], {
        readable: [...heard, ...isThere],
        writable: isThere,
      })
    }
  }
}

async function authorise(world: World, viewer: string | null, topics: readonly string[]): Promise<readonly unknown[]> {
  const claims = world.claims(viewer) ?? { role: 'anon' }
  const rows = await world.session.sql`
    select jsonb_build_object(
      'readable', (select coalesce(jsonb_agg(name order by name), '[]') from unnest(answer.readable) as name),
      'writable', to_jsonb(answer.writable)
    ) as answer
    from unnest(${topics}::text[]) with ordinality as asked (topic, position)
    cross join lateral realtime.authorize(
      asked.topic, ${String(claims.role)}, ${JSON.stringify(claims)}::text::jsonb, '{}', ${EXTENSIONS}, ${EXTENSIONS}
    ) as answer
    order by asked.position`
  return rows.map(({ answer }) => answer)
}
