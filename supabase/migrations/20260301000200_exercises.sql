-- Exercises: the library that everyone reads, and what athletes add for themselves. The vocabularies are closed: planners, records and analytics reason about them.

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.muscle as enum (
  'chest', 'front_delts', 'side_delts', 'rear_delts', 'rotator_cuff', 'lats', 'upper_back', 'traps', 'lower_back',
  'neck', 'biceps', 'triceps', 'forearms', 'abdominals', 'obliques', 'hip_flexors', 'glutes', 'quadriceps',
  'hamstrings', 'adductors', 'abductors', 'calves', 'tibialis', 'full_body', 'cardio'
);
create type public.equipment as enum (
  'barbell', 'ez_bar', 'trap_bar', 'dumbbell', 'kettlebell', 'weight_plate', 'cable', 'machine',
  'plate_loaded_machine', 'smith_machine', 'bodyweight', 'pull_up_bar', 'dip_bars', 'resistance_band',
  'suspension_trainer', 'gymnastic_rings', 'medicine_ball', 'stability_ball', 'ab_wheel', 'landmine', 'sled',
  'sandbag', 'battle_ropes', 'jump_rope', 'plyo_box', 'foam_roller', 'flat_bench', 'adjustable_bench', 'rack', 'ghd',
  'weight_belt_or_vest', 'strongman_implement', 'treadmill', 'stationary_bike', 'air_bike', 'bicycle',
  'rowing_ergometer', 'ski_ergometer', 'elliptical', 'stair_climber', 'pool'
);
create type public.movement_pattern as enum (
  'push', 'pull', 'squat', 'hinge', 'lunge', 'carry', 'rotation', 'core', 'gait', 'jump', 'isolation', 'mobility'
);
create type public.movement_direction as enum ('horizontal', 'vertical', 'none');
create type public.force_type as enum ('push', 'pull', 'static', 'none');
create type public.mechanic as enum ('compound', 'isolation', 'none');
create type public.exercise_type as enum (
  'strength', 'olympic_lift', 'plyometric', 'strongman', 'conditioning', 'cardio', 'mobility', 'balance'
);
create type public.tracking_type as enum (
  'weight_reps', 'bodyweight_reps', 'assisted_reps', 'reps_only', 'duration', 'weight_duration', 'distance_duration',
  'weight_distance', 'cardio'
);
create type public.weight_entry as enum (
  'total', 'per_hand', 'single_implement', 'stack', 'added', 'assist', 'none'
);
create type public.review_status as enum ('pending', 'approved', 'rejected');

comment on type public.muscle is 'A muscle or group that an exercise trains; full_body and cardio stand for no single one.';
comment on type public.equipment is 'Something an exercise needs. adjustable_bench serves as flat_bench too.';
comment on type public.movement_pattern is 'The movement, so that a plan can balance pushing against pulling.';
comment on type public.movement_direction is 'The direction of the movement relative to the trunk.';
comment on type public.force_type is 'Whether the work is done pushing, pulling or holding.';
comment on type public.mechanic is 'Whether several joints move or one; none for cardio and mobility.';
comment on type public.exercise_type is 'The kind of training. mobility covers what others call flexibility.';
comment on type public.tracking_type is 'Which numbers a set of the exercise has.';
comment on type public.weight_entry is
  'What the weight of a set means: the whole load with the bar, one of two hands, one implement, the machine''s stack,
what is added to the body, what assists it, or nothing.';
comment on type public.review_status is 'What moderation says of something that its creator wants others to see.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.exercises (
  id                  uuid primary key default private.uuid_v7(),
  slug                text,
  name                text not null,
  language            text not null default 'en',
  aliases             text[] not null default '{}',
  description         text not null default '',
  instructions        text[] not null default '{}',
  exercise_type       public.exercise_type not null,
  primary_muscles     public.muscle[] not null,
  secondary_muscles   public.muscle[] not null default '{}',
  equipment           public.equipment[] not null default '{bodyweight}',
  difficulty          public.training_level not null,
  mechanic            public.mechanic not null default 'none',
  movement_pattern    public.movement_pattern not null,
  direction           public.movement_direction not null default 'none',
  force               public.force_type not null default 'none',
  unilateral          boolean not null default false,
  tracking_type       public.tracking_type not null,
  weight_entry        public.weight_entry not null,
  bodyweight_fraction numeric(3, 2),
  met                 numeric(4, 1),
  met_code            text,
  tags                text[] not null default '{}',
  images              text[] not null default '{}',
  videos              text[] not null default '{}',
  gifs                text[] not null default '{}',
  warnings            text[] not null default '{}',
  common_mistakes     text[] not null default '{}',
  tips                text[] not null default '{}',
  rating_sum          bigint not null default 0,
  rating_count        bigint not null default 0,
  rating_average      numeric(3, 2) generated always as (
    round(rating_sum::numeric / nullif(rating_count, 0), 2)
  ) stored,
  usage_count         bigint not null default 0,
  -- Five ratings of 3 are assumed, so that one enthusiast does not put an exercise on top; use counts by magnitude.
  -- A float, because its comparisons are leakproof: they may use the index before a policy has looked at the row.
  popularity          double precision not null generated always as (
    case when review_status = 'approved' and is_active
      then round((rating_sum + 15)::numeric / (rating_count + 5) + ln(1 + usage_count::numeric), 4)
      else 0
    end
  ) stored,
  is_active           boolean not null default true,
  created_by          uuid default auth.uid() references public.profiles (user_id) on delete set null,
  review_status       public.review_status not null default 'pending',
  review_reason       text,
  reviewed_at         timestamptz,
  merged_into         uuid references public.exercises (id) on delete set null,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  constraint exercises_slug_key unique (slug),
  constraint exercises_slug_is_kebab_case check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 100),
  constraint exercises_name_length check (char_length(name) between 1 and 120),
  constraint exercises_name_is_plain check (name = btrim(name) and name !~ '[[:cntrl:]]'),
  constraint exercises_language_is_code check (language ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  constraint exercises_aliases_fit check (private.texts_fit(aliases, 20, 80)),
  constraint exercises_description_length check (char_length(description) <= 2000),
  constraint exercises_instructions_fit check (private.texts_fit(instructions, 30, 500)),
  constraint exercises_primary_muscles_present check (cardinality(primary_muscles) between 1 and 6),
  constraint exercises_muscles_known check (
    array_position(primary_muscles, null) is null and array_position(secondary_muscles, null) is null
  ),
  constraint exercises_secondary_muscles_fit check (cardinality(secondary_muscles) <= 12),
  constraint exercises_muscle_has_one_role check (not primary_muscles && secondary_muscles),
  constraint exercises_equipment_present check (
    cardinality(equipment) between 1 and 8 and array_position(equipment, null) is null
  ),
  constraint exercises_weight_entry_fits_tracking_type check (
    case tracking_type
      when 'weight_reps' then weight_entry in ('total', 'per_hand', 'single_implement', 'stack')
      when 'weight_duration' then weight_entry in ('total', 'per_hand', 'single_implement', 'stack', 'added')
      when 'weight_distance' then weight_entry in ('total', 'per_hand', 'single_implement', 'stack', 'added')
      when 'bodyweight_reps' then weight_entry = 'added'
      when 'assisted_reps' then weight_entry = 'assist'
      else weight_entry = 'none'
    end
  ),
  constraint exercises_bodyweight_fraction_is_share check (bodyweight_fraction > 0 and bodyweight_fraction <= 1),
  constraint exercises_met_plausible check (met between 1 and 25),
  constraint exercises_met_code_length check (char_length(met_code) between 1 and 40),
  constraint exercises_tags_fit check (private.texts_match(tags, 10, '^[a-z0-9]+(-[a-z0-9]+)*$')),
  constraint exercises_media_in_own_folder check (
    private.texts_match(images || videos || gifs, 20, '^' || id || '/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$')
  ),
  constraint exercises_warnings_fit check (private.texts_fit(warnings, 10, 500)),
  constraint exercises_common_mistakes_fit check (private.texts_fit(common_mistakes, 10, 500)),
  constraint exercises_tips_fit check (private.texts_fit(tips, 10, 500)),
  constraint exercises_ratings_consistent check (rating_sum between rating_count and rating_count * 5),
  constraint exercises_usage_not_negative check (usage_count >= 0),
  constraint exercises_review_reason_length check (char_length(review_reason) between 1 and 500),
  constraint exercises_approved_bears_no_name check (review_status <> 'approved' or created_by is null),
  constraint exercises_merged_is_retired check (merged_into is null or (not is_active and merged_into <> id))
);

-- Indexes --------------------------------------------------------------------------------------------------------------

create index exercises_created_by_idx on public.exercises (created_by);
create index exercises_review_queue_idx on public.exercises (created_at, id) where review_status = 'pending';
create index exercises_merged_into_idx on public.exercises (merged_into);
-- Not partial: the policy for signed-in readers implies no condition. What everyone sees comes first in it.
create index exercises_popularity_idx on public.exercises (popularity desc, id);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.exercises enable row level security;

create policy select_library on public.exercises
  for select to anon
  using (review_status = 'approved' and is_active);

create policy select_visible on public.exercises
  for select to authenticated
  using (
    (review_status = 'approved' and is_active)
    or created_by = (select auth.uid())
    or (slug is not null and (select private.is_admin()))
  );

create policy insert_own on public.exercises
  for insert to authenticated
  with check (created_by = (select auth.uid()));

create policy update_own on public.exercises
  for update to authenticated
  using (
    (created_by = (select auth.uid()) and review_status <> 'approved')
    or (slug is not null and (select private.is_admin()))
  );

create policy delete_own on public.exercises
  for delete to authenticated
  using (
    (created_by = (select auth.uid()) and review_status <> 'approved')
    or (slug is not null and (select private.is_admin()))
  );

-- Grants ---------------------------------------------------------------------------------------------------------------

-- How a set of an exercise is counted (tracking_type, weight_entry, unilateral, bodyweight_fraction) is fixed at birth:
-- changing it would change the meaning of every set done. Counters, slug and review belong to the server.
grant select on public.exercises to anon, authenticated;
grant insert (
  id, name, language, aliases, description, instructions, exercise_type, primary_muscles, secondary_muscles, equipment,
  difficulty, mechanic, movement_pattern, direction, force, unilateral, tracking_type, weight_entry,
  bodyweight_fraction, met, met_code, tags, images, videos, gifs, warnings, common_mistakes, tips
) on public.exercises to authenticated;
grant update (
  name, language, aliases, description, instructions, exercise_type, primary_muscles, secondary_muscles, equipment,
  difficulty, mechanic, movement_pattern, direction, force, met, met_code, tags, images, videos, gifs, warnings,
  common_mistakes, tips, is_active
) on public.exercises to authenticated;
grant delete on public.exercises to authenticated;

-- Upkeep ---------------------------------------------------------------------------------------------------------------

create function private.tg__account_exists()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if auth.uid() is not null and not exists (
    select from public.profiles
    where profiles.user_id = auth.uid()
  ) then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  return null;
end;
$$;

comment on function private.tg__account_exists() is
  'Fails with not_authenticated when a token has outlived its account, before a foreign key would.';

create function private.tg_exercises__resubmit()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.review_status := 'pending';
  new.review_reason := null;
  return new;
end;
$$;

comment on function private.tg_exercises__resubmit() is
  'An exercise that was rejected and then edited is up for review again.';

-- definer: athletes may not touch exercises of others, and an account that goes takes along what nobody else may see.
create function private.tg_profiles__erase_own_exercises()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.exercises
  where exercises.created_by = old.user_id
    and exercises.review_status <> 'approved'
    and not exists (
      select from public.workout_exercises
      where workout_exercises.exercise_id = exercises.id
        and workout_exercises.user_id <> old.user_id
    )
    and not exists (
      select from public.personal_records
      where personal_records.exercise_id = exercises.id
        and personal_records.user_id <> old.user_id
    )
    and not exists (
      select from public.exercise_stats
      where exercise_stats.exercise_id = exercises.id
        and exercise_stats.user_id <> old.user_id
    );

  return old;
end;
$$;

comment on function private.tg_profiles__erase_own_exercises() is
  'Deletes an account''s unapproved exercises, except those that were approved for a while and that others trained
with: they stay in those workouts alone. Approved ones stay in the library, where they have no creator anyway.';

create trigger _050_account_exists
  before insert on public.exercises
  for each statement execute function private.tg__account_exists();
create trigger _100_touch
  before update on public.exercises
  for each row
  when (
    (old.rating_sum, old.rating_count, old.usage_count) = (new.rating_sum, new.rating_count, new.usage_count)
  )
  execute function private.tg__touch();
create trigger _200_resubmit
  before update of
    name, aliases, description, instructions, tags, images, videos, gifs, warnings, common_mistakes, tips
  on public.exercises
  for each row
  when (old.review_status = 'rejected')
  execute function private.tg_exercises__resubmit();
create trigger _500_erase_own_exercises
  before delete on public.profiles
  for each row execute function private.tg_profiles__erase_own_exercises();

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.exercises is
  'The exercise library, and athletes'' own exercises: those only their creator sees until they are approved.';
comment on column public.exercises.id is 'Chosen by the client or by the server.';
comment on column public.exercises.slug is 'The name of a library exercise in URLs and files; null for athletes'' own.';
comment on column public.exercises.name is 'What it is called.';
comment on column public.exercises.language is 'The language of the texts: en, or de-AT.';
comment on column public.exercises.aliases is 'What else people call it: abbreviations, nicknames, other spellings.';
comment on column public.exercises.description is 'What it is and what it is good for.';
comment on column public.exercises.instructions is 'The steps, in order.';
comment on column public.exercises.exercise_type is 'The kind of training.';
comment on column public.exercises.primary_muscles is 'What it trains most: counts 1 in weekly sets per muscle.';
comment on column public.exercises.secondary_muscles is 'What works along: counts 0.5 in weekly sets per muscle.';
comment on column public.exercises.equipment is 'All that it needs, the main implement first.';
comment on column public.exercises.difficulty is 'For whom it is.';
comment on column public.exercises.mechanic is 'Compound or isolation.';
comment on column public.exercises.movement_pattern is 'The movement.';
comment on column public.exercises.direction is 'The direction of the movement.';
comment on column public.exercises.force is 'Pushing, pulling or holding.';
comment on column public.exercises.unilateral is 'One side at a time: the repetitions of a set are those per side.';
comment on column public.exercises.tracking_type is 'Which numbers a set has. Fixed at birth.';
comment on column public.exercises.weight_entry is 'What the weight of a set means. Fixed at birth.';
comment on column public.exercises.bodyweight_fraction is
  'The share of the body''s weight that is moved, added to the load; null where none is.';
comment on column public.exercises.met is
  'Energy as a multiple of rest, which is 1 MET or about 1 kcal per kg and hour: kcal = met x kg x hours of the session.';
comment on column public.exercises.met_code is 'Where met comes from: a code of the Compendium of Physical Activities.';
comment on column public.exercises.tags is 'Words for filters, in kebab case.';
comment on column public.exercises.images is 'Objects in the bucket exercise-media: {exercise_id}/{file}.';
comment on column public.exercises.videos is 'Objects in the bucket exercise-media: {exercise_id}/{file}.';
comment on column public.exercises.gifs is 'Objects in the bucket exercise-media: {exercise_id}/{file}.';
comment on column public.exercises.warnings is 'What to beware of.';
comment on column public.exercises.common_mistakes is 'What often goes wrong.';
comment on column public.exercises.tips is 'What helps.';
comment on column public.exercises.rating_sum is 'All ratings added up. Derived.';
comment on column public.exercises.rating_count is 'How many athletes rated it. Derived.';
comment on column public.exercises.rating_average is 'The average of all ratings, null without one. Derived.';
comment on column public.exercises.popularity is 'Ratings and use as one number to sort by; 0 for what is not offered to everyone. Derived.';
comment on column public.exercises.is_active is 'Whether it is offered; a retired one stays in old workouts.';
comment on column public.exercises.created_by is 'Whose own exercise it is until it is approved; null in the library, whoever added it.';
comment on column public.exercises.review_status is 'Athletes'' own exercises are pending until somebody approves them.';
comment on column public.exercises.review_reason is 'Why it was rejected; null otherwise, and once it was edited.';
comment on column public.exercises.reviewed_at is 'When somebody last approved or rejected it.';
comment on column public.exercises.merged_into is
  'The exercise that took its place and its history: a set logged with the old id goes there. Null for most.';
comment on column public.exercises.created_at is 'When it was added.';
comment on column public.exercises.updated_at is 'When its facts or texts were last changed; counters do not count.';
comment on policy select_library on public.exercises is 'Anybody reads what is approved and active.';
comment on policy select_visible on public.exercises is 'The library, with what is retired of it for an admin, and one''s own.';
comment on policy insert_own on public.exercises is 'An athlete adds exercises in their own name.';
comment on policy update_own on public.exercises is 'One''s own until it is approved for others, and the product''s own for an admin.';
comment on policy delete_own on public.exercises is 'One''s own until it is approved for others, and the product''s own for an admin.';
