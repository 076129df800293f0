-- Billing events: what Stripe told, and the state of a subscription as a pure function of it. Stripe tells things twice,
-- late and in any order; the state depends on what was told alone.

-- Types ----------------------------------------------------------------------------------------------------------------

create type private.billing_event_kind as enum ('subscription', 'dispute_opened', 'dispute_won');
create type private.stripe_status as enum (
  'incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'incomplete_expired', 'canceled'
);

comment on type private.billing_event_kind is
  'subscription: how a subscription stood. dispute_opened, dispute_won: a payment is disputed, or no longer.';
comment on type private.stripe_status is 'The status of a subscription at Stripe, spelled as there, the final ones last.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table private.billing_events (
  id                     text primary key,
  user_id                uuid references public.profiles (user_id) on delete set null,
  kind                   private.billing_event_kind not null,
  occurred_at            timestamptz not null,
  received_at            timestamptz not null default now(),
  stripe_customer_id     text,
  stripe_subscription_id text not null,
  dispute_id             text,
  plan_id                text references public.plans (id) on delete restrict,
  status                 private.stripe_status,
  started_at             timestamptz,
  period_starts_at       timestamptz,
  period_ends_at         timestamptz,
  cancel_at_period_end   boolean,
  ended_at               timestamptz,
  constraint billing_events_customer_is_somebody check ((stripe_customer_id is null) = (user_id is null)),
  constraint billing_events_not_of_the_future check (occurred_at <= received_at + interval '5 minutes'),
  constraint billing_events_kind_has_its_columns check (
    case kind
      when 'subscription' then
        num_nonnulls(plan_id, status, started_at, period_starts_at, period_ends_at, cancel_at_period_end) = 6
        and (ended_at is not null) = (status = 'canceled')
        and dispute_id is null
      else
        num_nonnulls(plan_id, status, started_at, period_starts_at, period_ends_at, cancel_at_period_end, ended_at) = 0
        and dispute_id is not null
    end
  ),
  constraint billing_events_plan_is_paid_for check (plan_id not in ('anonymous', 'free', 'admin')),
  constraint billing_events_period_runs_forward check (period_ends_at >= period_starts_at)
);

create index billing_events_user_id_idx on private.billing_events (user_id);
create index billing_events_plan_id_idx on private.billing_events (plan_id);

alter table private.billing_events enable row level security;

-- State ----------------------------------------------------------------------------------------------------------------

create function private.billing_state(p_events private.billing_events[])
returns table (
  plan_id                text,
  status                 public.subscription_status,
  started_at             timestamptz,
  ends_at                timestamptz,
  cancel_at_period_end   boolean,
  stripe_customer_id     text,
  stripe_subscription_id text
)
language sql
immutable
security invoker
set search_path = ''
as $$
  with latest as (
    -- A subscription that is over never comes back; Stripe begins a new one.
    select distinct on (event.stripe_subscription_id) event.*
    from unnest(p_events) as event
    where event.kind = 'subscription'
    order by
      event.stripe_subscription_id,
      event.status >= 'incomplete_expired' desc,
      event.occurred_at desc,
      event.status desc,
      event.id desc
  ),
  dispute as (
    select
      event.stripe_subscription_id,
      min(event.occurred_at) filter (where event.kind = 'dispute_opened') as opened_at,
      bool_or(event.kind = 'dispute_won') as is_won
    from unnest(p_events) as event
    where event.kind <> 'subscription'
    group by event.stripe_subscription_id, event.dispute_id
  ),
  loss as (
    select dispute.stripe_subscription_id, min(dispute.opened_at) as lost_at
    from dispute
    where not dispute.is_won
    group by dispute.stripe_subscription_id
  ),
  state as (
    select
      latest.plan_id,
      case
        when loss.lost_at is not null then 'expired'
        when latest.status in ('trialing', 'active') and latest.cancel_at_period_end then 'cancelled'
        when latest.status in ('trialing', 'active') then 'active'
        when latest.status = 'past_due' then 'past_due'
        else 'expired'
      end::public.subscription_status as status,
      latest.started_at,
      least(
        case
          when latest.status in ('trialing', 'active') and latest.cancel_at_period_end then latest.period_ends_at
          -- The news of a renewal may be this late: Stripe tries to deliver for three days.
          when latest.status in ('trialing', 'active') then latest.period_ends_at + interval '3 days'
          -- Stripe asks the bank again meanwhile.
          when latest.status = 'past_due' then latest.period_starts_at + interval '7 days'
          when latest.status in ('unpaid', 'paused') then latest.period_starts_at
          when latest.status = 'canceled' then latest.ended_at
          else latest.started_at
        end,
        loss.lost_at
      ) as ends_at,
      latest.cancel_at_period_end,
      latest.stripe_customer_id,
      latest.stripe_subscription_id
    from latest
    left join loss using (stripe_subscription_id)
  )
  select distinct on (state.plan_id) state.*
  from state
  order by state.plan_id, state.status = 'expired', state.ends_at desc, state.stripe_subscription_id;
$$;

comment on function private.billing_state(private.billing_events[]) is
  'The subscriptions that these events of one user come to, whatever their order and however often each is there: a row for
each plan. Of several to the same plan the one that gives power longest. A disputed payment ends the power at
once, until the dispute is won; past_due keeps it for 7 days of the unpaid period, renewal may be told 3 days late.';

-- definer: whoever tells of an event may write neither subscriptions nor lock a profile.
create function private.tg_billing_events__apply()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_events private.billing_events[];
begin
  -- One event of a user after the other, so that the last of two at the same moment sees both.
  perform from public.profiles where profiles.user_id = new.user_id for no key update;
  v_events := array(select billing_events from private.billing_events where billing_events.user_id = new.user_id);

  -- A subscription can change its plan; what no event tells of, an operator gave.
  delete from public.subscriptions
  where subscriptions.user_id = new.user_id
    and subscriptions.stripe_subscription_id in (select event.stripe_subscription_id from unnest(v_events) as event)
    and subscriptions.plan_id not in (select state.plan_id from private.billing_state(v_events) as state);

  insert into public.subscriptions as subscription (
    user_id, plan_id, status, started_at, ends_at, cancel_at_period_end, stripe_customer_id, stripe_subscription_id
  )
  select new.user_id, state.*
  from private.billing_state(v_events) as state
  on conflict (user_id, plan_id) do update
  set
    status = excluded.status,
    started_at = excluded.started_at,
    ends_at = excluded.ends_at,
    cancel_at_period_end = excluded.cancel_at_period_end,
    stripe_customer_id = excluded.stripe_customer_id,
    stripe_subscription_id = excluded.stripe_subscription_id;

  return null;
end;
$$;

comment on function private.tg_billing_events__apply() is 'The subscriptions of a user are what their events come to.';

create trigger _500_apply
  after insert on private.billing_events
  for each row
  when (new.user_id is not null)
  execute function private.tg_billing_events__apply();

create function private.tg_billing_events__forget_customer()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.stripe_customer_id := null;
  return new;
end;
$$;

comment on function private.tg_billing_events__forget_customer() is
  'What is nobody''s any more leads to no customer either, nor do the subscriptions of one person to each other.';

create trigger _200_forget_customer
  before insert or update of user_id on private.billing_events
  for each row
  when (new.user_id is null)
  execute function private.tg_billing_events__forget_customer();

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table private.billing_events is
  'What Stripe told, each event once, never changed. Kept for the books when the account goes, without whose it was and which
customer''s.';
comment on column private.billing_events.id is 'The id of the event at Stripe: telling it again is no new event.';
comment on column private.billing_events.user_id is 'Whose subscription it is; null once the account is gone.';
comment on column private.billing_events.kind is 'What it tells.';
comment on column private.billing_events.occurred_at is 'When it happened, by Stripe''s clock, in whole seconds.';
comment on column private.billing_events.received_at is 'When it was told to us.';
comment on column private.billing_events.stripe_customer_id is 'The customer at Stripe; null once the account is gone.';
comment on column private.billing_events.stripe_subscription_id is
  'The subscription at Stripe: what the books are held against. Whose it was, Stripe alone can say.';
comment on column private.billing_events.dispute_id is 'The dispute at Stripe; of a dispute alone, as what follows is of a subscription.';
comment on column private.billing_events.plan_id is 'The plan that was subscribed to.';
comment on column private.billing_events.status is 'How Stripe had it.';
comment on column private.billing_events.started_at is 'When the subscription began.';
comment on column private.billing_events.period_starts_at is 'The beginning of the period that is, or is to be, paid.';
comment on column private.billing_events.period_ends_at is 'The end of that period.';
comment on column private.billing_events.cancel_at_period_end is 'Whether it ends with it.';
comment on column private.billing_events.ended_at is 'When it was over; of a cancelled one alone.';
