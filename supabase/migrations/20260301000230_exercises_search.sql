-- Search: the index beside the library, and the function that reads it.

-- Beside the table, not in it: clients select *, and a text search vector is nothing for them.
create table private.exercise_search (
  exercise_id uuid primary key references public.exercises (id) on delete cascade,
  audience    uuid,
  vector      tsvector not null,
  phrase      text not null
);

-- Without the list of pending entries, which every search would have to read through: exercises are rarely written.
create index exercise_search_vector_idx on private.exercise_search using gin (vector) with (fastupdate = off)
  where audience is null;
create index exercise_search_audience_idx on private.exercise_search (audience);

alter table private.exercise_search enable row level security;

comment on table private.exercise_search is 'What search_exercises searches: one row per active exercise. Derived.';
comment on column private.exercise_search.exercise_id is 'The exercise.';
comment on column private.exercise_search.audience is 'Who finds it: its creator, or everyone where null.';
comment on column private.exercise_search.vector is 'Its words: name A, aliases B, tags, equipment and primary muscles C, secondary D.';
comment on column private.exercise_search.phrase is 'Name and aliases, folded, as |name|alias|…|.';

-- The index -----------------------------------------------------------------------------------------------------------

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
        private.synonyms(new.equipment::text[]),
        private.synonyms(new.primary_muscles::text[])
      )), 'C')
      || setweight(to_tsvector('simple', coalesce(private.synonyms(new.secondary_muscles::text[]), '')), 'D'),
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
  'Keeps what search_exercises reads: name before aliases before tags, equipment and primary muscles before secondary.';

create trigger _500_index
  after insert or update of
    name, aliases, tags, equipment, primary_muscles, secondary_muscles, is_active, review_status, created_by
  on public.exercises
  for each row execute function private.tg_exercises__index();

-- definer: the text search operators are not leakproof, so under RLS no index would serve them. This answers for the
-- library and the caller's own exercises, and the calling function reads what it shows under the caller's policies.
create function private.exercise_candidates(p_query text)
returns table (exercise_id uuid, relevance double precision)
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
  if nullif(btrim(p_query), '') is null then
    return query
    select found.exercise_id, 0::double precision
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
      + case when strpos(found.phrase, '|' || v_words) > 0 then 0.5 else 0 end
  from private.exercise_search as found
  where found.vector @@ v_tsquery
    and (found.audience is null or found.audience = v_user_id);

  if found then
    return;
  end if;

  -- Nothing begins with these words: a typing error, or another spelling.
  return query
  select near.exercise_id, near.likeness::double precision
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
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return jsonb_build_object(
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
end;
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
        exercises.id,
        exercises.name,
        round((candidate.relevance + exercises.popularity / 20)::numeric, 4) as score
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
        jsonb_agg(private.exercise_card(exercises) order by page.position) filter (where page.position <= v_limit),
        '[]'
      ),
      'next_cursor', case when count(*) > v_limit then (
        select private.encode_cursor(jsonb_build_array(last.score, last.name, last.id))
        from page as last
        where last.position = v_limit
      ) end
    )
    from page
    join public.exercises using (id)
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
