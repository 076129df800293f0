-- Exercises: the library that everyone reads, the exercises that athletes add for themselves, variations, ratings, and
-- search. The vocabularies are closed: planners, records and analytics reason about them.

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

create function private.texts_match(p_texts text[], p_max_items integer, p_pattern text)
returns boolean
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select cardinality(p_texts) <= p_max_items
    and coalesce(bool_and(item is not null and item ~ p_pattern), true)
  from unnest(p_texts) as item;
$$;

grant execute on function private.texts_match(text[], integer, text) to authenticated, service_role;
comment on function private.texts_match(text[], integer, text) is
  'Whether a list has at most so many items, each of which matches the pattern.';

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
  popularity          numeric(8, 4) generated always as (
    round((rating_sum + 15)::numeric / (rating_count + 5) + ln(1 + usage_count::numeric), 4)
  ) stored,
  is_active           boolean not null default true,
  created_by          uuid default auth.uid() references public.profiles (user_id) on delete set null,
  review_status       public.review_status not null default 'pending',
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
  constraint exercises_usage_not_negative check (usage_count >= 0)
);

create table public.exercise_variations (
  id           uuid primary key default private.uuid_v7(),
  exercise_id  uuid not null references public.exercises (id) on delete cascade,
  name         text not null,
  description  text not null default '',
  difficulty   public.training_level not null,
  instructions text[] not null default '{}',
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint exercise_variations_name_once_per_exercise_key unique (exercise_id, name),
  constraint exercise_variations_name_length check (char_length(name) between 1 and 120),
  constraint exercise_variations_description_length check (char_length(description) <= 1000),
  constraint exercise_variations_instructions_fit check (private.texts_fit(instructions, 30, 500))
);

create table public.exercise_ratings (
  exercise_id uuid not null references public.exercises (id) on delete cascade,
  user_id     uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  rating      smallint not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (exercise_id, user_id),
  constraint exercise_ratings_rating_is_one_to_five check (rating between 1 and 5)
);

-- Beside the table, not in it: clients select *, and a text search vector is nothing for them.
create table private.exercise_search (
  exercise_id uuid primary key references public.exercises (id) on delete cascade,
  audience    uuid,
  vector      tsvector not null,
  phrase      text not null
);

-- Indexes --------------------------------------------------------------------------------------------------------------

create index exercises_created_by_idx on public.exercises (created_by);
create index exercises_popular_idx on public.exercises (popularity desc, id)
  where review_status = 'approved' and is_active;
create index exercise_ratings_user_id_idx on public.exercise_ratings (user_id);
create index exercise_search_vector_idx on private.exercise_search using gin (vector)
  where audience is null;
create index exercise_search_audience_idx on private.exercise_search (audience);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.exercises enable row level security;
alter table public.exercise_variations enable row level security;
alter table public.exercise_ratings enable row level security;
alter table private.exercise_search enable row level security;

create policy select_library on public.exercises
  for select to anon
  using (review_status = 'approved' and is_active);

create policy select_visible on public.exercises
  for select to authenticated
  using (
    (review_status = 'approved' and is_active)
    or created_by = (select auth.uid())
    or (select private.is_admin())
  );

create policy insert_own on public.exercises
  for insert to authenticated
  with check (created_by = (select auth.uid()));

create policy update_own on public.exercises
  for update to authenticated
  using (
    (created_by = (select auth.uid()) and review_status <> 'approved')
    or (select private.is_admin())
  );

create policy delete_own on public.exercises
  for delete to authenticated
  using (created_by = (select auth.uid()) and review_status <> 'approved');

create policy select_of_visible on public.exercise_variations
  for select to anon, authenticated
  using (exists (select from public.exercises where exercises.id = exercise_id));

create policy insert_of_own on public.exercise_variations
  for insert to authenticated
  with check (
    (select private.is_admin())
    or exists (
      select from public.exercises
      where exercises.id = exercise_id
        and exercises.created_by = (select auth.uid())
        and exercises.review_status <> 'approved'
    )
  );

create policy update_of_own on public.exercise_variations
  for update to authenticated
  using (
    (select private.is_admin())
    or exists (
      select from public.exercises
      where exercises.id = exercise_id
        and exercises.created_by = (select auth.uid())
        and exercises.review_status <> 'approved'
    )
  );

create policy delete_of_own on public.exercise_variations
  for delete to authenticated
  using (
    (select private.is_admin())
    or exists (
      select from public.exercises
      where exercises.id = exercise_id
        and exercises.created_by = (select auth.uid())
        and exercises.review_status <> 'approved'
    )
  );

create policy select_own on public.exercise_ratings
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.exercise_ratings
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (
      select from public.exercises
      where exercises.id = exercise_id
        and exercises.created_by is distinct from (select auth.uid())
    )
  );

create policy update_own on public.exercise_ratings
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (
    user_id = (select auth.uid())
    and exists (
      select from public.exercises
      where exercises.id = exercise_id
        and exercises.created_by is distinct from (select auth.uid())
    )
  );

create policy delete_own on public.exercise_ratings
  for delete to authenticated
  using (user_id = (select auth.uid()));

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

grant select on public.exercise_variations to anon, authenticated;
grant insert (id, exercise_id, name, description, difficulty, instructions)
  on public.exercise_variations to authenticated;
grant update (name, description, difficulty, instructions) on public.exercise_variations to authenticated;
grant delete on public.exercise_variations to authenticated;

-- Every column of an upsert is written by it; the policies hold the ids to what they may be.
grant select on public.exercise_ratings to authenticated;
grant insert (exercise_id, user_id, rating) on public.exercise_ratings to authenticated;
grant update (exercise_id, user_id, rating) on public.exercise_ratings to authenticated;
grant delete on public.exercise_ratings to authenticated;

-- Upkeep ---------------------------------------------------------------------------------------------------------------

create function private.tg_exercises__resubmit()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.review_status := 'pending';
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
    and exercises.review_status <> 'approved';

  return old;
end;
$$;

comment on function private.tg_profiles__erase_own_exercises() is
  'Deletes an account''s unapproved exercises; approved ones stay in the library, without their creator.';

create function private.add_ratings(p_sign integer, p_exercise_ids uuid[], p_ratings smallint[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- In one order everywhere, so that two bulk ratings cannot wait for each other.
  perform
  from public.exercises
  where exercises.id = any (p_exercise_ids)
  order by exercises.id
  for no key update;

  update public.exercises
  set rating_sum = rating_sum + p_sign * delta.rating_sum,
    rating_count = rating_count + p_sign * delta.rating_count
  from (
    select rated.exercise_id, sum(rated.rating) as rating_sum, count(*) as rating_count
    from unnest(p_exercise_ids, p_ratings) as rated (exercise_id, rating)
    group by rated.exercise_id
  ) as delta
  where exercises.id = delta.exercise_id;
end;
$$;

comment on function private.add_ratings(integer, uuid[], smallint[]) is
  'Adds ratings to their exercises'' counters, or takes them off with the sign -1.';

-- definer: the counters are not granted to those who rate.
create function private.tg_exercise_ratings__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    perform private.add_ratings(-1, array_agg(removed.exercise_id), array_agg(removed.rating))
    from removed;
  end if;

  if tg_op in ('INSERT', 'UPDATE') then
    perform private.add_ratings(1, array_agg(added.exercise_id), array_agg(added.rating))
    from added;
  end if;

  return null;
end;
$$;

comment on function private.tg_exercise_ratings__count() is
  'Brings rating_sum and rating_count up to date once per statement, with what the statement changed.';

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
create trigger _100_touch
  before update on public.exercise_variations
  for each row execute function private.tg__touch();
create trigger _100_touch
  before update on public.exercise_ratings
  for each row execute function private.tg__touch();
create trigger _500_count_insert
  after insert on public.exercise_ratings
  referencing new table as added
  for each statement execute function private.tg_exercise_ratings__count();
create trigger _500_count_update
  after update on public.exercise_ratings
  referencing old table as removed new table as added
  for each statement execute function private.tg_exercise_ratings__count();
create trigger _500_count_delete
  after delete on public.exercise_ratings
  referencing old table as removed
  for each statement execute function private.tg_exercise_ratings__count();
create trigger _500_erase_own_exercises
  before delete on public.profiles
  for each row execute function private.tg_profiles__erase_own_exercises();

-- Search ---------------------------------------------------------------------------------------------------------------

create function private.words(p_text text)
returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select nullif(btrim(regexp_replace(private.fold(p_text), '[^[:alnum:]]+', ' ', 'g')), '');
$$;

grant execute on function private.words(text) to anon, authenticated, service_role;
comment on function private.words(text) is
  'The words of a text, folded, with one space between them; null when there are none.';

-- What people call a muscle or an implement beside its name here.
create function private.synonyms(p_names text[])
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select string_agg(replace(named.name, '_', ' ') || case
    when named.name = 'chest' then ' pecs pectorals'
    when named.name in ('front_delts', 'side_delts', 'rear_delts') then ' shoulders deltoids'
    when named.name = 'rotator_cuff' then ' shoulders'
    when named.name in ('lats', 'upper_back', 'lower_back') then ' back latissimus rhomboids'
    when named.name in ('biceps', 'triceps') then ' arms'
    when named.name = 'forearms' then ' arms grip'
    when named.name in ('abdominals', 'obliques') then ' abs core'
    when named.name = 'quadriceps' then ' quads legs thighs'
    when named.name = 'hamstrings' then ' hams legs thighs'
    when named.name in ('calves', 'tibialis') then ' legs'
    when named.name in ('adductors', 'abductors') then ' thighs hips'
    when named.name = 'glutes' then ' gluteus hips'
    when named.name = 'barbell' then ' bb'
    when named.name = 'dumbbell' then ' db dumbell'
    when named.name = 'kettlebell' then ' kb'
    when named.name = 'rowing_ergometer' then ' rower erg'
    when named.name in ('stationary_bike', 'air_bike') then ' cycling'
    else ''
  end, ' ')
  from unnest(p_names) as named (name);
$$;

comment on function private.synonyms(text[]) is
  'Names of muscles or equipment as words, each with what else people type for it.';

-- definer: the search rows are written for whoever edits an exercise, and are nobody's to write.
create function private.tg_exercises__index()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not new.is_active then
    delete from private.exercise_search
    where exercise_search.exercise_id = new.id;
    return null;
  end if;

  insert into private.exercise_search (exercise_id, audience, vector, phrase)
  select
    new.id,
    case when new.review_status <> 'approved' then new.created_by end,
    setweight(to_tsvector('simple', coalesce(private.words(new.name), '')), 'A')
      || setweight(to_tsvector('simple', coalesce(private.words(array_to_string(new.aliases, ' ')), '')), 'B')
      || setweight(to_tsvector('simple', concat_ws(
        ' ',
        private.words(array_to_string(new.tags, ' ')),
        private.synonyms(new.equipment::text[])
      )), 'C')
      || setweight(to_tsvector('simple', concat_ws(
        ' ',
        private.synonyms(new.primary_muscles::text[]),
        private.synonyms(new.secondary_muscles::text[])
      )), 'D'),
    (
      select '|' || string_agg(private.words(called.name) || '|', '' order by called.position)
      from unnest(new.name || new.aliases) with ordinality as called (name, position)
    )
  on conflict (exercise_id) do update
  set audience = excluded.audience,
    vector = excluded.vector,
    phrase = excluded.phrase;

  return null;
end;
$$;

comment on function private.tg_exercises__index() is
  'Keeps what search_exercises reads: name before aliases before tags and equipment before muscles.';

create trigger _500_index
  after insert or update of
    name, aliases, tags, equipment, primary_muscles, secondary_muscles, is_active, review_status, created_by
  on public.exercises
  for each row execute function private.tg_exercises__index();

-- definer: the text search operators are not leakproof, so under RLS no index would serve them. This answers for the
-- library and the caller's own exercises, and the calling function reads what it shows under the caller's policies.
create function private.exercise_candidates(p_query text)
returns table (exercise_id uuid, relevance real)
language plpgsql
stable
security definer
rows 50
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_words text := private.words(p_query);
  v_tsquery tsquery := to_tsquery('simple', (
    select string_agg(word || ':*', ' & ')
    from unnest((string_to_array(v_words, ' '))[:8]) as word
  ));
begin
  if v_words is null then
    return query
    select found.exercise_id, 0::real
    from private.exercise_search as found
    where found.audience is null or found.audience = v_user_id;
    return;
  end if;

  return query
  select
    found.exercise_id,
    ts_rank(found.vector, v_tsquery)
      + extensions.similarity(v_words, split_part(found.phrase, '|', 2))
      + case when starts_with(found.phrase, '|' || v_words || '|') then 2 else 0 end
      + case when strpos(found.phrase, '|' || v_words || '|') > 0 then 2 else 0 end
      + case when strpos(found.phrase, '|' || v_words) > 0 then 0.5 else 0 end::real
  from private.exercise_search as found
  where found.vector @@ v_tsquery
    and (found.audience is null or found.audience = v_user_id);

  if found then
    return;
  end if;

  -- Nothing begins with these words: a typing error, or another spelling.
  return query
  select near.exercise_id, near.likeness
  from (
    select search.exercise_id, extensions.word_similarity(v_words, search.phrase) as likeness
    from private.exercise_search as search
    where search.audience is null or search.audience = v_user_id
  ) as near
  where near.likeness >= 0.4;
end;
$$;

grant execute on function private.exercise_candidates(text) to anon, authenticated, service_role;
comment on function private.exercise_candidates(text) is
  'The exercises that a query finds for the caller, with how well: every word begins a word of the name, an alias, a tag,
the equipment or a muscle; failing that, by likeness. Without a query: all of them.';

create function private.exercise_card(p_exercise public.exercises)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_exercise.id,
    'slug', p_exercise.slug,
    'name', p_exercise.name,
    'exercise_type', p_exercise.exercise_type,
    'primary_muscles', p_exercise.primary_muscles,
    'secondary_muscles', p_exercise.secondary_muscles,
    'equipment', p_exercise.equipment,
    'difficulty', p_exercise.difficulty,
    'movement_pattern', p_exercise.movement_pattern,
    'tracking_type', p_exercise.tracking_type,
    'weight_entry', p_exercise.weight_entry,
    'unilateral', p_exercise.unilateral,
    'images', p_exercise.images,
    'rating_average', p_exercise.rating_average,
    'rating_count', p_exercise.rating_count,
    'usage_count', p_exercise.usage_count,
    'review_status', p_exercise.review_status,
    'created_by', p_exercise.created_by
  );
$$;

grant execute on function private.exercise_card(public.exercises) to anon, authenticated, service_role;
comment on function private.exercise_card(public.exercises) is
  'An exercise as lists show it: what a picker and a logger need, without the texts.';

create function public.search_exercises(
  query text default null,
  muscles public.muscle[] default null,
  equipment public.equipment[] default null,
  difficulty public.training_level default null,
  type public.exercise_type default null,
  cursor text default null,
  "limit" integer default 20
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(search_exercises."limit");
  v_after jsonb := private.decode_cursor(search_exercises.cursor, array['numeric', 'text', 'uuid']);
begin
  if char_length(search_exercises.query) > 100 then
    perform private.fail('invalid_argument', 'query must have at most 100 characters');
  end if;

  return (
    with found as (
      select
        exercises,
        exercises.name,
        exercises.id,
        round(candidate.relevance::numeric + exercises.popularity / 20, 4) as score
      from private.exercise_candidates(search_exercises.query) as candidate
      join public.exercises on exercises.id = candidate.exercise_id
      where (search_exercises.muscles is null
          or exercises.primary_muscles && search_exercises.muscles
          or exercises.secondary_muscles && search_exercises.muscles)
        and (search_exercises.equipment is null or exercises.equipment && search_exercises.equipment)
        and (search_exercises.difficulty is null or exercises.difficulty = search_exercises.difficulty)
        and (search_exercises.type is null or exercises.exercise_type = search_exercises.type)
    ),
    page as (
      select found.*, row_number() over (order by -found.score, found.name, found.id) as position
      from found
      where v_after is null
        or (-found.score, found.name, found.id)
          > (-(v_after ->> 0)::numeric, v_after ->> 1, (v_after ->> 2)::uuid)
      order by -found.score, found.name, found.id
      limit v_limit + 1
    )
    select jsonb_build_object(
      'items', coalesce(
        jsonb_agg(private.exercise_card(page.exercises) order by page.position)
          filter (where page.position <= v_limit),
        '[]'
      ),
      'next_cursor', case when count(*) > v_limit then (
        select private.encode_cursor(jsonb_build_array(last.score, last.name, last.id))
        from page as last
        where last.position = v_limit
      ) end
    )
    from page
  );
end;
$$;

grant execute on function public.search_exercises(
  text, public.muscle[], public.equipment[], public.training_level, public.exercise_type, text, integer
) to anon, authenticated;
comment on function public.search_exercises(
  text, public.muscle[], public.equipment[], public.training_level, public.exercise_type, text, integer
) is
  'Searches the library and the caller''s own exercises, best match first, the most popular first without a query.
Several words all have to match the beginning of a word of the name, an alias, a tag, the equipment or a muscle; typing
errors are forgiven. A filter by muscles or equipment keeps exercises that involve at least one of them.
Answers {items, next_cursor}. Fails with invalid_argument, invalid_cursor or invalid_limit.';

-- Substitutes ----------------------------------------------------------------------------------------------------------

create function private.usable_equipment(p_available public.equipment[])
returns public.equipment[]
language sql
immutable
security invoker
set search_path = ''
as $$
  select p_available || '{bodyweight}'::public.equipment[]
    || case when 'adjustable_bench' = any (p_available) then '{flat_bench}' else '{}' end::public.equipment[];
$$;

grant execute on function private.usable_equipment(public.equipment[]) to anon, authenticated, service_role;
comment on function private.usable_equipment(public.equipment[]) is
  'What can be used by somebody who has this equipment: the body always, and an adjustable bench as a flat one.';

create function private.likeness(p_one public.exercises, p_other public.exercises)
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select
    4.0 * (select count(*) from unnest(p_one.primary_muscles) as muscle where muscle = any (p_other.primary_muscles))
      / greatest(cardinality(p_one.primary_muscles), cardinality(p_other.primary_muscles))
    + 1.0 * (select count(*) from unnest(p_one.secondary_muscles) as muscle where muscle = any (p_other.secondary_muscles))
      / greatest(cardinality(p_one.secondary_muscles), cardinality(p_other.secondary_muscles), 1)
    + case when p_one.movement_pattern = p_other.movement_pattern then 2 else 0 end
    + case when p_one.movement_pattern = p_other.movement_pattern and p_one.direction = p_other.direction
        then 1 else 0 end
    + case when p_one.mechanic = p_other.mechanic then 0.5 else 0 end
    + case when p_one.exercise_type = p_other.exercise_type then 1 else 0 end
    + case when p_one.tracking_type = p_other.tracking_type then 0.5 else 0 end
    + case when p_one.unilateral = p_other.unilateral then 0.25 else 0 end
    - abs(
      array_position(enum_range(null::public.training_level), p_one.difficulty)
        - array_position(enum_range(null::public.training_level), p_other.difficulty)
    ) * 0.25;
$$;

grant execute on function private.likeness(public.exercises, public.exercises) to anon, authenticated, service_role;
comment on function private.likeness(public.exercises, public.exercises) is
  'How well one exercise stands in for another, up to 10.25: muscles first, then the movement, then the kind of work.';

create function public.similar_exercises(
  exercise_id uuid,
  equipment public.equipment[] default null,
  "limit" integer default 10
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(similar_exercises."limit", 50);
  v_usable public.equipment[] := private.usable_equipment(similar_exercises.equipment);
  v_target public.exercises;
begin
  select exercises.*
  into v_target
  from public.exercises
  where exercises.id = similar_exercises.exercise_id;

  if not found then
    perform private.fail('not_found', 'exercise_id');
  end if;

  return jsonb_build_object('items', coalesce((
    select jsonb_agg(
      private.exercise_card(near.exercises) || jsonb_build_object(
        'reasons', array_remove(array[
          case when (near.exercises).primary_muscles <@ v_target.primary_muscles
            and (near.exercises).primary_muscles @> v_target.primary_muscles
            then 'same_primary_muscles' else 'shared_primary_muscles' end,
          case when (near.exercises).movement_pattern = v_target.movement_pattern then 'same_movement' end,
          case when (near.exercises).difficulty < v_target.difficulty then 'easier' end,
          case when (near.exercises).difficulty > v_target.difficulty then 'harder' end,
          case when v_usable is not null then 'fits_equipment' end
        ], null)
      )
      order by near.likeness desc, near.name, near.id
    )
    from (
      select exercises, exercises.name, exercises.id, private.likeness(exercises, v_target) as likeness
      from public.exercises
      where exercises.primary_muscles && v_target.primary_muscles
        and exercises.id <> v_target.id
        and exercises.is_active
        and (v_usable is null or exercises.equipment <@ v_usable)
      order by likeness desc, exercises.name, exercises.id
      limit v_limit
    ) as near
  ), '[]'), 'next_cursor', null);
end;
$$;

grant execute on function public.similar_exercises(uuid, public.equipment[], integer) to anon, authenticated;
comment on function public.similar_exercises(uuid, public.equipment[], integer) is
  'Exercises that can stand in for one, best first, each with its reasons; with equipment, only what can be done with it.
Answers {items, next_cursor}; the list is short and has one page. Fails with not_found or invalid_limit.';

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
comment on column public.exercises.usage_count is 'In how many workouts it was done. Derived.';
comment on column public.exercises.popularity is 'Ratings and use as one number to sort by. Derived.';
comment on column public.exercises.is_active is 'Whether it is offered; a retired one stays in old workouts.';
comment on column public.exercises.created_by is 'Whose own exercise it is; null in the library.';
comment on column public.exercises.review_status is 'Athletes'' own exercises are pending until somebody approves them.';
comment on column public.exercises.created_at is 'When it was added.';
comment on column public.exercises.updated_at is 'When its facts or texts were last changed; counters do not count.';
comment on policy select_library on public.exercises is 'Anybody reads what is approved and active.';
comment on policy select_visible on public.exercises is 'The library, one''s own, and everything for an admin.';
comment on policy insert_own on public.exercises is 'An athlete adds exercises in their own name.';
comment on policy update_own on public.exercises is 'One''s own until it is approved for others; an admin any.';
comment on policy delete_own on public.exercises is 'One''s own until it is approved for others.';

comment on table public.exercise_variations is 'Ways to do an exercise that are not exercises of their own.';
comment on column public.exercise_variations.id is 'Chosen by the client or by the server.';
comment on column public.exercise_variations.exercise_id is 'What it is a variation of.';
comment on column public.exercise_variations.name is 'What it is called; once per exercise.';
comment on column public.exercise_variations.description is 'What is different.';
comment on column public.exercise_variations.difficulty is 'For whom it is.';
comment on column public.exercise_variations.instructions is 'The steps, in order.';
comment on column public.exercise_variations.created_at is 'When it was added.';
comment on column public.exercise_variations.updated_at is 'When it was last changed.';
comment on policy select_of_visible on public.exercise_variations is 'Whoever sees the exercise.';
comment on policy insert_of_own on public.exercise_variations is 'Whoever may edit the exercise.';
comment on policy update_of_own on public.exercise_variations is 'Whoever may edit the exercise.';
comment on policy delete_of_own on public.exercise_variations is 'Whoever may edit the exercise.';

comment on table public.exercise_ratings is 'What athletes think of an exercise. Others see the average alone.';
comment on column public.exercise_ratings.exercise_id is 'What is rated.';
comment on column public.exercise_ratings.user_id is 'Who rates.';
comment on column public.exercise_ratings.rating is 'One to five.';
comment on column public.exercise_ratings.created_at is 'When it was first rated.';
comment on column public.exercise_ratings.updated_at is 'When the rating was last changed.';
comment on policy select_own on public.exercise_ratings is 'One''s own.';
comment on policy insert_own on public.exercise_ratings is 'In one''s own name, for an exercise one sees and did not make.';
comment on policy update_own on public.exercise_ratings is 'One''s own, to an exercise one sees and did not make.';
comment on policy delete_own on public.exercise_ratings is 'One''s own.';

comment on table private.exercise_search is 'What search_exercises searches: one row per active exercise. Derived.';
comment on column private.exercise_search.exercise_id is 'The exercise.';
comment on column private.exercise_search.audience is 'Who finds it: its creator, or everyone where null.';
comment on column private.exercise_search.vector is 'Its words: name A, aliases B, tags and equipment C, muscles D.';
comment on column private.exercise_search.phrase is 'Name and aliases, folded, as |name|alias|…|.';
