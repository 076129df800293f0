-- Records: the ledger of what an athlete did better than ever before. All of it is derived: it equals what reading every
-- set from the first would give.

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.record_kind as enum (
  'max_weight', 'best_e1rm', 'best_relative', 'rep_max', 'max_reps_at_weight', 'max_reps', 'max_session_reps',
  'best_set_volume', 'best_session_volume', 'least_assist', 'longest_duration', 'longest_distance', 'best_pace'
);
create type public.revocation_reason as enum (
  'set_deleted', 'set_changed', 'exercise_changed', 'not_counted', 'outdone'
);

comment on type public.record_kind is
  'What is compared: the weight; the estimated one-rep maximum, and its multiple of body weight; the weight for at least so
many repetitions; repetitions at a weight or more, in a set, in a workout; volume of a set, of a workout; the least
assistance; time; distance; pace.';
comment on type public.revocation_reason is
  'Why a record is none: its set was deleted; is not what it was, or is worth something else; belongs to another exercise
now; does not count any more; or something earlier turned out to be as good.';

-- Table ----------------------------------------------------------------------------------------------------------------

create table public.personal_records (
  id                  uuid primary key default private.uuid_v7(),
  user_id             uuid not null references public.profiles (user_id) on delete cascade,
  exercise_id         uuid not null references public.exercises (id)
    on delete no action deferrable initially deferred,
  exercise_name       text not null,
  kind                public.record_kind not null,
  at_reps             smallint,
  at_weight_kg        numeric,
  value               numeric not null,
  previous_value      numeric,
  improvement         numeric generated always as (
    case when kind in ('least_assist', 'best_pace') then previous_value - value else value - previous_value end
  ) stored,
  improvement_percent numeric generated always as (
    round(
      100 * case when kind in ('least_assist', 'best_pace') then previous_value - value else value - previous_value end
        / nullif(previous_value, 0),
      2
    )
  ) stored,
  is_baseline         boolean generated always as (previous_value is null) stored,
  -- Checked at commit, and emptied by triggers of their own: what the ledger needs to know of a set that is deleted
  -- has to be there until it has been asked.
  workout_id          uuid references public.workouts (id) on delete no action deferrable initially deferred,
  set_id              uuid references public.workout_sets (id) on delete no action deferrable initially deferred,
  achieved_at         timestamptz not null,
  superseded_at       timestamptz,
  superseded_by       uuid references public.personal_records (id) on delete set null
    deferrable initially deferred,
  revoked_at          timestamptz,
  revoked_because     public.revocation_reason,
  created_at          timestamptz not null default now(),
  constraint personal_records_superseded_by_somewhat check ((superseded_at is null) = (superseded_by is null)),
  constraint personal_records_revoked_for_a_reason check ((revoked_at is null) = (revoked_because is null)),
  constraint personal_records_at_reps_of_rep_maxima check ((kind = 'rep_max') = (at_reps is not null)),
  constraint personal_records_at_reps_in_range check (at_reps between 1 and 12)
);

-- Indexes --------------------------------------------------------------------------------------------------------------

-- The one that stands, per exercise and kind.
create unique index personal_records_standing_key
  on public.personal_records (user_id, exercise_id, kind, at_reps, at_weight_kg) nulls not distinct
  where superseded_at is null and revoked_at is null;
-- Those that stood at a moment or later: few, however many there were. None by the time of their achievement, with which the
-- planner would read all that had been beaten before.
create index personal_records_stood_idx
  on public.personal_records (user_id, exercise_id, (coalesce(superseded_at, 'infinity')))
  where revoked_at is null;
create index personal_records_revoked_idx on public.personal_records (user_id, exercise_id, revoked_at)
  where revoked_at is not null;
create index personal_records_user_id_achieved_at_idx on public.personal_records (user_id, achieved_at desc);
create index personal_records_exercise_id_idx on public.personal_records (exercise_id);
create index personal_records_workout_id_idx on public.personal_records (workout_id);
create index personal_records_set_id_idx on public.personal_records (set_id);
create index personal_records_superseded_by_idx on public.personal_records (superseded_by);

-- Policy ---------------------------------------------------------------------------------------------------------------

alter table public.personal_records enable row level security;

create policy select_own on public.personal_records
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Grants ---------------------------------------------------------------------------------------------------------------

grant select on public.personal_records to authenticated;

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.personal_records is
  'Each time an athlete beat their best. Those without superseded_at and revoked_at stand.';
comment on column public.personal_records.user_id is 'The athlete.';
comment on column public.personal_records.exercise_id is 'The exercise.';
comment on column public.personal_records.exercise_name is 'Its name at that time.';
comment on column public.personal_records.kind is 'What was beaten.';
comment on column public.personal_records.at_reps is 'Of a rep_max the repetitions, 1 to 12: the most weight for at least so many.';
comment on column public.personal_records.at_weight_kg is
  'Of max_reps_at_weight the weight, to ten grams: the most repetitions with at least so much. Of max_reps of an assisted
exercise the assistance: the most with at most so much.';
comment on column public.personal_records.value is
  'The new best: kilograms, repetitions, seconds, metres; seconds per kilometre for best_pace, multiples of body weight for
best_relative.';
comment on column public.personal_records.previous_value is 'The best until then; null for the first ever.';
comment on column public.personal_records.improvement is 'By how much, counted as better: less assistance and less time per kilometre are.';
comment on column public.personal_records.improvement_percent is 'By how much of what was.';
comment on column public.personal_records.is_baseline is 'Whether it is the first ever, which is not celebrated.';
comment on column public.personal_records.workout_id is 'The workout; null once that is deleted.';
comment on column public.personal_records.set_id is
  'The set, of a workout''s volume or repetitions the last one; null once that is deleted.';
comment on column public.personal_records.achieved_at is 'When the set was done.';
comment on column public.personal_records.superseded_at is 'When it was beaten in turn.';
comment on column public.personal_records.superseded_by is 'By which record.';
comment on column public.personal_records.revoked_at is
  'Since when it is none. Such rows are kept for 30 days at least, and deleted when the next of the exercise is revoked.';
comment on column public.personal_records.revoked_because is 'Why it is none.';
comment on policy select_own on public.personal_records is 'The athlete alone; get_workout has those of a workout that is shared.';
