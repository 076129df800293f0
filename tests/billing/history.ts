import fc from 'fast-check'

/** One row of `private.billing_events`, of a user whom the test adds. */
export interface BillingEvent {
  readonly id: string
  readonly kind: 'subscription' | 'dispute_opened' | 'dispute_won'
  readonly occurred_at: string
  readonly stripe_customer_id: string
  readonly stripe_subscription_id: string
  readonly dispute_id?: string
  readonly plan_id?: string
  readonly status?: string
  readonly started_at?: string
  readonly period_starts_at?: string
  readonly period_ends_at?: string
  readonly cancel_at_period_end?: boolean
  readonly ended_at?: string
}

const DAY = 86_400_000
// So that of the periods some are over and some are not.
const FIRST = Math.floor(Date.now() / DAY) * DAY - 180 * DAY
/** The time `days` after the beginning of every history. */
export const day = (days: number): string => new Date(FIRST + days * DAY).toISOString().replace('.000Z', '+00:00')

const statuses = fc.constantFrom(
  'incomplete',
  'trialing',
  'active',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'incomplete_expired',
  'canceled',
)

const change = fc.record({
  status: statuses,
  plan_id: fc.constantFrom('premium', 'pro'),
  period: fc.nat({ max: 11 }),
  cancel: fc.boolean(),
})

const dispute = fc.record({ dispute: fc.nat({ max: 1 }), kind: fc.constantFrom('dispute_opened', 'dispute_won') })

/**
 * Events of one user with up to two subscriptions. With `ties` several may have happened in the same second; without, each
 * has a moment of its own.
 */
export const anyHistory = (ties: boolean): fc.Arbitrary<readonly BillingEvent[]> =>
  fc
    .array(
      fc.record({
        subscription: fc.nat({ max: 1 }),
        what: fc.oneof({ weight: 4, arbitrary: change }, { weight: 1, arbitrary: dispute }),
        second: fc.nat({ max: 2 }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((told) =>
      told.map(({ subscription, what, second }, index) => {
        const common = {
          id: `evt_${index}`,
          occurred_at: day(ties ? second : index * 3),
          stripe_customer_id: 'cus_1',
          stripe_subscription_id: `sub_${subscription}`,
        }
        if ('dispute' in what) return { ...common, kind: what.kind, dispute_id: `dp_${subscription}_${what.dispute}` }
        return {
          ...common,
          kind: 'subscription',
          plan_id: what.plan_id,
          status: what.status,
          started_at: day(-subscription),
          period_starts_at: day(what.period * 30),
          period_ends_at: day(what.period * 30 + 30),
          cancel_at_period_end: what.cancel,
          ...(what.status === 'canceled' ? { ended_at: day(index * 3) } : {}),
        }
      }),
    )

/** The same events in another order, some of them several times. */
export const retold = (events: readonly BillingEvent[]): fc.Arbitrary<readonly BillingEvent[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...events], { minLength: events.length }),
      fc.array(fc.constantFrom(...events), { maxLength: 4 }),
    )
    .map(([all, again]) => [...again, ...all])
