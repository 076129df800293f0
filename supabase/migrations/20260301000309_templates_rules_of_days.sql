-- Rules of whole days and plans: what stands where, and which exercises are done in turns.

create function private.planned_group_problem(p_exercises jsonb)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return (
    with member as (
      select
        element.place - 1 as place,
        (element.exercise ->> 'superset_group')::integer as number,
        element.exercise ->> 'group_type' as type,
        element.exercise ->> 'rounds' as rounds,
        element.exercise ->> 'section' as section,
        row_number() over (order by (element.exercise ->> 'position')::integer) as turn
      from jsonb_array_elements(p_exercises) with ordinality as element (exercise, place)
    )
    select format('exercises[%s].superset_group %s', min(member.place), case
      when count(distinct (member.type, member.rounds, member.section)) > 1
        then 'must have one group_type, rounds and section'
      when max(member.turn) - min(member.turn) >= count(*) then 'must be of exercises that follow one another'
      when min(member.type) = 'superset' then 'must be of 2 exercises for a superset'
      when min(member.type) = 'giant_set' then 'must be of at least 3 exercises for a giant set'
      else 'must be of at least 2 exercises for a circuit'
    end)
    from member
    where member.number is not null
      and member.type is not null
    group by member.number
    having count(distinct (member.type, member.rounds, member.section)) > 1
      or max(member.turn) - min(member.turn) >= count(*)
      or (min(member.type) = 'superset' and count(*) <> 2)
      or (min(member.type) = 'giant_set' and count(*) < 3)
      or count(*) < 2
    order by min(member.place)
    limit 1
  );
end;
$$;

comment on function private.planned_group_problem(jsonb) is
  'The rule that a group of exercises done in turns breaks, its first exercise first; null for none.';

create function private.template_problem(p_document jsonb, p_library jsonb)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  with day as (
    select element.place - 1 as place, element.day, element.day ->> 'week' as week, element.day ->> 'position' as position
    from jsonb_array_elements(p_document -> 'days') with ordinality as element (day, place)
  ),
  planned as (
    select day.place as day_place, element.place - 1 as place, element.exercise
    from day
    cross join jsonb_array_elements(day.day -> 'exercises') with ordinality as element (exercise, place)
  ),
  problem (place, path, sentence) as (
    select day.place, format('days[%s].week', day.place), 'must not be after total_weeks'
    from day
    where day.week::integer > (p_document ->> 'total_weeks')::integer
    union all
    select max(day.place), format('days[%s].position', max(day.place)), 'must not be there twice in a week'
    from day
    group by day.week, day.position
    having count(*) > 1
    union all
    select day.place, format('days[%s].exercises', day.place), 'must be empty on a rest day'
    from day
    where (day.day ->> 'is_rest_day')::boolean and jsonb_array_length(day.day -> 'exercises') > 0
    union all
    select planned.day_place, format('days[%s].exercises[%s].position', planned.day_place, max(planned.place)), 'must not be there twice'
    from planned
    group by planned.day_place, planned.exercise ->> 'position'
    having count(*) > 1
    union all
    select
      planned.day_place, format('days[%s].exercises[%s]', planned.day_place, planned.place),
      private.planned_exercise_problem(planned.exercise, p_library)
    from planned
    union all
    select day.place, format('days[%s]', day.place), private.planned_group_problem(day.day -> 'exercises')
    from day
    union all
    select max(identified.day_place), max(identified.path), 'must not be there twice'
    from (
      select day.place as day_place, format('days[%s].id', day.place) as path, day.day ->> 'id' as id
      from day
      union all
      select planned.day_place, format('days[%s].exercises[%s].id', planned.day_place, planned.place), planned.exercise ->> 'id'
      from planned
    ) as identified
    where identified.id is not null
    group by identified.id
    having count(*) > 1
    union all
    select -1, 'deload.weeks', 'must be weeks of the plan, each once'
    where exists (
      select from jsonb_array_elements_text(p_document #> '{deload,weeks}') as weeks (week)
      group by weeks.week
      having count(*) > 1 or weeks.week::integer > (p_document ->> 'total_weeks')::integer
    )
  )
  select '$.' || problem.path || case when problem.sentence ~ '^(must|is) ' then ' ' else '.' end || problem.sentence
  from problem
  where problem.sentence is not null
  order by problem.place, problem.path
  limit 1;
$$;

comment on function private.template_problem(jsonb, jsonb) is
  'The first rule between fields that a document in its one form breaks, as a path and a sentence; null for none.';
