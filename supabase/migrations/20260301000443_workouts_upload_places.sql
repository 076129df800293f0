-- Two devices that were apart put things in the same place. The place gives way, not the set: what arrives later goes to
-- the end.

create function private.taken_places(p_table text, p_parent_ids uuid[])
returns table (parent_id uuid, place integer, side text)
language sql
stable
security invoker
set search_path = ''
as $$
  select workout_sets.workout_exercise_id, workout_sets.set_index, workout_sets.side::text
  from public.workout_sets
  where p_table = 'workout_sets'
    and workout_sets.workout_exercise_id = any (p_parent_ids)
  union all
  select workout_exercises.workout_id, workout_exercises.position, null
  from public.workout_exercises
  where p_table = 'workout_exercises'
    and workout_exercises.workout_id = any (p_parent_ids);
$$;

comment on function private.taken_places(text, uuid[]) is 'Where sets stand in these exercises, or exercises in these workouts.';

create function private.other_places(p_table text, p_key text, p_rows private.upload_row[])
returns table (n integer, place bigint)
language sql
stable
security invoker
set search_path = ''
as $$
  with taken as materialized (
    select * from private.taken_places(p_table, array(select distinct sent.parent_id from unnest(p_rows) as sent))
  ), sent as (
    select
      new.n,
      new.parent_id,
      (new.content ->> p_key)::integer as place,
      new.content ->> 'side' as side,
      row_number() over (partition by new.parent_id, new.content ->> p_key, new.content ->> 'side' order by new.n) as nth
    from unnest(p_rows) as new
  ), last as (
    select place.parent_id, max(place.place) as place
    from (
      select taken.parent_id, taken.place from taken
      union all
      select sent.parent_id, sent.place from sent
    ) as place
    group by place.parent_id
  )
  select
    sent.n,
    coalesce(last.place, -1) + dense_rank() over (partition by sent.parent_id order by sent.nth, sent.place)
  from sent
  join last on last.parent_id = sent.parent_id
  where sent.place is null
    or sent.nth > 1
    or exists (
      select from taken
      where taken.parent_id = sent.parent_id
        and taken.place = sent.place
        and taken.side is not distinct from sent.side
    );
$$;

comment on function private.other_places(text, text, private.upload_row[]) is
  'New rows whose place is taken by another, or that name none, and the next places in their order.';

create function private.place_upload(p_table text, p_rows private.upload_row[])
returns private.upload_row[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_key constant text := case p_table when 'workout_sets' then 'set_index' else 'position' end;
  v_rows private.upload_row[] := p_rows;
  v_other record;
begin
  if p_table <> 'workouts' then
    for v_other in
      select array_position(array(select sent.n from unnest(p_rows) as sent), other.n) as at, other.place
      from private.other_places(p_table, v_key, p_rows) as other
    loop
      v_rows[v_other.at].content := v_rows[v_other.at].content || jsonb_build_object(v_key, v_other.place);
    end loop;
  end if;

  return v_rows;
end;
$$;

comment on function private.place_upload(text, private.upload_row[]) is 'New rows, each with a place of its own.';
