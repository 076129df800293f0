-- Records: the ledger of what an athlete did better than ever before, and statistics by exercise and day, by week and
-- in total. All of it is derived: it equals what reading every set from the first would give.

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.record_kind as enum (
  'max_weight', 'best_e1rm', 'max_reps_at_weight', 'rep_max', 'best_set_volume', 'best_session_volume', 'max_reps',
  'max_session_reps', 'least_assist', 'longest_duration', 'longest_distance', 'best_pace', 'fastest_distance',
  'best_relative', 'max_workout_volume', 'most_sets', 'longest_streak'
);

comment on type public.record_kind is
  'What is compared. max_weight and best_e1rm are kept so far, in kilograms.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.personal_records (
  id                  uuid primary key default private.uuid_v7(),
  user_id             uuid not null references public.profiles (user_id) on delete cascade,
  exercise_id         uuid not null references public.exercises (id)
    on delete no action deferrable initially deferred,
  exercise_name       text not null,
  kind                public.record_kind not null,
  value               numeric not null,
  previous_value      numeric,
  improvement         numeric generated always as (value - previous_value) stored,
  improvement_percent numeric generated always as (
    round(100 * (value - previous_value) / nullif(previous_value, 0), 2)
  ) stored,
  is_baseline         boolean generated always as (previous_value is null) stored,
  -- Checked at commit: a workout takes records and sets along in one go, in no order that could be relied on.
  workout_id          uuid references public.workouts (id) on delete set null deferrable initially deferred,
  set_id              uuid references public.workout_sets (id) on delete set null deferrable initially deferred,
  achieved_at         timestamptz not null,
  superseded_at       timestamptz,
  superseded_by       uuid references public.personal_records (id) on delete set null
    deferrable initially deferred,
  revoked_at          timestamptz,
  created_at          timestamptz not null default now(),
  constraint personal_records_superseded_by_somewhat check ((superseded_at is null) = (superseded_by is null))
);

create table public.exercise_stats (
  user_id             uuid not null references public.profiles (user_id) on delete cascade,
  exercise_id         uuid not null references public.exercises (id)
    on delete no action deferrable initially deferred,
  day                 date not null,
  set_count           integer not null,
  rep_count           integer not null,
  volume_kg           numeric not null,
  effective_volume_kg numeric not null,
  max_weight_kg       numeric,
  best_e1rm_kg        numeric,
  max_reps            integer,
  duration_seconds    numeric not null,
  distance_m          numeric not null,
  primary key (user_id, exercise_id, day)
);

create table public.weekly_stats (
  user_id             uuid not null references public.profiles (user_id) on delete cascade,
  week                date not null,
  workout_count       integer not null,
  training_days       integer not null,
  set_count           integer not null,
  rep_count           integer not null,
  volume_kg           numeric not null,
  effective_volume_kg numeric not null,
  duration_seconds    integer not null,
  active_seconds      integer not null,
  primary key (user_id, week),
  constraint weekly_stats_week_begins_on_monday check (extract(isodow from week) = 1)
);

create table public.user_stats (
  user_id             uuid primary key references public.profiles (user_id) on delete cascade,
  workout_count       integer not null,
  set_count           integer not null,
  rep_count           integer not null,
  volume_kg           numeric not null,
  effective_volume_kg numeric not null,
  duration_seconds    bigint not null,
  active_seconds      bigint not null
);

-- Indexes --------------------------------------------------------------------------------------------------------------

-- The one that stands, per exercise and kind.
create unique index personal_records_standing_key on public.personal_records (user_id, exercise_id, kind)
  where superseded_at is null and revoked_at is null;
create index personal_records_timeline_idx on public.personal_records (user_id, exercise_id, kind, achieved_at, value)
  where revoked_at is null;
create index personal_records_revoked_idx on public.personal_records (user_id, exercise_id, kind, revoked_at)
  where revoked_at is not null;
create index personal_records_user_id_achieved_at_idx on public.personal_records (user_id, achieved_at desc);
create index personal_records_exercise_id_idx on public.personal_records (exercise_id);
create index personal_records_workout_id_idx on public.personal_records (workout_id);
create index personal_records_set_id_idx on public.personal_records (set_id);
create index personal_records_superseded_by_idx on public.personal_records (superseded_by);
create index exercise_stats_exercise_id_idx on public.exercise_stats (exercise_id);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.personal_records enable row level security;
alter table public.exercise_stats enable row level security;
alter table public.weekly_stats enable row level security;
alter table public.user_stats enable row level security;

create policy select_readable on public.personal_records
  for select to authenticated
  using (user_id = (select auth.uid()) or workout_id = any ((select private.shared_workout_ids())::uuid[]));

create policy select_own on public.exercise_stats
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.weekly_stats
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.user_stats
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Grants ---------------------------------------------------------------------------------------------------------------

grant select on public.personal_records, public.exercise_stats, public.weekly_stats, public.user_stats
  to authenticated;

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.personal_records is
  'Each time an athlete beat their best. Of an exercise and kind the row without superseded_at and revoked_at stands.';
comment on column public.personal_records.user_id is 'The athlete.';
comment on column public.personal_records.exercise_id is 'The exercise.';
comment on column public.personal_records.exercise_name is 'Its name at that time.';
comment on column public.personal_records.kind is 'What was beaten.';
comment on column public.personal_records.value is 'The new best, in kilograms.';
comment on column public.personal_records.previous_value is 'The best until then; null for the first ever.';
comment on column public.personal_records.improvement is 'By how much.';
comment on column public.personal_records.improvement_percent is 'By how much of what was.';
comment on column public.personal_records.is_baseline is 'Whether it is the first ever, which is not celebrated.';
comment on column public.personal_records.workout_id is 'The workout; null once that is deleted.';
comment on column public.personal_records.set_id is 'The set; null once that is deleted.';
comment on column public.personal_records.achieved_at is 'When the set was done.';
comment on column public.personal_records.superseded_at is 'When it was beaten in turn.';
comment on column public.personal_records.superseded_by is 'By which record.';
comment on column public.personal_records.revoked_at is
  'Since when it is none: its set was changed or deleted, or an earlier one turned out to be better. Such rows are kept
for 30 days at least, and deleted when the next of the exercise and kind is revoked.';
comment on policy select_readable on public.personal_records is 'The athlete, and whoever the workout is shared with.';

comment on table public.exercise_stats is
  'What an athlete did of an exercise on a day: sets done, without warm-ups, of workouts that were not cancelled.';
comment on column public.exercise_stats.user_id is 'The athlete.';
comment on column public.exercise_stats.exercise_id is 'The exercise.';
comment on column public.exercise_stats.day is 'The local day on which the workout began.';
comment on column public.exercise_stats.set_count is 'Sets.';
comment on column public.exercise_stats.rep_count is 'Repetitions.';
comment on column public.exercise_stats.volume_kg is 'Entered weight times repetitions.';
comment on column public.exercise_stats.effective_volume_kg is 'Load times repetitions.';
comment on column public.exercise_stats.max_weight_kg is 'The heaviest weight.';
comment on column public.exercise_stats.best_e1rm_kg is 'The best estimated one-rep maximum of at least medium confidence.';
comment on column public.exercise_stats.max_reps is 'The most repetitions in a set.';
comment on column public.exercise_stats.duration_seconds is 'Time in sets that are timed.';
comment on column public.exercise_stats.distance_m is 'Distance.';
comment on policy select_own on public.exercise_stats is 'The athlete alone.';

comment on table public.weekly_stats is 'What an athlete''s completed workouts of a week come to.';
comment on column public.weekly_stats.user_id is 'The athlete.';
comment on column public.weekly_stats.week is 'The Monday, in the workouts'' own zones.';
comment on column public.weekly_stats.workout_count is 'Completed workouts.';
comment on column public.weekly_stats.training_days is 'Days with one.';
comment on column public.weekly_stats.set_count is 'Sets, without warm-ups.';
comment on column public.weekly_stats.rep_count is 'Repetitions, without warm-ups.';
comment on column public.weekly_stats.volume_kg is 'Entered weight times repetitions, without warm-ups.';
comment on column public.weekly_stats.effective_volume_kg is 'Load times repetitions, without warm-ups.';
comment on column public.weekly_stats.duration_seconds is 'From starts to ends.';
comment on column public.weekly_stats.active_seconds is 'Without the pauses.';
comment on policy select_own on public.weekly_stats is 'The athlete alone.';

comment on table public.user_stats is 'What all completed workouts of an athlete come to; no row without one.';
comment on column public.user_stats.user_id is 'The athlete.';
comment on column public.user_stats.workout_count is 'Completed workouts.';
comment on column public.user_stats.set_count is 'Sets, without warm-ups.';
comment on column public.user_stats.rep_count is 'Repetitions, without warm-ups.';
comment on column public.user_stats.volume_kg is 'Entered weight times repetitions, without warm-ups.';
comment on column public.user_stats.effective_volume_kg is 'Load times repetitions, without warm-ups.';
comment on column public.user_stats.duration_seconds is 'From starts to ends.';
comment on column public.user_stats.active_seconds is 'Without the pauses.';
comment on policy select_own on public.user_stats is 'The athlete alone.';
