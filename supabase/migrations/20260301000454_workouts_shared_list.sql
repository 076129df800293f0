-- The list of what friends share, latest first. What it costs follows from the number of friends and of workouts shared
-- by name, not from how long anybody's history is.

-- definer: reads workouts of others; every one of the page is asked about in shown_workouts.
create function private.shared_page(p_before_at timestamptz, p_before_id uuid, p_count integer)
returns setof public.workouts
language sql
stable
security definer
set search_path = ''
rows 20
as $$
  with candidate as materialized (
    select latest.*
    from private.befriended_ids() as friend_id
    cross join lateral (
      select workouts.id, workouts.user_id, workouts.started_at
      from public.workouts
      where workouts.user_id = friend_id
        and workouts.visibility <> 'private'
        and workouts.status in ('in_progress', 'completed')
        and (workouts.started_at, workouts.id) < (p_before_at, p_before_id)
      order by workouts.started_at desc, workouts.id desc
      limit p_count
    ) as latest
    union
    select workouts.id, workouts.user_id, workouts.started_at
    from public.workout_shares
    join public.workouts on workouts.id = workout_shares.workout_id
    where workout_shares.user_id = auth.uid()
      and workouts.status in ('in_progress', 'completed')
      and (workouts.started_at, workouts.id) < (p_before_at, p_before_id)
      and workout_shares.owner_id in (select private.befriended_ids())
  ),
  latest as (
    select candidate.*
    from candidate
    order by candidate.started_at desc, candidate.id desc
    offset 0
  ),
  -- From the latest on, until the page is full: whose card and settings show them.
  page as materialized (
    select latest.id
    from latest
    join public.profiles on profiles.user_id = latest.user_id
    join public.preferences on preferences.user_id = latest.user_id
    where profiles.visibility <> 'private'
      and preferences.workout_sharing
    order by latest.started_at desc, latest.id desc
    limit p_count
  )
  select workouts.*
  from private.shown_workouts(array(select page.id from page)) as shown
  join public.workouts on workouts.id = shown.id;
$$;

grant execute on function private.shared_page(timestamptz, uuid, integer) to authenticated;
comment on function private.shared_page(timestamptz, uuid, integer) is
  'So many workouts that friends share with the caller, the latest before a moment and id.';

create function public.shared_workouts(cursor text default null, "limit" integer default 20)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_limit integer := private.page_size(shared_workouts."limit");
  v_after jsonb := private.decode_cursor(shared_workouts.cursor, array['timestamptz', 'uuid']);
begin
  return (
    with page as (
      select
        workouts.id, workouts.user_id, profiles.username, profiles.display_name, profiles.avatar_path, workouts.name,
        workouts.status, workouts.timezone, workouts.started_at, workouts.ended_at, workouts.local_date,
        workouts.duration_seconds, workouts.active_seconds, workouts.location, workouts.set_count, workouts.rep_count,
        workouts.volume_kg, workouts.visibility,
        row_number() over (order by workouts.started_at desc, workouts.id desc) as place
      from private.shared_page(
        coalesce((v_after ->> 0)::timestamptz, 'infinity'),
        coalesce((v_after ->> 1)::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
        v_limit + 1
      ) as workouts
      join public.profiles on profiles.user_id = workouts.user_id
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
end;
$$;

grant execute on function public.shared_workouts(text, integer) to authenticated;
comment on function public.shared_workouts(text, integer) is
  'What friends share with the caller, those in progress too, latest first, with whose it is: {items, next_cursor}.
get_workout has the exercises and sets. Fails with not_authenticated, invalid_cursor or invalid_limit.';
