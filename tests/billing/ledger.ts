import { type BillingEvent, day } from './history.ts'

/** What the subscriptions to one plan have come to, as `private.billing_state` answers it. */
export interface BillingState {
  readonly plan_id: string
  readonly status: string
  readonly started_at: string
  readonly ends_at: string
  readonly cancel_at_period_end: boolean
  readonly stripe_customer_id: string
  readonly stripe_subscription_id: string
}

const shifted = (time: string, days: number): string => day((Date.parse(time) - Date.parse(day(0))) / 86_400_000 + days)

/** One subscription, told of its events as they happen, one after the other. */
class Subscription {
  #now: BillingEvent | undefined
  readonly #disputes = new Map<string, string | undefined>()

  hear(event: BillingEvent): void {
    if (event.kind === 'subscription') {
      const isOver = this.#now?.status === 'canceled' || this.#now?.status === 'incomplete_expired'
      const ends = event.status === 'canceled' || event.status === 'incomplete_expired'
      if (!isOver || ends) this.#now = event
      return
    }
    const dispute = event.dispute_id ?? ''
    if (event.kind === 'dispute_won') this.#disputes.set(dispute, undefined)
    else if (!this.#disputes.has(dispute)) this.#disputes.set(dispute, event.occurred_at)
  }

  get state(): BillingState | undefined {
    const now = this.#now
    if (now === undefined) return undefined
    const [status, ends] = powerOf(now)
    const [lost] = [...this.#disputes.values()].filter((at) => at !== undefined).sort()
    return {
      plan_id: now.plan_id ?? '',
      status: lost === undefined ? status : 'expired',
      started_at: now.started_at ?? '',
      ends_at: lost !== undefined && lost < ends ? lost : ends,
      cancel_at_period_end: now.cancel_at_period_end === true,
      stripe_customer_id: now.stripe_customer_id,
      stripe_subscription_id: now.stripe_subscription_id,
    }
  }
}

function powerOf(event: BillingEvent): readonly [status: string, ends: string] {
  const { started_at = '', period_starts_at = '', period_ends_at = '', ended_at = '' } = event
  switch (event.status) {
    case 'trialing':
    case 'active':
      return event.cancel_at_period_end ? ['cancelled', period_ends_at] : ['active', shifted(period_ends_at, 3)]
    case 'past_due':
      return ['past_due', shifted(period_starts_at, 7)]
    case 'canceled':
      return ['expired', ended_at]
    case 'unpaid':
    case 'paused':
      return ['expired', period_starts_at]
    default:
      return ['expired', started_at]
  }
}

/** The plans that the histories subscribe to, the best one last. */
const PLANS = ['premium', 'pro'] as const

/** What `events`, heard in the order in which they happened, come to: for each plan that they tell of, the worst one first. */
export function statesInOrder(events: readonly BillingEvent[]): readonly BillingState[] {
  const subscriptions = new Map<string, Subscription>()
  for (const event of [...events].sort((a, b) => a.occurred_at.localeCompare(b.occurred_at))) {
    const subscription = subscriptions.get(event.stripe_subscription_id) ?? new Subscription()
    subscriptions.set(event.stripe_subscription_id, subscription)
    subscription.hear(event)
  }
  const states = [...subscriptions.values()].flatMap(({ state }) => state ?? [])
  const rank = (state: BillingState): string => `${state.status === 'expired' ? 0 : 1}${state.ends_at}`
  const byPower = (a: BillingState, b: BillingState): number =>
    rank(b).localeCompare(rank(a)) || a.stripe_subscription_id.localeCompare(b.stripe_subscription_id)
  const ranked = states.sort(byPower)
  return PLANS.flatMap((plan) => ranked.find(({ plan_id }) => plan_id === plan) ?? [])
}

/** The plan that gives power at `now`, in milliseconds: the best that runs. */
export function planAt(states: readonly BillingState[], now: number): string {
  return states.findLast(({ status, ends_at }) => status !== 'expired' && Date.parse(ends_at) > now)?.plan_id ?? 'free'
}
