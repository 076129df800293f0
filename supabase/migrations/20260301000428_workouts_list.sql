-- The list of one's workouts, latest first: how long the history is does not matter.

create function public.my_workouts(
  from_date date default null,
  to_date date default null,
  cursor text default null,
  "limit" integer default 20
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
-- Where it expects few rows the planner would rather read and sort them than walk the index backwards.
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_limit integer := private.page_size(my_workouts."limit");
  v_after jsonb := private.decode_cursor(my_workouts.cursor, array['timestamptz', 'uuid']);
  v_before_at timestamptz := coalesce((v_after ->> 0)::timestamptz, 'infinity');
  v_before_id uuid := coalesce(v_after ->> 1, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  -- A variable: below a policy an expression with coalesce is no bound of an index.
  v_from_at timestamptz := coalesce((my_workouts.from_date - 1)::timestamptz, '-infinity');
begin
  -- One upper bound: of two, the index might be walked from the later one. A day ends up to 14 hours after UTC's.
  if (my_workouts.to_date + 2)::timestamptz < v_before_at then
    v_before_at := (my_workouts.to_date + 2)::timestamptz;
    v_before_id := '00000000-0000-0000-0000-000000000000';
  end if;

  return (
    with page as (
      select
        workouts.id, workouts.name, workouts.status, workouts.template_id, workouts.timezone, workouts.started_at,
        workouts.ended_at, workouts.local_date, workouts.duration_seconds, workouts.active_seconds, workouts.location,
        workouts.set_count, workouts.rep_count, workouts.volume_kg, workouts.effective_volume_kg, workouts.average_rpe,
        workouts.records_set, workouts.calories, workouts.visibility, workouts.version,
        row_number() over (order by workouts.started_at desc, workouts.id desc) as place
      from public.workouts
      where workouts.user_id = v_user_id
        and (workouts.started_at, workouts.id) < (v_before_at, v_before_id)
        and workouts.started_at >= v_from_at
        and (my_workouts.from_date is null or workouts.local_date >= my_workouts.from_date)
        and (my_workouts.to_date is null or workouts.local_date <= my_workouts.to_date)
      order by workouts.started_at desc, workouts.id desc
      limit v_limit + 1
    )
    select jsonb_build_object(
      'items', coalesce(jsonb_agg(to_jsonb(page) - 'place' order by page.place) filter (where page.place <= v_limit), '[]'),
      'next_cursor', case when count(*) > v_limit then (
        select private.encode_cursor(jsonb_build_array(last.started_at, last.id))
        from page as last
        where last.place = v_limit
      ) end
    )
    from page
  );
exception
  when datetime_field_overflow then
    perform private.fail('invalid_argument', 'from_date and to_date must be days of the calendar');
end;
$$;

grant execute on function public.my_workouts(date, date, text, integer) to authenticated;
comment on function public.my_workouts(date, date, text, integer) is
  'The caller''s workouts that were begun, latest first, of all time or of local days from from_date to to_date: a page of the
history, or the calendar of a month. Answers {items, next_cursor}; get_workout has the exercises and sets.
Fails with not_authenticated, invalid_argument, invalid_cursor or invalid_limit.';
