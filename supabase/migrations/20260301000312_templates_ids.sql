-- Places and ids: what stays the same from one version to the next, so that a change can be read and a run moved on.

create function private.placed_template(p_document jsonb)
returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  with day as (
    select
      element.place,
      element.day || jsonb_build_object(
        'position', coalesce(
          (element.day ->> 'position')::bigint,
          row_number() over (partition by element.day ->> 'week' order by element.place) - 1
        ),
        'exercises', coalesce((
          select jsonb_agg(
            exercises.exercise || jsonb_build_object(
              'position', coalesce((exercises.exercise ->> 'position')::bigint, exercises.place - 1)
            )
            order by exercises.place
          )
          from jsonb_array_elements(element.day -> 'exercises') with ordinality as exercises (exercise, place)
        ), '[]')
      ) as day
    from jsonb_array_elements(p_document -> 'days') with ordinality as element (day, place)
  )
  select jsonb_set(p_document, '{days}', (select jsonb_agg(day.day order by day.place) from day));
$$;

comment on function private.placed_template(jsonb) is
  'A document in which days and exercises without a position have that in which they were written.';

create function private.identified_template(p_document jsonb, p_previous jsonb)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  with taken as (
    select element ->> 'id' as id
    from jsonb_path_query(p_document, '$.days[*]') as element
    union all
    select element ->> 'id'
    from jsonb_path_query(p_document, '$.days[*].exercises[*]') as element
  ),
  old_day as (
    select element.day
    from jsonb_array_elements(p_previous -> 'days') as element (day)
    where element.day ->> 'id' not in (select taken.id from taken where taken.id is not null)
  ),
  day as (
    select
      element.day || jsonb_build_object('id', coalesce(
        element.day ->> 'id', old_day.day ->> 'id', private.uuid_v7()::text
      )) as day,
      coalesce(
        old_day.day,
        (
          select same.day
          from jsonb_array_elements(p_previous -> 'days') as same (day)
          where same.day -> 'id' = element.day -> 'id'
        )
      ) as old_day
    from jsonb_array_elements(p_document -> 'days') as element (day)
    left join old_day
      on jsonb_typeof(element.day -> 'id') = 'null'
      and old_day.day -> 'week' = element.day -> 'week'
      and old_day.day -> 'position' = element.day -> 'position'
  )
  select jsonb_set(p_document, '{days}', (
    select jsonb_agg(
      jsonb_set(day.day, '{exercises}', coalesce((
        select jsonb_agg(
          element.exercise || jsonb_build_object('id', coalesce(
            element.exercise ->> 'id',
            (
              select same.exercise ->> 'id'
              from jsonb_array_elements(day.old_day -> 'exercises') as same (exercise)
              where same.exercise -> 'position' = element.exercise -> 'position'
                and same.exercise ->> 'id' not in (select taken.id from taken where taken.id is not null)
            ),
            private.uuid_v7()::text
          ))
          order by (element.exercise ->> 'position')::integer
        )
        from jsonb_array_elements(day.day -> 'exercises') as element (exercise)
      ), '[]'))
      order by (day.day ->> 'week')::integer nulls first, (day.day ->> 'position')::integer
    )
    from day
  ));
$$;

comment on function private.identified_template(jsonb, jsonb) is
  'A document in order, in which days and exercises without an id have that of what stood there before, or a new one.';

create function private.current_template(p_document jsonb, p_library jsonb)
returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_set(p_document, '{days}', (
    select jsonb_agg(
      jsonb_set(element.day, '{exercises}', coalesce((
        select jsonb_agg(
          planned.exercise || jsonb_build_object(
            'exercise_id', coalesce(p_library -> (planned.exercise ->> 'exercise_id') -> 'id', planned.exercise -> 'exercise_id'),
            'alternatives', coalesce((
              select jsonb_agg(coalesce(p_library -> alternatives.id -> 'id', to_jsonb(alternatives.id)) order by alternatives.place)
              from jsonb_array_elements_text(planned.exercise -> 'alternatives') with ordinality as alternatives (id, place)
            ), '[]')
          )
          order by planned.place
        )
        from jsonb_array_elements(element.day -> 'exercises') with ordinality as planned (exercise, place)
      ), '[]'))
      order by element.place
    )
    from jsonb_array_elements(p_document -> 'days') with ordinality as element (day, place)
  ));
$$;

grant execute on function private.current_template(jsonb, jsonb) to anon, authenticated;
comment on function private.current_template(jsonb, jsonb) is
  'A document in which exercises that were merged are those that took their place.';
