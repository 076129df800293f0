-- Matching: which exercise a name of another app means. Certain or not at all: what is not certain is for the athlete to say.

-- definer: the names of exercises are read for those that the caller may use; the table is nobody's to read.
create function private.exercises_called(p_names text[])
returns table (place bigint, exercise_id uuid, confidence numeric, how text)
language sql
stable
security definer
set search_path = ''
as $$
  with asked as materialized (
    select asked.place, private.words(left(asked.name, 200)) as words, private.name_key(left(asked.name, 200)) as key
    from unnest(p_names) with ordinality as asked (name, place)
  ),
  called as (
    select asked.place, exercise_names.exercise_id, exercise_names.called = asked.words as is_same,
      exercise_names.confidence, exercise_names.how
    from asked
    join private.exercise_names on exercise_names.key = asked.key
    union all
    select asked.place, exercise_names.exercise_id, false, exercise_names.confidence, exercise_names.how
    from asked
    join private.exercise_names on exercise_names.implement_key = asked.key
  )
  select
    called.place, called.exercise_id,
    max(case when called.is_same then called.confidence else 0.95 end),
    min(case when called.is_same then called.how else 'words' end)
  from called
  join public.exercises on exercises.id = called.exercise_id
  where exercises.is_active
    and (exercises.review_status = 'approved' or exercises.created_by = (select auth.uid()))
  group by called.place, called.exercise_id;
$$;

grant execute on function private.exercises_called(text[]) to authenticated, service_role;
comment on function private.exercises_called(text[]) is
  'The exercises that the caller may use and that are called like this, but for the order, the number and the implement, by
the place of the name in the list.';

-- definer: as for exercises_called.
create function private.exercises_called_like(p_name text)
returns table (exercise_id uuid, name text, confidence numeric)
language sql
stable
security definer
rows 3
set search_path = ''
set pg_trgm.similarity_threshold = 0.2
as $$
  select exercises.id, exercises.name,
    round((0.9 * max(extensions.similarity(exercise_names.called, p_name)))::numeric, 2) as confidence
  from private.exercise_names
  join public.exercises on exercises.id = exercise_names.exercise_id
  where exercise_names.called operator(extensions.%) p_name
    and exercises.is_active
    and (exercises.review_status = 'approved' or exercises.created_by = (select auth.uid()))
  group by exercises.id
  order by confidence desc, exercises.name
  limit 3;
$$;

grant execute on function private.exercises_called_like(text) to authenticated, service_role;
comment on function private.exercises_called_like(text) is
  'The three exercises that the caller may use and that are called most like this, if any are.';

create function public.match_exercise_names(names text[] default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
begin
  if cardinality(names) > 200 then
    perform private.fail('too_many_rows', 'at most 200 names');
  end if;

  return (
    with asked as materialized (
      select asked.name, asked.place, private.import_name(asked.name) as words
      from unnest(names) with ordinality as asked (name, place)
    ),
    -- Of two that fit alike neither is taken.
    best as (
      select distinct on (matched.place) matched.*,
        count(*) over (partition by matched.place, matched.confidence) as rivals
      from private.exercises_called(names) as matched
      order by matched.place, matched.confidence desc
    )
    select coalesce(jsonb_agg(
      jsonb_build_object(
        'name', asked.name,
        'how', case when remembered.name is not null then 'remembered' when exercises.id is not null then best.how end,
        'skip', remembered.name is not null and remembered.exercise_id is null,
        'exercise_id', exercises.id,
        'exercise_name', exercises.name,
        'tracking_type', exercises.tracking_type,
        'confidence', case when remembered.name is not null then 1 when exercises.id is not null then best.confidence end,
        'suggestions', coalesce(suggested.list, '[]')
      )
      order by asked.place
    ), '[]')
    from asked
    left join public.import_names as remembered
      on remembered.user_id = v_user_id
      and remembered.name = asked.words
    left join best on best.place = asked.place and best.rivals = 1
    left join public.exercises
      on exercises.id = case when remembered.name is null then best.exercise_id else remembered.exercise_id end
    left join lateral (
      select jsonb_agg(
        jsonb_build_object('exercise_id', near.exercise_id, 'exercise_name', near.name, 'confidence', near.confidence)
        order by near.confidence desc, near.name
      ) as list
      from private.exercises_called_like(asked.words) as near
    ) as suggested on remembered.name is null and exercises.id is null
  );
end;
$$;

grant execute on function public.match_exercise_names(text[]) to authenticated;
comment on function public.match_exercise_names(text[]) is
  'Which exercises these names of other apps mean, in the same order: a list of {name, how, skip, exercise_id,
exercise_name, tracking_type, confidence, suggestions}. how is remembered for what the athlete decided before, name, alias,
or words when only their order or number differs; null with three suggestions where it is not certain.
Fails with not_authenticated or too_many_rows.';
