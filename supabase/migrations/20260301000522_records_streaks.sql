-- Streaks: runs of training days, and of weeks in which the goal was met. Each run is a row, with the last day on which
-- training goes on with it: what is true of today follows from the row and the calendar, so that no clock has to tick.
--
-- A day is the workout's local day, frozen when it began, and days are counted by the calendar: a day of 23 hours is one.
-- Rest is a part of training: days of rest break nothing up to so many a week, and add nothing. What was entered more than
-- a week after it was done, or imported, is history and no streak.

-- Type and table -------------------------------------------------------------------------------------------------------

create type public.streak_kind as enum ('days', 'weeks');

comment on type public.streak_kind is 'What is counted: days of training, or weeks in which the goal was met.';

create table public.user_streaks (
  user_id     uuid not null references public.profiles (user_id) on delete cascade,
  kind        public.streak_kind not null,
  began_on    date not null,
  ended_on    date not null,
  length      integer not null,
  holds_until date not null,
  primary key (user_id, kind, began_on),
  constraint user_streaks_in_order check (began_on <= ended_on and ended_on < holds_until),
  constraint user_streaks_of_some_length check (length > 0)
);

alter table public.user_streaks enable row level security;

create policy select_own on public.user_streaks
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.user_streaks to authenticated;

comment on table public.user_streaks is
  'Runs of training days, and of weeks in which the goal was met. The present one, if any, holds until today or later.';
comment on column public.user_streaks.user_id is 'The athlete.';
comment on column public.user_streaks.kind is 'Whether days or weeks are counted.';
comment on column public.user_streaks.began_on is 'The first day of training; of weeks the first day of the first week.';
comment on column public.user_streaks.ended_on is 'The last day of training; of weeks the first day of the last week.';
comment on column public.user_streaks.length is 'How many days or weeks, without those of rest.';
comment on column public.user_streaks.holds_until is 'The last day on which training goes on with it.';
comment on policy select_own on public.user_streaks is 'The athlete alone.';

-- What counts ----------------------------------------------------------------------------------------------------------

create function private.counts_for_streaks(p_workout public.workouts)
returns boolean
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return p_workout.status = 'completed'
    and p_workout.set_count > 0
    and p_workout.import_id is null
    and p_workout.local_date >= (p_workout.created_at at time zone p_workout.timezone)::date - 7;
end;
$$;

grant execute on function private.counts_for_streaks(public.workouts) to authenticated;
comment on function private.counts_for_streaks(public.workouts) is
  'Whether a workout keeps streaks: completed, with a set that counts, entered here and within a week.';

create function private.streak_steps(p_kind public.streak_kind, p_rules public.preferences, p_from date)
returns setof date
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if p_kind = 'days' then
    return query
    select distinct workouts.local_date
    from public.workouts
    where workouts.user_id = p_rules.user_id
      and workouts.local_date >= p_from
      and private.counts_for_streaks(workouts)
    order by workouts.local_date;
  else
    return query
    select private.week_start(workouts.local_date, p_rules.week_starts_on) as week
    from public.workouts
    where workouts.user_id = p_rules.user_id
      and workouts.local_date >= p_from
      and private.counts_for_streaks(workouts)
    group by week
    having count(distinct workouts.local_date) >= p_rules.weekly_goal
    order by week;
  end if;
end;
$$;

grant execute on function private.streak_steps(public.streak_kind, public.preferences, date) to authenticated;
comment on function private.streak_steps(public.streak_kind, public.preferences, date) is
  'The days of training, or the weeks in which the goal was met, from a day onwards: of weeks the first day of one.';
