-- Search: the library and one's own exercises, by words and filters, best first.

create function private.exercise_card(p_exercise public.exercises, p_languages text[])
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_translation public.exercise_translations := private.exercise_translation(p_exercise, p_languages);
begin
  return jsonb_build_object(
    'id', p_exercise.id,
    'slug', p_exercise.slug,
    'name', coalesce(v_translation.name, p_exercise.name),
    'language', coalesce(v_translation.language, p_exercise.language),
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
    'is_mine', private.is_my_exercise(p_exercise)
  );
end;
$$;

grant execute on function private.exercise_card(public.exercises, text[]) to anon, authenticated, service_role;
comment on function private.exercise_card(public.exercises, text[]) is
  'An exercise as lists show it, in the best of these languages: what a picker and a logger need, without the texts.';

create function private.found_exercises(p_query text)
returns table (exercise_id uuid, relevance double precision)
language plpgsql
stable
security invoker
rows 100
set search_path = ''
as $$
begin
  if nullif(btrim(p_query), '') is not null then
    return query select * from private.exercise_candidates(p_query);
    return;
  end if;

  return query
  select exercises.id, 0::double precision
  from public.exercises
  where exercises.is_active
    -- The policy says so too, and shows an admin more: a list of others' unapproved ones is not a search.
    and (exercises.review_status = 'approved' or exercises.created_by = (select auth.uid()));
end;
$$;

grant execute on function private.found_exercises(text) to anon, authenticated, service_role;
comment on function private.found_exercises(text) is
  'What a query finds for the caller, with how well; everything without a query.';

create function private.served_equipment(p_equipment public.equipment[])
returns public.equipment[]
language sql
immutable
strict
security invoker
set search_path = ''
as $$
  select p_equipment || case when 'adjustable_bench' = any (p_equipment) then '{flat_bench}' else '{}' end::public.equipment[];
$$;

grant execute on function private.served_equipment(public.equipment[]) to anon, authenticated, service_role;
comment on function private.served_equipment(public.equipment[]) is
  'This equipment and what it serves as: an adjustable bench as a flat one.';

create function public.search_exercises(
  query text default null,
  muscles public.muscle[] default null,
  equipment public.equipment[] default null,
  difficulty public.training_level default null,
  type public.exercise_type default null,
  cursor text default null,
  "limit" integer default 20,
  pattern public.movement_pattern default null,
  level public.training_level default null,
  language text default null
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
  v_languages text[] := private.my_languages(search_exercises.language);
  v_equipment public.equipment[] := private.served_equipment(search_exercises.equipment);
begin
  if char_length(search_exercises.query) > 100 then
    perform private.fail('invalid_argument', 'query must have at most 100 characters');
  end if;

  return (
    with found as (
      select
        exercises.id,
        exercises.name,
        -- Popular ones a little higher; without a query that alone decides.
        round((candidate.relevance + exercises.popularity / 20)::numeric, 4) as score
      from private.found_exercises(search_exercises.query) as candidate
      join public.exercises on exercises.id = candidate.exercise_id
      where (search_exercises.muscles is null
          or exercises.primary_muscles && search_exercises.muscles
          or exercises.secondary_muscles && search_exercises.muscles)
        and (v_equipment is null or exercises.equipment && v_equipment)
        and (search_exercises.difficulty is null or exercises.difficulty = search_exercises.difficulty)
        and (search_exercises.level is null or exercises.difficulty <= search_exercises.level)
        and (search_exercises.type is null or exercises.exercise_type = search_exercises.type)
        and (search_exercises.pattern is null or exercises.movement_pattern = search_exercises.pattern)
    ),
    page as (
      select found.*, row_number() over (order by -found.score, found.name, found.id) as place
      from found
      where v_after is null
        or (-found.score, found.name, found.id)
          > (-(v_after ->> 0)::numeric, v_after ->> 1, (v_after ->> 2)::uuid)
      order by -found.score, found.name, found.id
      limit v_limit + 1
    )
    select jsonb_build_object(
      'items', coalesce(
        jsonb_agg(private.exercise_card(exercises, v_languages) order by page.place)
          filter (where page.place <= v_limit),
        '[]'
      ),
      'next_cursor', case when count(*) > v_limit then (
        select private.encode_cursor(jsonb_build_array(last.score, last.name, last.id))
        from page as last
        where last.place = v_limit
      ) end
    )
    from page
    join public.exercises using (id)
  );
end;
$$;

grant execute on function public.search_exercises(
  text, public.muscle[], public.equipment[], public.training_level, public.exercise_type, text, integer,
  public.movement_pattern, public.training_level, text
) to anon, authenticated;
comment on function public.search_exercises(
  text, public.muscle[], public.equipment[], public.training_level, public.exercise_type, text, integer,
  public.movement_pattern, public.training_level, text
) is
  'Searches the library and the caller''s own exercises, best match first, the most popular first without a query.
Several words all have to match the beginning of a word of the name, an alias, a tag, the equipment or a muscle, in any
language; abbreviations, plurals and joined words are understood, typing errors forgiven. A filter by muscles or equipment
keeps exercises that involve at least one of them; difficulty is exact, level keeps what suits an athlete of that level.
Names are in language, or in that of the caller''s preferences, where there is a translation.
Answers {items, next_cursor}. Fails with invalid_argument, invalid_cursor or invalid_limit.';
