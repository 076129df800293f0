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
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (auth.jwt() ->> 'session_id')::uuid;
end;
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
  constraint workouts_day_of_a_template check (template_day_id is null or template_id is not null),
  constraint workouts_mood_before_length check (char_length(mood_before) between 1 and 40),
  constraint workouts_mood_after_length check (char_length(mood_after) between 1 and 40),
  constraint workouts_energy_in_range check (energy between 1 and 10),
  constraint workouts_notes_length check (char_length(notes) <= 4000),
  constraint workouts_bodyweight_plausible check (bodyweight_kg between 20 and 400),
  constraint workouts_current_exercise_in_range check (current_exercise_index between 0 and 99),
  constraint workouts_current_set_in_range check (current_set_index between 0 and 200)
);

create unique index workouts_one_active_per_user_key on public.workouts (user_id) where status = 'in_progress';
create index workouts_user_id_started_at_idx on public.workouts (user_id, started_at desc, id desc);
create index workouts_user_id_local_date_idx on public.workouts (user_id, local_date);
-- What the athlete weighed last, however long ago they said so.
create index workouts_weighed_idx on public.workouts (user_id, started_at desc) where bodyweight_kg is not null;
create index workouts_import_id_idx on public.workouts (import_id) where import_id is not null;
create index workouts_user_id_planned_for_idx on public.workouts (user_id, planned_for) where status = 'planned';
create index workouts_shown_idx on public.workouts (user_id, started_at desc, id desc)
  where visibility <> 'private' and status in ('in_progress', 'completed');
create index workouts_template_run_id_idx on public.workouts (template_run_id);
create index workouts_template_id_idx on public.workouts (template_id) where template_id is not null;

alter table public.workouts enable row level security;

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
comment on column public.workouts.visibility is 'Who may see it beside the athlete, and beside those whom workout_shares names.';
comment on column public.workouts.bodyweight_kg is 'What the athlete weighed: makes bodyweight sets count. Unless it is given, the weight that was known last when the workout
began. Null when unknown.';
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
