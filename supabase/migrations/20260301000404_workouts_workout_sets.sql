-- A set: what was planned, what was done, and what is derived from it. Its rules stand in the table, for every writer.

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
  planned_distance_m       numeric(11, 5),
  planned_rpe              numeric(3, 1),
  planned_rest_seconds     integer,
  planned_tempo            text,
  weight_kg                numeric,
  entered_unit             public.weight_unit not null default 'kg',
  reps                     integer,
  duration_seconds         numeric(8, 2),
  distance_m               numeric(11, 5),
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
  bodyweight_kg            numeric(6, 3),
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

create index workout_sets_workout_id_exercise_id_idx on public.workout_sets (workout_id, exercise_id);
create index workout_sets_timeline_idx on public.workout_sets (user_id, exercise_id, completed_at) where is_counted;

alter table public.workout_sets enable row level security;

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
comment on column public.workout_sets.distance_m is 'How far: exact for hundredths of a mile, feet and yards.';
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
comment on column public.workout_sets.bodyweight_kg is
  'What the athlete weighed; null when unknown: bodyweight sets count with what was added alone. Derived, as is all that
follows.';
comment on column public.workout_sets.load_kg is 'What one repetition moved.';
comment on column public.workout_sets.volume_kg is 'Entered weight times repetitions.';
comment on column public.workout_sets.effective_volume_kg is 'Load times repetitions, of both sides.';
comment on column public.workout_sets.e1rm_kg is 'The one-rep maximum it stands for, by the RPE table or the athlete''s formula; null when it tells nothing of it.';
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
