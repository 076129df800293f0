-- Workouts: a session, its exercises and its sets, as the athlete did them. What is derived from them (totals, load,
-- one-rep maxima) stands beside them and is written by triggers alone.

insert into private.error_codes (code, status, message, hint)
values
  ('workout_not_found', 404, 'There is no such workout, or it is not visible to this user.', 'Check the id.'),
  ('workout_exercise_not_found', 404, 'There is no such exercise in a workout of this user.',
   'Check the id; add the exercise with add_workout_exercise first.'),
  ('exercise_not_found', 404, 'There is no such exercise, or it is not visible to this user.', 'Check the id.'),
  ('workout_not_active', 409, 'The workout is not in progress.', 'Start it first, or start another one.'),
  ('workout_already_active', 409, 'Another workout of this user is in progress.',
   'Complete or cancel that one first; the details have its id.'),
  ('set_conflict', 409, 'The id of this set is already in use with other content.',
   'Send a new id, or the same content again. get_workout shows what is stored.'),
  ('set_index_taken', 409, 'Another set stands at this place of the exercise.',
   'Read the workout again; send another set_index, or none for the next place.'),
  ('set_not_found', 404, 'There is no such set in a workout of this user.', 'Check the id.'),
  ('invalid_workout', 400, 'The workout breaks a rule.', 'The details name the rule.'),
  ('invalid_set', 400, 'The set breaks a rule.',
   'The details name the rule. A set has the fields of its exercise''s tracking type and no others.'),
  ('invalid_time', 400, 'A time is in the future, or outside its workout.',
   'Check the clock of the device; the details say which bounds hold.');

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.workout_status as enum ('planned', 'in_progress', 'completed', 'cancelled');
create type public.workout_location as enum ('home', 'gym', 'outdoor', 'travel', 'other');

comment on type public.workout_status is
  'planned, in_progress, then completed or cancelled. A paused workout is in progress and has paused_at.';
comment on type public.workout_location is 'Where a workout takes place.';

-- Who writes -----------------------------------------------------------------------------------------------------------

create function private.session_id()
returns uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select (auth.jwt() ->> 'session_id')::uuid;
$$;

grant execute on function private.session_id() to authenticated, service_role;
comment on function private.session_id() is
  'The session of the caller''s token: one sign-in on one device. Null where there is none.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.workouts (
  id                     uuid primary key default private.uuid_v7(),
  user_id                uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  template_id            uuid,
  template_day_id        uuid,
  import_id              uuid,
  template_run_id        uuid references public.template_runs (id) on delete set null,
  template_week          smallint,
  template_name          text,
  name                   text not null default 'Workout',
  status                 public.workout_status not null default 'in_progress',
  planned_for            date,
  timezone               text not null,
  started_at             timestamptz,
  ended_at               timestamptz,
  local_date             date generated always as ((started_at at time zone timezone)::date) stored,
  paused_at              timestamptz,
  pauses                 tstzmultirange not null default '{}',
  duration_seconds       integer generated always as (floor(extract(epoch from ended_at - started_at))) stored,
  active_seconds         integer,
  location               public.workout_location,
  mood_before            text,
  mood_after             text,
  energy                 smallint,
  notes                  text,
  visibility             public.visibility not null default 'private',
  bodyweight_kg          numeric(6, 3),
  current_exercise_index smallint not null default 0,
  current_set_index      smallint not null default 0,
  rest_started_at        timestamptz,
  rest_ends_at           timestamptz,
  rest_seconds           integer generated always as (extract(epoch from rest_ends_at - rest_started_at)) stored,
  set_count              integer not null default 0,
  warmup_set_count       integer not null default 0,
  rep_count              integer not null default 0,
  volume_kg              numeric not null default 0,
  effective_volume_kg    numeric not null default 0,
  warmup_volume_kg       numeric not null default 0,
  average_rpe            numeric(3, 1),
  total_rest_seconds     integer not null default 0,
  records_set            integer not null default 0,
  calories               integer,
  version                integer not null default 1,
  expected_version       integer,
  changed_by             uuid default private.session_id(),
  request_hash           uuid,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  constraint workouts_id_user_id_key unique (id, user_id),
  constraint workouts_name_length check (char_length(name) between 1 and 120),
  constraint workouts_planned_for_plausible check (planned_for between date '2000-01-01' and date '2199-12-31'),
  constraint workouts_started_unless_planned check ((status = 'planned') = (started_at is null)),
  constraint workouts_started_since_2000 check (started_at >= timestamptz '2000-01-01 00:00:00+00'),
  constraint workouts_ended_when_over check ((status in ('completed', 'cancelled')) = (ended_at is not null)),
  constraint workouts_lasts_up_to_a_day check (
    ended_at - started_at between interval '0' and interval '24 hours'
  ),
  constraint workouts_time_is_counted_when_over check ((ended_at is null) = (active_seconds is null)),
  constraint workouts_paused_in_progress check (paused_at is null or status = 'in_progress'),
  constraint workouts_rests_in_progress check (rest_ends_at is null or status = 'in_progress'),
  constraint workouts_rest_has_both_ends check ((rest_started_at is null) = (rest_ends_at is null)),
  constraint workouts_rest_up_to_an_hour check (
    rest_ends_at - rest_started_at between interval '1 second' and interval '1 hour'
  ),
  constraint workouts_mood_before_length check (char_length(mood_before) between 1 and 40),
  constraint workouts_mood_after_length check (char_length(mood_after) between 1 and 40),
  constraint workouts_energy_in_range check (energy between 1 and 10),
  constraint workouts_notes_length check (char_length(notes) <= 4000),
  constraint workouts_bodyweight_plausible check (bodyweight_kg between 20 and 400),
  constraint workouts_current_exercise_in_range check (current_exercise_index between 0 and 99),
  constraint workouts_current_set_in_range check (current_set_index between 0 and 200)
);

create table public.workout_exercises (
  id                  uuid primary key default private.uuid_v7(),
  user_id             uuid not null references public.profiles (user_id) on delete cascade,
  workout_id          uuid not null,
  exercise_id         uuid not null references public.exercises (id)
    on delete no action deferrable initially deferred,
  exercise_name       text not null,
  tracking_type       public.tracking_type not null,
  weight_entry        public.weight_entry not null,
  unilateral          boolean not null,
  bodyweight_fraction numeric(3, 2),
  position            smallint not null,
  section             text not null default 'main',
  superset_group      smallint,
  group_type          text,
  notes               text,
  set_count           integer not null default 0,
  rep_count           integer not null default 0,
  volume_kg           numeric not null default 0,
  effective_volume_kg numeric not null default 0,
  version             integer not null default 1,
  expected_version    integer,
  changed_by          uuid default private.session_id(),
  request_hash        uuid,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  constraint workout_exercises_workout_id_fkey foreign key (workout_id, user_id)
    references public.workouts (id, user_id) on delete cascade,
  constraint workout_exercises_identity_key unique (id, workout_id, user_id, exercise_id),
  constraint workout_exercises_position_key unique (workout_id, position) deferrable,
  constraint workout_exercises_position_in_range check (position between 0 and 99),
  constraint workout_exercises_section_known check (section in ('warmup', 'main', 'cooldown')),
  constraint workout_exercises_group_type_known check (group_type in ('superset', 'giant_set', 'circuit')),
  constraint workout_exercises_superset_group_in_range check (superset_group between 1 and 50),
  constraint workout_exercises_notes_length check (char_length(notes) <= 2000)
);

create table public.workout_sets (
  id                       uuid primary key default private.uuid_v7(),
  user_id                  uuid not null,
  workout_id               uuid not null,
  workout_exercise_id      uuid not null,
  exercise_id              uuid not null,
  tracking_type            public.tracking_type not null,
  parent_set_id            uuid,
  set_index                smallint not null,
  set_type                 public.set_type not null default 'working',
  side                     public.set_side,
  planned_weight_kg        numeric,
  planned_reps_min         integer,
  planned_reps_max         integer,
  planned_duration_seconds numeric(8, 2),
  planned_distance_m       numeric(9, 2),
  planned_rpe              numeric(3, 1),
  planned_rest_seconds     integer,
  planned_tempo            text,
  weight_kg                numeric,
  entered_unit             public.weight_unit not null default 'kg',
  reps                     integer,
  duration_seconds         numeric(8, 2),
  distance_m               numeric(9, 2),
  energy_kcal              integer,
  average_heart_rate       smallint,
  max_heart_rate           smallint,
  incline_percent          numeric(4, 1),
  speed_mps                numeric(8, 5),
  level                    smallint,
  power_watts              smallint,
  floors                   integer,
  steps                    integer,
  rpe                      numeric(3, 1),
  rir                      numeric(3, 1),
  rest_seconds             integer,
  tempo                    text,
  notes                    text,
  completed_at             timestamptz,
  received_at              timestamptz not null default now(),
  load_kg                  numeric,
  volume_kg                numeric not null default 0,
  effective_volume_kg      numeric not null default 0,
  e1rm_kg                  numeric,
  e1rm_method              public.e1rm_method,
  e1rm_confidence          public.confidence,
  is_counted               boolean not null default false,
  is_record                boolean not null default false,
  version                  integer not null default 1,
  expected_version         integer,
  changed_by               uuid default private.session_id(),
  request_hash             uuid,
  created_at               timestamptz not null default now(),
  updated_at               timestamptz not null default now(),
  constraint workout_sets_workout_exercise_id_fkey
    foreign key (workout_exercise_id, workout_id, user_id, exercise_id)
    references public.workout_exercises (id, workout_id, user_id, exercise_id) on update cascade on delete cascade
    deferrable,
  constraint workout_sets_place_key unique nulls not distinct (workout_exercise_id, set_index, side) deferrable,
  constraint workout_sets_set_index_in_range check (set_index between 0 and 199),
  constraint workout_sets_weight_in_range check (weight_kg between 0 and 1500),
  constraint workout_sets_reps_in_range check (reps between 0 and 1000),
  constraint workout_sets_duration_in_range check (duration_seconds between 0 and 86400),
  constraint workout_sets_distance_in_range check (distance_m between 0 and 500000),
  constraint workout_sets_rpe_in_halves check (rpe between 1 and 10 and rpe * 2 = trunc(rpe * 2)),
  constraint workout_sets_rir_in_halves check (rir between 0 and 9 and rir * 2 = trunc(rir * 2)),
  constraint workout_sets_rpe_and_rir_are_ten check (rpe + rir = 10),
  constraint workout_sets_rest_in_range check (rest_seconds between 0 and 7200),
  constraint workout_sets_tempo_form check (tempo ~ '^[0-9X](-?[0-9X]){3}$'),
  constraint workout_sets_notes_length check (char_length(notes) <= 1000),
  constraint workout_sets_parent_is_another check (parent_set_id <> id),
  constraint workout_sets_energy_in_range check (energy_kcal between 0 and 20000),
  constraint workout_sets_heart_rate_in_range check (
    average_heart_rate between 20 and 260 and max_heart_rate between 20 and 260
    and average_heart_rate <= max_heart_rate
  ),
  constraint workout_sets_incline_in_range check (incline_percent between -50 and 100),
  constraint workout_sets_speed_in_range check (speed_mps between 0 and 50),
  constraint workout_sets_level_in_range check (level between 0 and 100),
  constraint workout_sets_power_in_range check (power_watts between 0 and 3000),
  constraint workout_sets_floors_in_range check (floors between 0 and 5000),
  constraint workout_sets_steps_in_range check (steps between 0 and 200000),
  constraint workout_sets_planned_weight_in_range check (planned_weight_kg between 0 and 1500),
  constraint workout_sets_planned_reps_in_range check (
    planned_reps_min between 0 and 1000 and planned_reps_max between planned_reps_min and 1000
  ),
  constraint workout_sets_planned_duration_in_range check (planned_duration_seconds between 0 and 86400),
  constraint workout_sets_planned_distance_in_range check (planned_distance_m between 0 and 500000),
  constraint workout_sets_planned_rpe_in_halves check (
    planned_rpe between 1 and 10 and planned_rpe * 2 = trunc(planned_rpe * 2)
  ),
  constraint workout_sets_planned_rest_in_range check (planned_rest_seconds between 0 and 7200),
  constraint workout_sets_weight_only_if_tracked check (
    weight_kg is null
    or tracking_type in ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'weight_duration', 'weight_distance')
  ),
  constraint workout_sets_reps_only_if_tracked check (
    reps is null or tracking_type in ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'reps_only')
  ),
  constraint workout_sets_duration_only_if_tracked check (
    duration_seconds is null
    or tracking_type in ('duration', 'weight_duration', 'distance_duration', 'weight_distance', 'cardio')
  ),
  constraint workout_sets_distance_only_if_tracked check (
    distance_m is null or tracking_type in ('distance_duration', 'weight_distance', 'cardio')
  ),
  constraint workout_sets_machine_only_for_cardio check (
    tracking_type = 'cardio'
    or num_nonnulls(
      energy_kcal, average_heart_rate, max_heart_rate, incline_percent, speed_mps, level, power_watts, floors, steps
    ) = 0
  ),
  constraint workout_sets_planned_tempo_form check (planned_tempo ~ '^[0-9X](-?[0-9X]){3}$'),
  constraint workout_sets_plan_only_of_what_is_tracked check (
    (planned_weight_kg is null
      or tracking_type in ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'weight_duration', 'weight_distance'))
    and (coalesce(planned_reps_min, planned_reps_max) is null
      or tracking_type in ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'reps_only'))
    and (planned_duration_seconds is null
      or tracking_type in ('duration', 'weight_duration', 'distance_duration', 'weight_distance', 'cardio'))
    and (planned_distance_m is null or tracking_type in ('distance_duration', 'weight_distance', 'cardio'))
  ),
  constraint workout_sets_done_has_its_fields check (
    completed_at is null or case tracking_type
      when 'weight_reps' then weight_kg is not null and reps is not null
      when 'bodyweight_reps' then reps is not null
      when 'assisted_reps' then weight_kg is not null and reps is not null
      when 'reps_only' then reps is not null
      when 'duration' then duration_seconds is not null
      when 'weight_duration' then weight_kg is not null and duration_seconds is not null
      when 'distance_duration' then distance_m is not null and duration_seconds is not null
      when 'weight_distance' then weight_kg is not null and distance_m is not null
      when 'cardio' then duration_seconds is not null
    end
  )
);

create table public.workout_shares (
  workout_id uuid not null,
  owner_id   uuid not null default auth.uid(),
  user_id    uuid not null references public.profiles (user_id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (workout_id, user_id),
  constraint workout_shares_workout_id_fkey foreign key (workout_id, owner_id)
    references public.workouts (id, user_id) on delete cascade,
  constraint workout_shares_with_another check (user_id <> owner_id)
);

-- Indexes --------------------------------------------------------------------------------------------------------------

create unique index workouts_one_active_per_user_key on public.workouts (user_id) where status = 'in_progress';
create index workouts_user_id_started_at_idx on public.workouts (user_id, started_at desc, id desc);
create index workouts_user_id_local_date_idx on public.workouts (user_id, local_date);
create index workouts_import_id_idx on public.workouts (import_id) where import_id is not null;
create index workouts_template_run_id_idx on public.workouts (template_run_id);
create index workout_exercises_user_id_exercise_id_idx on public.workout_exercises (user_id, exercise_id);
create index workout_exercises_exercise_id_idx on public.workout_exercises (exercise_id);
create index workout_sets_workout_id_exercise_id_idx on public.workout_sets (workout_id, exercise_id);
create index workout_sets_timeline_idx on public.workout_sets (user_id, exercise_id, completed_at) where is_counted;
create index workout_shares_user_id_idx on public.workout_shares (user_id);
create index workout_shares_owner_id_idx on public.workout_shares (owner_id);

-- Policies -------------------------------------------------------------------------------------------------------------

-- definer: who sees a workout follows from workout_shares, whose policies would ask for the workouts again.
create function private.shared_workout_ids()
returns uuid[]
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(array_agg(workout_shares.workout_id), '{}')
  from public.workout_shares
  where workout_shares.user_id = (select auth.uid());
$$;

grant execute on function private.shared_workout_ids() to authenticated;
comment on function private.shared_workout_ids() is
  'Workouts of others that the caller may read. The one place that decides it.';

alter table public.workouts enable row level security;
alter table public.workout_exercises enable row level security;
alter table public.workout_sets enable row level security;
alter table public.workout_shares enable row level security;

create policy select_readable on public.workouts
  for select to authenticated
  using (user_id = (select auth.uid()) or id = any ((select private.shared_workout_ids())::uuid[]));

create policy insert_own on public.workouts
  for insert to authenticated
  with check (user_id = (select auth.uid()) and status in ('planned', 'in_progress'));

create policy update_own on public.workouts
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.workouts
  for delete to authenticated
  using (user_id = (select auth.uid()));

create policy select_readable on public.workout_exercises
  for select to authenticated
  using (user_id = (select auth.uid()) or workout_id = any ((select private.shared_workout_ids())::uuid[]));

create policy insert_own on public.workout_exercises
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy update_own on public.workout_exercises
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.workout_exercises
  for delete to authenticated
  using (user_id = (select auth.uid()));

create policy select_readable on public.workout_sets
  for select to authenticated
  using (user_id = (select auth.uid()) or workout_id = any ((select private.shared_workout_ids())::uuid[]));

create policy insert_own on public.workout_sets
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy update_own on public.workout_sets
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.workout_sets
  for delete to authenticated
  using (user_id = (select auth.uid()));

create policy select_involved on public.workout_shares
  for select to authenticated
  using (owner_id = (select auth.uid()) or user_id = (select auth.uid()));

create policy delete_involved on public.workout_shares
  for delete to authenticated
  using (owner_id = (select auth.uid()) or user_id = (select auth.uid()));

-- Grants ---------------------------------------------------------------------------------------------------------------

-- What triggers derive is in none of these lists.
grant select, delete on public.workouts to authenticated;
grant insert (
  id, name, status, planned_for, timezone, started_at, location, mood_before, energy, notes, visibility, bodyweight_kg,
  request_hash
) on public.workouts to authenticated;
grant update (
  name, status, planned_for, timezone, started_at, ended_at, paused_at, location, mood_before, mood_after, energy,
  notes, visibility, bodyweight_kg, current_exercise_index, current_set_index, rest_started_at, rest_ends_at,
  expected_version, request_hash
) on public.workouts to authenticated;

grant select, delete on public.workout_exercises to authenticated;
grant insert (id, workout_id, exercise_id, position, section, superset_group, group_type, notes, request_hash)
  on public.workout_exercises to authenticated;
grant update (position, section, superset_group, group_type, notes, expected_version)
  on public.workout_exercises to authenticated;

grant select, delete on public.workout_sets to authenticated;
grant insert (
  id, workout_exercise_id, parent_set_id, set_index, set_type, side, planned_weight_kg, planned_reps_min,
  planned_reps_max, planned_duration_seconds, planned_distance_m, planned_rpe, planned_rest_seconds, planned_tempo,
  weight_kg, entered_unit, reps, duration_seconds, distance_m, energy_kcal, average_heart_rate, max_heart_rate,
  incline_percent, speed_mps, level, power_watts, floors, steps, rpe, rir, rest_seconds, tempo, notes, completed_at,
  request_hash
) on public.workout_sets to authenticated;
grant update (
  parent_set_id, set_index, set_type, side, planned_weight_kg, planned_reps_min, planned_reps_max,
  planned_duration_seconds, planned_distance_m, planned_rpe, planned_rest_seconds, planned_tempo, weight_kg,
  entered_unit, reps, duration_seconds, distance_m, energy_kcal, average_heart_rate, max_heart_rate, incline_percent,
  speed_mps, level, power_watts, floors, steps, rpe, rir, rest_seconds, tempo, notes, completed_at, expected_version,
  request_hash
) on public.workout_sets to authenticated;

-- No insert: a share appears in the lists of whom it is with, so that nobody gets one unasked.
grant select, delete on public.workout_shares to authenticated;

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.workouts is 'One training session. At most one per athlete is in progress.';
comment on column public.workouts.user_id is 'The athlete.';
comment on column public.workouts.import_id is 'The import that made it; null for one that was done here.';
comment on column public.workouts.template_id is 'The template it was started from, which may be deleted since.';
comment on column public.workouts.template_day_id is 'The day of that template.';
comment on column public.workouts.template_run_id is 'The run of that template that it belongs to; null without one.';
comment on column public.workouts.template_week is 'The week of the plan that it was done for.';
comment on column public.workouts.template_name is 'The name of the template when it was started.';
comment on column public.workouts.name is 'What the athlete calls it.';
comment on column public.workouts.status is 'Ends at completed or cancelled and never changes again.';
comment on column public.workouts.planned_for is 'The local day that a planned workout is meant for.';
comment on column public.workouts.timezone is 'The tz database name of the zone it was done in; kept when the athlete travels.';
comment on column public.workouts.started_at is 'When it began, as the device says; null while planned.';
comment on column public.workouts.ended_at is 'When it was completed or cancelled, as the device says.';
comment on column public.workouts.local_date is 'The day on which it began, in its own zone.';
comment on column public.workouts.paused_at is 'Since when it is paused, by the server''s clock; null while it runs.';
comment on column public.workouts.pauses is 'The pauses that are over.';
comment on column public.workouts.duration_seconds is 'From start to end, pauses included.';
comment on column public.workouts.active_seconds is 'From start to end without the pauses; null until it is over.';
comment on column public.workouts.location is 'Where.';
comment on column public.workouts.mood_before is 'In a word: motivated, tired, energetic.';
comment on column public.workouts.mood_after is 'In a word.';
comment on column public.workouts.energy is 'From 1 to 10, as felt.';
comment on column public.workouts.notes is 'The athlete''s own notes.';
comment on column public.workouts.visibility is 'Whom the athlete allows to see it, beside those in workout_shares.';
comment on column public.workouts.bodyweight_kg is 'What the athlete weighed: makes bodyweight sets count. Null when unknown.';
comment on column public.workouts.current_exercise_index is 'Which exercise is on, counted from 0 in their order.';
comment on column public.workouts.current_set_index is 'Which set of it is next, counted from 0.';
comment on column public.workouts.rest_started_at is 'When the running rest began, by the server''s clock; null without one.';
comment on column public.workouts.rest_ends_at is 'When it ends.';
comment on column public.workouts.rest_seconds is 'How long it is.';
comment on column public.workouts.set_count is 'Sets done, without warm-ups. Derived, as are the totals below.';
comment on column public.workouts.warmup_set_count is 'Warm-up sets done.';
comment on column public.workouts.rep_count is 'Repetitions done, without warm-ups.';
comment on column public.workouts.volume_kg is 'Entered weight times repetitions, without warm-ups.';
comment on column public.workouts.effective_volume_kg is
  'Load times repetitions, without warm-ups: both hands, both sides, body weight by its share.';
comment on column public.workouts.warmup_volume_kg is 'Entered weight times repetitions of the warm-ups.';
comment on column public.workouts.average_rpe is 'Mean RPE of the sets that have one, without warm-ups.';
comment on column public.workouts.total_rest_seconds is 'Rest taken between sets.';
comment on column public.workouts.records_set is 'Records that stand as achieved here, without first-ever ones.';
comment on column public.workouts.calories is 'Gross energy of a completed workout, in kcal; null without a body weight.';
comment on column public.workouts.version is 'Counts the athlete''s own changes; what triggers derive does not count.';
comment on column public.workouts.expected_version is
  'Written, never read: the version that a change was made against. Refused with version_conflict when there is another.';
comment on column public.workouts.changed_by is 'The session that wrote it last: one sign-in on one device.';
comment on column public.workouts.request_hash is 'Of the request that made it: tells a retry from a conflict.';
comment on policy select_readable on public.workouts is 'The athlete, and whoever it is shared with.';
comment on policy insert_own on public.workouts is 'One''s own, not yet over.';
comment on policy update_own on public.workouts is 'The athlete alone, in the granted columns.';
comment on policy delete_own on public.workouts is 'The athlete alone.';

comment on table public.workout_exercises is
  'An exercise of a workout. Keeps what its sets mean, whatever becomes of the exercise in the library.';
comment on column public.workout_exercises.user_id is 'The athlete: the workout''s.';
comment on column public.workout_exercises.workout_id is 'The workout.';
comment on column public.workout_exercises.exercise_id is
  'The exercise. One with history cannot be deleted from the library, only switched off.';
comment on column public.workout_exercises.exercise_name is 'Its name when it was added.';
comment on column public.workout_exercises.tracking_type is 'Which numbers its sets have.';
comment on column public.workout_exercises.weight_entry is 'What an entered weight means.';
comment on column public.workout_exercises.unilateral is 'Whether a side is trained at a time; a set without a side stands for both.';
comment on column public.workout_exercises.bodyweight_fraction is 'The share of body weight that counts as load.';
comment on column public.workout_exercises.section is 'warmup, main or cooldown.';
comment on column public.workout_exercises.group_type is
  'How those of one superset_group are done: superset, giant_set or circuit.';
comment on column public.workout_exercises.position is 'Its place in the workout, counted from 0; gaps are allowed.';
comment on column public.workout_exercises.superset_group is 'Exercises of one number are done in turns.';
comment on column public.workout_exercises.notes is 'The athlete''s own notes.';
comment on column public.workout_exercises.set_count is 'Sets done, without warm-ups. Derived, as are the totals below.';
comment on column public.workout_exercises.rep_count is 'Repetitions done, without warm-ups.';
comment on column public.workout_exercises.volume_kg is 'Entered weight times repetitions, without warm-ups.';
comment on column public.workout_exercises.effective_volume_kg is 'Load times repetitions, without warm-ups.';
comment on column public.workout_exercises.version is 'Counts the athlete''s own changes.';
comment on column public.workout_exercises.expected_version is
  'Written, never read: the version that a change was made against. Refused with version_conflict when there is another.';
comment on column public.workout_exercises.changed_by is 'The session that wrote it last: one sign-in on one device.';
comment on column public.workout_exercises.request_hash is 'Of the request that made it: tells a retry from a conflict.';
comment on policy select_readable on public.workout_exercises is 'The athlete, and whoever the workout is shared with.';
comment on policy insert_own on public.workout_exercises is 'Into one''s own workouts.';
comment on policy update_own on public.workout_exercises is 'The athlete alone, in the granted columns.';
comment on policy delete_own on public.workout_exercises is 'The athlete alone.';

comment on table public.workout_sets is
  'A set: planned, done, or both. It has the fields of its exercise''s tracking type and no others.';
comment on column public.workout_sets.user_id is 'The athlete: the workout''s.';
comment on column public.workout_sets.workout_id is 'The workout.';
comment on column public.workout_sets.workout_exercise_id is 'The exercise in that workout.';
comment on column public.workout_sets.exercise_id is 'The exercise in the library: its records are one timeline.';
comment on column public.workout_sets.tracking_type is 'The exercise''s: says which fields the set has.';
comment on column public.workout_sets.parent_set_id is
  'The set that it continues: of a drop, of a rest-pause or myo-rep mini-set, of a cluster. It may arrive before that one.';
comment on column public.workout_sets.set_index is 'Its place in the exercise, counted from 0; gaps are allowed.';
comment on column public.workout_sets.set_type is 'What it is for.';
comment on column public.workout_sets.side is 'The side, where sides are logged apart; null for both.';
comment on column public.workout_sets.planned_weight_kg is 'The plan''s weight.';
comment on column public.workout_sets.planned_reps_min is 'The plan''s lowest number of repetitions.';
comment on column public.workout_sets.planned_reps_max is 'The plan''s highest number of repetitions.';
comment on column public.workout_sets.planned_duration_seconds is 'The plan''s duration.';
comment on column public.workout_sets.planned_distance_m is 'The plan''s distance.';
comment on column public.workout_sets.planned_rpe is 'The plan''s RPE.';
comment on column public.workout_sets.planned_rest_seconds is 'The plan''s rest before it.';
comment on column public.workout_sets.planned_tempo is 'The plan''s tempo.';
comment on column public.workout_sets.weight_kg is
  'The weight as entered, in kilograms, to ten places: any number of quarter pounds comes back exactly.';
comment on column public.workout_sets.entered_unit is 'The unit it was entered in.';
comment on column public.workout_sets.reps is 'Repetitions; per side for one-sided exercises.';
comment on column public.workout_sets.duration_seconds is 'How long it took.';
comment on column public.workout_sets.distance_m is 'How far.';
comment on column public.workout_sets.energy_kcal is 'Energy as the machine or the watch says; cardio alone, as the next eight.';
comment on column public.workout_sets.average_heart_rate is 'Mean heart rate, beats a minute.';
comment on column public.workout_sets.max_heart_rate is 'Highest heart rate, beats a minute.';
comment on column public.workout_sets.incline_percent is 'Incline of the treadmill or the road, in percent.';
comment on column public.workout_sets.speed_mps is 'Speed, metres a second.';
comment on column public.workout_sets.level is 'Resistance level of the machine.';
comment on column public.workout_sets.power_watts is 'Mean power.';
comment on column public.workout_sets.floors is 'Floors climbed.';
comment on column public.workout_sets.steps is 'Steps.';
comment on column public.workout_sets.rpe is 'Rate of perceived exertion, 1 to 10 in halves; 10 leaves nothing in reserve.';
comment on column public.workout_sets.rir is 'Repetitions in reserve, 0 to 9 in halves: 10 less the RPE. One follows from the other.';
comment on column public.workout_sets.rest_seconds is 'Rest taken before it.';
comment on column public.workout_sets.tempo is 'Seconds down, hold, up, hold, as in 3-1-X-0; X is as fast as possible.';
comment on column public.workout_sets.notes is 'The athlete''s own notes.';
comment on column public.workout_sets.completed_at is 'When it was done, as the device says, within bounds; null while planned.';
comment on column public.workout_sets.received_at is 'When the server heard of it.';
comment on column public.workout_sets.load_kg is 'What one repetition moved. Derived, as is all that follows.';
comment on column public.workout_sets.volume_kg is 'Entered weight times repetitions.';
comment on column public.workout_sets.effective_volume_kg is 'Load times repetitions, of both sides.';
comment on column public.workout_sets.e1rm_kg is 'The one-rep maximum it stands for, by the RPE table or Epley; null when it tells nothing of it.';
comment on column public.workout_sets.e1rm_method is 'How that was found.';
comment on column public.workout_sets.e1rm_confidence is 'How far to trust it; records need medium.';
comment on column public.workout_sets.is_counted is
  'Whether it counts towards records and statistics: done, no warm-up, the workout not cancelled.';
comment on column public.workout_sets.is_record is 'Whether a record stands as achieved by it, first-ever ones aside.';
comment on column public.workout_sets.version is 'Counts the athlete''s own changes.';
comment on column public.workout_sets.expected_version is
  'Written, never read: the version that a change was made against. Refused with version_conflict when there is another.';
comment on column public.workout_sets.changed_by is 'The session that wrote it last: one sign-in on one device.';
comment on column public.workout_sets.request_hash is 'Of the request that completed it: tells a retry from a conflict.';
comment on policy select_readable on public.workout_sets is 'The athlete, and whoever the workout is shared with.';
comment on policy insert_own on public.workout_sets is 'Into one''s own workouts.';
comment on policy update_own on public.workout_sets is 'The athlete alone, in the granted columns.';
comment on policy delete_own on public.workout_sets is 'The athlete alone.';

comment on table public.workout_shares is 'Who may read a workout beside its athlete. Written by the server alone.';
comment on column public.workout_shares.workout_id is 'The workout.';
comment on column public.workout_shares.owner_id is 'Its athlete.';
comment on column public.workout_shares.user_id is 'Who may read it.';
comment on policy select_involved on public.workout_shares is 'Both sides of it.';
comment on policy delete_involved on public.workout_shares is 'The athlete takes it back; whom it is with gives it up.';
