-- An exercise of a workout: what it means is copied from the library, so that the sets under it keep their meaning.

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

create index workout_exercises_user_id_exercise_id_idx on public.workout_exercises (user_id, exercise_id);
create index workout_exercises_exercise_id_idx on public.workout_exercises (exercise_id);

alter table public.workout_exercises enable row level security;

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
