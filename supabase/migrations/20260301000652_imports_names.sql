-- Names: which exercise a name of another app means. Certain or not at all: what is not certain is for the athlete to say.

-- Apps write the implement before or behind, in brackets or not, in singular or plural; words that tell nothing go.
create function private.name_key(p_name text)
returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select string_agg(known.word, ' ' order by known.word)
  from unnest(string_to_array(private.words(p_name), ' ')) as written (word)
  cross join lateral (
    select case
      when written.word in ('bb', 'barbells') then 'barbell'
      when written.word in ('db', 'dumbell', 'dumbbells') then 'dumbbell'
      when written.word in ('kb', 'kettlebells') then 'kettlebell'
      when written.word ~ '[^s]s$' and char_length(written.word) > 3 then left(written.word, -1)
      else written.word
    end as word
  ) as known
  where known.word not in ('flat', 'with', 'the', 'a', 'an', 'on', 'of', 'in');
$$;

grant execute on function private.name_key(text) to authenticated, service_role;
comment on function private.name_key(text) is
  'The words of a name in the order of the alphabet, in singular: the same for all ways to write it. Null without words.';

create function private.called_exercises()
returns table (exercise_id uuid, called text, key text, confidence numeric, how text)
language sql
stable
security invoker
set search_path = ''
as $$
  with visible as (
    select exercises.id, exercises.name, exercises.aliases, replace(exercises.equipment[1]::text, '_', ' ') as implement
    from public.exercises
    where exercises.is_active
      and (exercises.review_status = 'approved' or exercises.created_by = (select auth.uid()))
  ),
  called as (
    select visible.id, private.words(visible.name) as name, visible.implement, 1.0 as confidence, 'name' as how
    from visible
    union all
    select visible.id, private.words(alias), visible.implement, 0.98, 'alias'
    from visible
    cross join unnest(visible.aliases) as alias
    union all
    select visible.id, private.words(translated.name), visible.implement, 0.98, 'name'
    from visible
    join public.exercise_translations on exercise_translations.exercise_id = visible.id
    cross join unnest(exercise_translations.name || exercise_translations.aliases) as translated (name)
  )
  select called.id, called.name, private.name_key(called.name), called.confidence, called.how
  from called
  union all
  select called.id, called.name, private.name_key(called.name || ' ' || called.implement), 0.95, 'words'
  from called;
$$;

grant execute on function private.called_exercises() to authenticated, service_role;
comment on function private.called_exercises() is
  'All that the exercises the caller may use are called, with and without their main implement.';

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
    with asked as (
      select asked.name, asked.place, private.words(left(asked.name, 200)) as words, private.name_key(asked.name) as key
      from unnest(names) with ordinality as asked (name, place)
    ),
    called as materialized (
      select * from private.called_exercises()
    ),
    matched as (
      select asked.place, called.exercise_id,
        max(case when called.called = asked.words then called.confidence else 0.95 end) as confidence,
        min(case when called.called = asked.words then called.how else 'words' end) as how
      from asked
      join called on called.key = asked.key
      group by asked.place, called.exercise_id
    ),
    -- Of two that fit alike neither is taken.
    best as (
      select distinct on (matched.place) matched.*,
        count(*) over (partition by matched.place, matched.confidence) as rivals
      from matched
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
        jsonb_build_object('exercise_id', near.id, 'exercise_name', near.name, 'confidence', near.confidence)
        order by near.confidence desc, near.name
      ) as list
      from (
        select suggested.id, suggested.name,
          round((0.9 * max(extensions.similarity(asked.words, called.called)))::numeric, 2) as confidence
        from called
        join public.exercises as suggested on suggested.id = called.exercise_id
        where called.how <> 'words'
          and extensions.similarity(asked.words, called.called) > 0.2
        group by suggested.id
        order by confidence desc, suggested.name
        limit 3
      ) as near
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
