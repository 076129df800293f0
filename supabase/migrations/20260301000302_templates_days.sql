-- Days and exercises of a template's newest version, as rows: to ask which plans use an exercise, to list days. They
-- follow the document; an athlete in the middle of an older version trains by that version's document (304).

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.weekday as enum ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday');
create type public.template_section as enum ('warmup', 'main', 'cooldown');
create type public.set_type as enum (
  'warmup', 'working', 'top', 'backoff', 'amrap', 'failure', 'drop', 'rest_pause', 'myo_rep', 'cluster'
);
create type public.exercise_group_type as enum ('superset', 'giant_set', 'circuit');
create type public.load_type as enum (
  'open', 'bodyweight', 'fixed', 'percent_e1rm', 'percent_training_max', 'rpe', 'rir'
);

comment on type public.weekday is 'A day of the week, Monday first.';
comment on type public.template_section is 'The part of a session.';
comment on type public.set_type is
  'What a set is for. Warm-ups count towards no total and no record.';
comment on type public.exercise_group_type is
  'Exercises done in turns: two as a superset, three or more as a giant set, or whole rounds of a circuit.';
comment on type public.load_type is
  'How the load of a planned set is found: left to the athlete, the body alone, in kg, as a percentage of the one-rep
maximum or of the training max, or by the effort it shall take.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.template_days (
  id                 uuid primary key,
  template_id        uuid not null references public.workout_templates (id) on delete cascade,
  week               smallint,
  position           smallint not null,
  weekday            public.weekday,
  is_rest_day        boolean not null default false,
  name               text not null,
  focus_areas        text[] not null default '{}',
  notes              text,
  estimated_minutes  smallint,
  estimated_calories smallint,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  constraint template_days_position_key unique nulls not distinct (template_id, week, position) deferrable,
  constraint template_days_week_in_range check (week between 1 and 52),
  constraint template_days_position_in_range check (position between 0 and 13),
  constraint template_days_name_length check (char_length(name) between 1 and 120),
  constraint template_days_focus_areas_fit check (private.texts_fit(focus_areas, 10, 60)),
  constraint template_days_notes_length check (char_length(notes) <= 2000)
);

create table public.template_exercises (
  id                  uuid primary key,
  template_id         uuid not null references public.workout_templates (id) on delete cascade,
  day_id              uuid not null references public.template_days (id) on delete cascade,
  exercise_id         uuid references public.exercises (id) on delete set null,
  planned_exercise_id uuid,
  section             public.template_section not null default 'main',
  position            smallint not null,
  superset_group      smallint,
  group_type          public.exercise_group_type,
  rounds              smallint,
  sets                smallint not null,
  set_type            public.set_type not null default 'working',
  last_set_type       public.set_type,
  warmup_sets         smallint not null default 0,
  reps_min            smallint,
  reps_max            smallint,
  reps_target         smallint,
  duration_seconds    numeric(8, 2),
  distance_m          numeric(11, 5),
  load_type           public.load_type not null default 'open',
  load_value          numeric,
  rest_seconds        integer,
  tempo               text,
  notes               text,
  alternatives        uuid[] not null default '{}',
  progression         jsonb,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  constraint template_exercises_position_key unique (day_id, position) deferrable,
  constraint template_exercises_position_in_range check (position between 0 and 49),
  constraint template_exercises_group_has_type check ((superset_group is null) = (group_type is null)),
  constraint template_exercises_sets_in_range check (sets between 1 and 20),
  constraint template_exercises_reps_in_order check (reps_min <= reps_max and reps_target between reps_min and reps_max),
  constraint template_exercises_progression_has_type check (progression is null or progression ? 'type')
);

create index template_exercises_template_id_idx on public.template_exercises (template_id);
create index template_exercises_exercise_id_idx on public.template_exercises (exercise_id);
create index template_exercises_planned_exercise_id_idx on public.template_exercises (planned_exercise_id);
create index template_exercises_alternatives_idx on public.template_exercises using gin (alternatives);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.template_days enable row level security;
alter table public.template_exercises enable row level security;

grant select on public.template_days to anon, authenticated;
grant select on public.template_exercises to anon, authenticated;

create policy select_public on public.template_days
  for select to anon
  using (
    exists (
      select from public.workout_templates
      where workout_templates.id = template_id
        and not workout_templates.is_premium
    )
  );

create policy select_readable on public.template_days
  for select to authenticated
  using (
    exists (
      select from public.workout_templates
      where workout_templates.id = template_id
        and (
          not workout_templates.is_premium
          or (workout_templates.created_by = (select auth.uid()) and not workout_templates.is_premium_copy)
          or (select private.has_entitlement('premium_templates'))
        )
    )
  );

create policy select_public on public.template_exercises
  for select to anon
  using (
    exists (
      select from public.workout_templates
      where workout_templates.id = template_id
        and not workout_templates.is_premium
    )
  );

create policy select_readable on public.template_exercises
  for select to authenticated
  using (
    exists (
      select from public.workout_templates
      where workout_templates.id = template_id
        and (
          not workout_templates.is_premium
          or (workout_templates.created_by = (select auth.uid()) and not workout_templates.is_premium_copy)
          or (select private.has_entitlement('premium_templates'))
        )
    )
  );

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.template_days is 'A day of the newest version of a template. Derived from its document.';
comment on column public.template_days.template_id is 'The template.';
comment on column public.template_days.week is
  'The week it belongs to; null for every week that has no days of its own.';
comment on column public.template_days.position is 'Its place in the week, counted from 0; gaps are allowed.';
comment on column public.template_days.weekday is 'The day of the week it is meant for; null where the order alone counts.';
comment on column public.template_days.is_rest_day is 'A day without training.';
comment on column public.template_days.name is 'What it is called.';
comment on column public.template_days.focus_areas is 'What it is about, in words.';
comment on column public.template_days.notes is 'What to know about it.';
comment on column public.template_days.estimated_minutes is 'How long it takes by the time model, warm-up included.';
comment on column public.template_days.estimated_calories is 'Its energy in kcal, for an athlete of 75 kg.';
comment on policy select_public on public.template_days is 'What everybody may see, but for premium templates.';
comment on policy select_readable on public.template_days is 'Whoever sees the template, and its author; of a premium one, premium plans.';

comment on table public.template_exercises is
  'An exercise of a day of the newest version of a template. Derived from its document.';
comment on column public.template_exercises.template_id is 'The template.';
comment on column public.template_exercises.day_id is 'The day.';
comment on column public.template_exercises.exercise_id is
  'The exercise, of those that were merged the one that was kept; null when it is gone from the library.';
comment on column public.template_exercises.planned_exercise_id is
  'The exercise that the document names. Not its name: who may not see an exercise does not read it here.';
comment on column public.template_exercises.section is 'Warm-up, main part or cool-down.';
comment on column public.template_exercises.position is 'Its place in the day, counted from 0; gaps are allowed.';
comment on column public.template_exercises.superset_group is 'Exercises of one number are done in turns.';
comment on column public.template_exercises.group_type is 'How they are done in turns.';
comment on column public.template_exercises.rounds is 'How often the group is done; each round has all its sets. Null for once.';
comment on column public.template_exercises.sets is 'How many sets, warm-ups not counted.';
comment on column public.template_exercises.set_type is 'What kind of sets.';
comment on column public.template_exercises.last_set_type is 'What kind the last one is, where it differs: amrap.';
comment on column public.template_exercises.warmup_sets is 'Lighter sets before them.';
comment on column public.template_exercises.reps_min is 'The least repetitions of a set.';
comment on column public.template_exercises.reps_max is 'The most.';
comment on column public.template_exercises.reps_target is 'Those to aim for; null for the range.';
comment on column public.template_exercises.duration_seconds is 'How long a set lasts, where time is tracked.';
comment on column public.template_exercises.distance_m is 'How far a set goes, where distance is tracked.';
comment on column public.template_exercises.load_type is 'How its load is found.';
comment on column public.template_exercises.load_value is 'In kg, percent, RPE or RIR, as load_type says.';
comment on column public.template_exercises.rest_seconds is 'The rest after a set; null for the athlete''s own default.';
comment on column public.template_exercises.tempo is 'Seconds down, pause, up, pause: 3-1-X-0.';
comment on column public.template_exercises.notes is 'What to know about it.';
comment on column public.template_exercises.alternatives is 'Exercises to do instead, the best first.';
comment on column public.template_exercises.progression is
  'The rule by which its load grows: type is linear, double, wave or rpe.';
comment on policy select_public on public.template_exercises is 'What everybody may see, but for premium templates.';
comment on policy select_readable on public.template_exercises is 'Whoever sees the template, and its author; of a premium one, premium plans.';
