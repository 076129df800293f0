-- Statistics: the tables of what sets and workouts come to, by exercise and day, by week and in total.

-- Tables --------------------------------------------------------------------------------------------------------------

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
  least_assist_kg     numeric,
  best_e1rm_kg        numeric,
  best_added_e1rm_kg  numeric,
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
  calories            integer not null,
  records_set         integer not null,
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
  active_seconds      bigint not null,
  calories            bigint not null,
  records_set         integer not null
);

-- Indexes -------------------------------------------------------------------------------------------------------------

create index exercise_stats_exercise_id_idx on public.exercise_stats (exercise_id);

-- Policies ------------------------------------------------------------------------------------------------------------

alter table public.exercise_stats enable row level security;
alter table public.weekly_stats enable row level security;
alter table public.user_stats enable row level security;

create policy select_own on public.exercise_stats
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.weekly_stats
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.user_stats
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Grants --------------------------------------------------------------------------------------------------------------

grant select on public.exercise_stats, public.weekly_stats, public.user_stats to authenticated;

-- Comments ------------------------------------------------------------------------------------------------------------

comment on table public.exercise_stats is
  'What an athlete did of an exercise on a day: sets done, without warm-ups, of workouts that were not cancelled.';
comment on column public.exercise_stats.user_id is 'The athlete.';
comment on column public.exercise_stats.exercise_id is 'The exercise.';
comment on column public.exercise_stats.day is 'The local day on which the workout began.';
comment on column public.exercise_stats.set_count is 'Sets.';
comment on column public.exercise_stats.rep_count is 'Repetitions.';
comment on column public.exercise_stats.volume_kg is 'Entered weight times repetitions.';
comment on column public.exercise_stats.effective_volume_kg is 'Load times repetitions.';
comment on column public.exercise_stats.max_weight_kg is
  'The heaviest weight that was lifted at least once, held or carried; null of assisted exercises.';
comment on column public.exercise_stats.least_assist_kg is
  'Of assisted exercises the least help with at least one repetition.';
comment on column public.exercise_stats.best_e1rm_kg is 'The best estimated one-rep maximum of at least medium confidence.';
comment on column public.exercise_stats.best_added_e1rm_kg is
  'Where the whole body is moved, what of such a maximum is not the body: what would be added for one repetition, below zero
the help. Null elsewhere.';
comment on column public.exercise_stats.max_reps is 'The most repetitions in a set.';
comment on column public.exercise_stats.duration_seconds is 'Time in sets that are timed.';
comment on column public.exercise_stats.distance_m is 'Distance.';
comment on policy select_own on public.exercise_stats is 'The athlete alone.';

comment on table public.weekly_stats is 'What an athlete''s completed workouts of a week come to.';
comment on column public.weekly_stats.user_id is 'The athlete.';
comment on column public.weekly_stats.week is 'The Monday of the ISO week, in the workouts'' own zones.';
comment on column public.weekly_stats.workout_count is 'Completed workouts.';
comment on column public.weekly_stats.training_days is 'Days with one.';
comment on column public.weekly_stats.set_count is 'Sets, without warm-ups.';
comment on column public.weekly_stats.rep_count is 'Repetitions, without warm-ups.';
comment on column public.weekly_stats.volume_kg is 'Entered weight times repetitions, without warm-ups.';
comment on column public.weekly_stats.effective_volume_kg is 'Load times repetitions, without warm-ups.';
comment on column public.weekly_stats.duration_seconds is 'From starts to ends.';
comment on column public.weekly_stats.active_seconds is 'Without the pauses.';
comment on column public.weekly_stats.calories is 'Kilocalories, of the workouts that say so.';
comment on column public.weekly_stats.records_set is 'Records that were set, without the first ever of an exercise.';
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
comment on column public.user_stats.calories is 'Kilocalories, of the workouts that say so.';
comment on column public.user_stats.records_set is 'Records that were set, without the first ever of an exercise.';
comment on policy select_own on public.user_stats is 'The athlete alone.';
