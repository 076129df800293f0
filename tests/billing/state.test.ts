import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql } from '../support/stack.ts'
import { anyHistory, type BillingEvent, day, retold } from './history.ts'
import { type BillingState, planAt, statesInOrder } from './ledger.ts'

const HISTORIES = 10_000

/** What the database makes of each of `histories`, without storing any. */
async function statesOf(
  histories: readonly (readonly BillingEvent[])[],
): Promise<readonly (readonly BillingState[])[]> {
  const rows = await sql<{ states: readonly BillingState[] }[]>`
    select array(
      select to_jsonb(state)
      from private.billing_state(
        array(select event from jsonb_populate_recordset(null::private.billing_events, told.history) as event)
      ) as state
      order by state.plan_id
    ) as states
    from jsonb_array_elements(${JSON.stringify(histories)}::text::jsonb) with ordinality as told(history, place)
    order by told.place`
  return rows.map(({ states }) => states)
}

test(`in any order, told any number of times, ${HISTORIES} histories come to what they do in order`, async () => {
  const histories = fc.sample(
    anyHistory(false).chain((events) => retold(events).map((told) => ({ events, told }))),
    HISTORIES,
  )

  const states = await statesOf(histories.map(({ told }) => told))

  expect(states).toEqual(histories.map(({ events }) => statesInOrder(events)))
  expect(new Set(states.flat().map(({ status }) => status))).toEqual(
    new Set(['active', 'cancelled', 'expired', 'past_due']),
  )
  expect(new Set(states.map(({ length }) => length))).toEqual(new Set([0, 1, 2]))
})

test('events of the same second come to the same in any order', async () => {
  const histories = fc.sample(
    anyHistory(true).chain((events) => fc.tuple(retold(events), retold(events))),
    2000,
  )

  const first = await statesOf(histories.map(([one]) => one))
  const second = await statesOf(histories.map(([, other]) => other))

  expect(second).toEqual(first)
})

class Undo extends Error {}

test('subscriptions are what the events told so far come to, and the best one gives power', async () => {
  const plans = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      anyHistory(false).chain((events) => retold(events)),
      async (told) => {
        const run = sql.begin(async (tx) => {
          const id = crypto.randomUUID()
          await tx`insert into auth.users (id, email) values (${id}, ${`${id}@example.test`})`
          for (const [index, event] of told.entries()) {
            await tx`
              insert into private.billing_events
              select (jsonb_populate_record(
                null::private.billing_events, ${JSON.stringify({ ...event, id: `${id}${event.id}`, user_id: id, received_at: day(500) })}::text::jsonb
              )).*
              on conflict (id) do nothing`
            const rows = await tx`
              select to_jsonb(subscriptions) - '{user_id,created_at,updated_at}'::text[] as state
              from public.subscriptions where user_id = ${id} order by plan_id`
            const known = statesInOrder(dedupe(told.slice(0, index + 1)))
            expect(rows.map(({ state }) => state)).toEqual(known)
            const [power] = await tx<{ plan: string }[]>`select private.plan_of(${id}) as plan`
            expect(power?.plan).toBe(planAt(known, Date.now()))
            plans.add(power?.plan ?? '')
          }
          throw new Undo()
        })
        await expect(run).rejects.toBeInstanceOf(Undo)
      },
    ),
    { numRuns: 60 },
  )
  expect(plans).toEqual(new Set(['free', 'premium', 'pro']))
})

const dedupe = (events: readonly BillingEvent[]): readonly BillingEvent[] => [
  ...new Map(events.map((event) => [event.id, event])).values(),
]

test('events that arrive at the same moment are all counted', async () => {
  const id = crypto.randomUUID()
  await sql`insert into auth.users (id, email) values (${id}, ${`${id}@example.test`})`
  const common = { user_id: id, stripe_customer_id: 'cus_2', stripe_subscription_id: 'sub_2', received_at: day(500) }
  const begun = {
    kind: 'subscription',
    status: 'active',
    started_at: day(0),
    period_starts_at: day(0),
    period_ends_at: day(30),
    cancel_at_period_end: false,
  }
  const events = Array.from({ length: 12 }, (_, index) => ({
    ...common,
    ...begun,
    id: `${id}${index}`,
    occurred_at: day(index),
    plan_id: index === 11 ? 'pro' : 'premium',
  }))

  await Promise.all(
    events.reverse().map(
      (event) => sql`
        insert into private.billing_events
        select (jsonb_populate_record(null::private.billing_events, ${JSON.stringify(event)}::text::jsonb)).*`,
    ),
  )

  const [row] = await sql`select plan_id from public.subscriptions where user_id = ${id}`
  expect(row?.plan_id).toBe('pro')
  await sql`delete from auth.users where id = ${id}`
  const [kept] = await sql`
    select count(*)::integer as events, count(user_id)::integer as named
    from private.billing_events where id like ${`${id}%`}`
  expect(kept).toEqual({ events: 12, named: 0 })
  await sql`delete from private.billing_events where id like ${`${id}%`}`
})

test.each<[string, object, string]>([
  ['of the future', { occurred_at: day(501) }, 'billing_events_not_of_the_future'],
  ['that tells nothing', { status: null }, 'billing_events_kind_has_its_columns'],
  ['that is over without a time', { status: 'canceled' }, 'billing_events_kind_has_its_columns'],
  ['of a dispute and a subscription', { dispute_id: 'dp_1' }, 'billing_events_kind_has_its_columns'],
  ['of a period that ends before it begins', { period_ends_at: day(-1) }, 'billing_events_period_runs_forward'],
])('an event %s is refused', async (_, wrong, constraint) => {
  const event = {
    id: crypto.randomUUID(),
    kind: 'subscription',
    occurred_at: day(0),
    received_at: day(500),
    stripe_customer_id: 'cus_3',
    stripe_subscription_id: 'sub_3',
    plan_id: 'pro',
    status: 'active',
    started_at: day(0),
    period_starts_at: day(0),
    period_ends_at: day(30),
    cancel_at_period_end: false,
  }
  const insert = (row: object) => sql`
    insert into private.billing_events
    select (jsonb_populate_record(null::private.billing_events, ${JSON.stringify(row)}::text::jsonb)).*`

  await expect(insert({ ...event, ...wrong })).rejects.toMatchObject({ code: '23514', constraint_name: constraint })
  await insert(event)
  await sql`delete from private.billing_events where id = ${event.id}`
})
