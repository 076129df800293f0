import { CALLS, type CallModel } from './calls.ts'
import { faceless } from './inserting.ts'
import { about } from './model.ts'
import type { Attempt } from './session.ts'
import { relation, type Verdict } from './verdict.ts'
import type { World } from './world.ts'

/**
 * Has every viewer call every function, or those named, about the things of everybody, and of nobody. What is refused is refused as for nobody's
 * things, and no answer tells what the viewer may not see.
 */
export async function decideCalls(
  world: World,
  verdict: Verdict,
  names: readonly string[] = Object.keys(CALLS),
): Promise<void> {
  for (const [place, viewer] of world.viewers.entries())
    for (const [name, model] of Object.entries(CALLS).filter(([known]) => names.includes(known))) {
      const owners = [undefined, ...askedAbout(world, viewer, model, place + name.length)]
      const outcomes = await world.session.attempt(
        world.claims(viewer),
        owners.map((owner) => call(world, name, model, owner)),
      )
      const refusal = outcomes[0] && faceless(outcomes[0])
      for (const [place, outcome] of outcomes.entries()) {
        const owner = owners[place]
        if (owner === undefined) continue
        const fact = about(owner)
        const may = viewer !== null || model.open === true ? model.may(viewer, fact, world.society) : false
        const kind = `${relation(world, viewer, fact)}, calls ${name}`
        const found = faceless(outcome)
        const expected = typeof may === 'string' ? may : may ? undefined : refusal
        verdict.compare(kind, typeof may === 'string' ? found?.split(' | ')[0] : found, expected)
        verdict.heard(world, viewer, kind, outcome, model.shows)
      }
    }
}

const OTHERS = 3

/** The viewer, and some of the others; who, is left to `turn`. Without ids there is but one question. */
function askedAbout(world: World, viewer: string | null, { args }: CallModel, turn: number): readonly string[] {
  const people = [...world.society.people.keys()]
  const others = people.filter((id) => id !== viewer)
  const start = turn % others.length
  const chosen = args.includes('{') ? [...others.slice(start), ...others].slice(0, OTHERS) : []
  return [viewer ?? people[0] ?? '', ...chosen]
}

function call(world: World, name: string, { args }: CallModel, owner: string | undefined): Attempt {
  return { sql: `select to_jsonb(called) from public.${name}(${world.fill(args, owner)}) as called`, live: true }
}
