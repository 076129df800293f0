-- Billing: what there is to buy, who has bought it, and what it entitles to. Who may do what is asked of these tables at
-- every use, never of a token: what is cancelled has no power on the next statement.

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.subscription_status as enum ('active', 'past_due', 'cancelled', 'expired');
comment on type public.subscription_status is
  'active: paid. past_due: the last payment failed and is tried again. cancelled: paid until it ends. expired: over.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.plans (
  id                           text primary key,
  position                     smallint not null,
  is_sold                      boolean not null,
  requests_per_window          integer not null,
  live_requests_per_window     integer not null,
  transfer_requests_per_window integer not null,
  window_seconds               integer not null default 900,
  planner_runs_per_day         integer,
  ai_cents_per_month           integer not null default 0,
  created_at                   timestamptz not null default now(),
  updated_at                   timestamptz not null default now(),
  constraint plans_id_is_snake_case check (id ~ '^[a-z][a-z_]{1,29}$'),
  constraint plans_position_key unique (position),
  constraint plans_limits_positive check (
    requests_per_window > 0 and live_requests_per_window > 0 and transfer_requests_per_window > 0 and window_seconds > 0
    and planner_runs_per_day >= 0 and ai_cents_per_month >= 0
  )
);

create table public.subscriptions (
  user_id                uuid not null references public.profiles (user_id) on delete cascade,
  plan_id                text not null references public.plans (id) on delete restrict,
  status                 public.subscription_status not null,
  started_at             timestamptz not null,
  ends_at                timestamptz,
  cancel_at_period_end   boolean not null default false,
  stripe_customer_id     text,
  stripe_subscription_id text,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  primary key (user_id, plan_id),
  constraint subscriptions_plan_is_paid_for check (plan_id not in ('anonymous', 'free', 'admin'))
);

create table private.entitlements (
  plan_id     text not null references public.plans (id) on delete cascade,
  entitlement text not null,
  primary key (plan_id, entitlement),
  constraint entitlements_entitlement_is_snake_case check (entitlement ~ '^[a-z][a-z_]{1,49}$')
);

create index subscriptions_plan_id_idx on public.subscriptions (plan_id);

-- The operator's data: reference data of the product, changed by an update of a row.
insert into public.plans (
  id, position, is_sold, requests_per_window, live_requests_per_window, transfer_requests_per_window, planner_runs_per_day,
  ai_cents_per_month
)
values
  ('anonymous', 0, false, 60, 60, 60, 0, 0),
  ('free', 1, false, 100, 600, 600, 3, 0),
  ('premium', 2, true, 500, 1200, 1200, null, 100),
  ('pro', 3, true, 500, 1200, 1200, null, 500),
  ('admin', 4, false, 1000, 1200, 1200, null, 500);

insert into private.entitlements (plan_id, entitlement)
select plan_id, entitlement
from unnest(array['premium', 'pro', 'admin']) as plan_id
cross join unnest(array[
  'advanced_analytics', 'ai_recommendations', 'csv_export', 'premium_templates', 'unlimited_planner'
]) as entitlement;

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.plans enable row level security;
alter table public.subscriptions enable row level security;
alter table private.entitlements enable row level security;

create policy select_all on public.plans
  for select to anon, authenticated
  using (true);

create policy select_own on public.subscriptions
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.plans to anon, authenticated;
grant select (user_id, plan_id, status, started_at, ends_at, cancel_at_period_end, created_at, updated_at)
  on public.subscriptions to authenticated;

create trigger _100_touch
  before update on public.plans
  for each row execute function private.tg__touch();
create trigger _100_touch
  before update on public.subscriptions
  for each row execute function private.tg__touch();

-- Power ----------------------------------------------------------------------------------------------------------------

create view private.active_subscriptions
with (security_invoker = true)
as
select distinct on (subscriptions.user_id) subscriptions.user_id, subscriptions.plan_id
from public.subscriptions
join public.plans on plans.id = subscriptions.plan_id
where subscriptions.status <> 'expired'
  and (subscriptions.ends_at is null or subscriptions.ends_at > now())
order by subscriptions.user_id, plans.position desc;

comment on view private.active_subscriptions is
  'The best plan that users subscribe to now, one row each. Who is not in it has the plan free.';

create function private.plan_of(p_user_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_plan_id text;
begin
  select active_subscriptions.plan_id
  into v_plan_id
  from private.active_subscriptions
  where active_subscriptions.user_id = p_user_id;

  return coalesce(v_plan_id, 'free');
end;
$$;

comment on function private.plan_of(uuid) is
  'The plan that a user has now: the best that they subscribe to until it ends, else free.';

-- definer: a policy asks this, and neither entitlements nor the roles behind it are read through the API.
create function private.has_entitlement(p_entitlement text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return v_user_id is not null and exists (
    select from private.entitlements
    where entitlements.entitlement = p_entitlement
      and (
        entitlements.plan_id = private.plan_of(v_user_id)
        or (entitlements.plan_id = 'admin' and private.is_admin())
      )
  );
end;
$$;

grant execute on function private.has_entitlement(text) to anon, authenticated, service_role;
comment on function private.has_entitlement(text) is
  'Whether the caller''s plan, as it is now, entitles to this. The one question that policies and functions ask.';

-- definer: neither entitlements nor anybody's plan but one's own is read through the API.
create function private.my_entitlements()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'plan', own.plan_id,
    'ends_at', (
      select subscriptions.ends_at
      from public.subscriptions
      where subscriptions.user_id = own.user_id
        and subscriptions.plan_id = own.plan_id
    ),
    'entitlements', coalesce((
      select jsonb_agg(distinct entitlements.entitlement)
      from private.entitlements
      where entitlements.plan_id = own.plan_id
        or (entitlements.plan_id = 'admin' and private.is_admin())
    ), '[]')
  )
  from (select auth.uid() as user_id, private.plan_of(auth.uid()) as plan_id) as own;
$$;

grant execute on function private.my_entitlements() to authenticated;
comment on function private.my_entitlements() is 'What my_entitlements answers.';

create function public.my_entitlements()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  perform private.current_user_id();
  return private.my_entitlements();
end;
$$;

grant execute on function public.my_entitlements() to authenticated;
comment on function public.my_entitlements() is
  'What the caller''s plan, as it is now, entitles to: {plan, ends_at, entitlements: [text]}. ends_at is null for free.
Fails with not_authenticated.';

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.plans is
  'What a caller may use: the plans that are sold, and the limits of those who bought none. An operator changes a row.';
comment on column public.plans.id is 'anonymous: nobody signed in. free: signed in. admin: the role, whatever was bought.';
comment on column public.plans.position is
  'The order in which plans are shown. Of several that somebody subscribes to, the last one counts.';
comment on column public.plans.is_sold is 'Whether somebody can subscribe to it.';
comment on column public.plans.requests_per_window is 'How many requests a caller may make in a window.';
comment on column public.plans.live_requests_per_window is
  'How many calls of a live workout beside those: sets and rests.';
comment on column public.plans.transfer_requests_per_window is
  'How many parts of imports beside those.';
comment on column public.plans.window_seconds is 'How long a window is: limits come back evenly over it.';
comment on column public.plans.planner_runs_per_day is 'How many plans the planner makes a day; null for no limit.';
comment on column public.plans.ai_cents_per_month is 'What the language model may cost a month, in US cents.';
comment on policy select_all on public.plans is 'A price list is public.';

comment on table public.subscriptions is
  'What a user has subscribed to, a row for each plan. Derived from private.billing_events; no row is free.';
comment on column public.subscriptions.user_id is 'Who.';
comment on column public.subscriptions.plan_id is 'To which plan.';
comment on column public.subscriptions.status is 'As the last of the events says.';
comment on column public.subscriptions.started_at is 'Since when.';
comment on column public.subscriptions.ends_at is 'Until when it gives power; some days beyond the period where it renews itself.';
comment on column public.subscriptions.cancel_at_period_end is 'Whether it ends then, or is renewed.';
comment on column public.subscriptions.stripe_customer_id is 'The customer at Stripe.';
comment on column public.subscriptions.stripe_subscription_id is 'The subscription at Stripe.';
comment on policy select_own on public.subscriptions is 'Everybody their own.';

comment on table private.entitlements is 'What a plan entitles to: one row each, which an operator adds or removes.';
comment on column private.entitlements.plan_id is 'The plan.';
comment on column private.entitlements.entitlement is 'What it entitles to.';
