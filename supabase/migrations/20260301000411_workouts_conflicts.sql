-- Conflicts: two devices of one athlete change the same thing, or one changes what the other deleted. The value that is
-- not stored, or that another replaces unseen, is kept where the athlete finds it.

insert into private.error_codes (code, status, message, hint)
values
  ('version_required', 400, 'The change does not say against which version it was made.',
   'Send the version of the row as it was read; get_workout has it.'),
  ('version_conflict', 409, 'Another device changed it first.',
   'The details have the current row. Change that, or take back the lost value with resolve_workout_conflict.'),
  ('set_deleted', 409, 'The set was deleted in the meantime.', 'Log a new set, or restore this one with resolve_workout_conflict.'),
  ('rest_not_running', 409, 'No rest is running.', 'Begin one with start_rest.'),
  ('conflict_not_found', 404, 'There is no such conflict of this user.', 'Read workout_conflicts.');

create type public.conflict_resolution as enum ('restored', 'dismissed');
comment on type public.conflict_resolution is 'What became of a kept value.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.workout_conflicts (
  id               uuid primary key default private.uuid_v7(),
  user_id          uuid not null references public.profiles (user_id) on delete cascade,
  workout_id       uuid not null,
  table_name       text not null,
  row_id           uuid not null,
  reason           text not null,
  value            jsonb not null,
  expected_version integer,
  current          jsonb,
  session_id       uuid,
  resolution       public.conflict_resolution,
  resolved_at      timestamptz,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint workout_conflicts_table_known check (table_name in ('workouts', 'workout_exercises', 'workout_sets')),
  constraint workout_conflicts_reason_known check (reason in ('refused', 'overwritten', 'deleted')),
  constraint workout_conflicts_resolved_somehow check ((resolution is null) = (resolved_at is null))
);

create index workout_conflicts_user_id_workout_id_idx on public.workout_conflicts (user_id, workout_id);
create unique index workout_conflicts_open_value_key on public.workout_conflicts (row_id, md5(value::text))
  where resolved_at is null;

alter table public.workout_conflicts enable row level security;

create policy select_own on public.workout_conflicts
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy update_own on public.workout_conflicts
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.workout_conflicts
  for delete to authenticated
  using (user_id = (select auth.uid()));

grant select, delete on public.workout_conflicts to authenticated;
grant update (resolution) on public.workout_conflicts to authenticated;

-- Keeping --------------------------------------------------------------------------------------------------------------

create function private.content_columns(p_table text)
returns text[]
language sql
immutable
security invoker
set search_path = ''
as $$
  select case p_table
    when 'workouts' then array[
      'name', 'planned_for', 'timezone', 'started_at', 'ended_at', 'location', 'mood_before', 'mood_after', 'energy',
      'notes', 'visibility', 'bodyweight_kg'
    ]
    when 'workout_exercises' then array['section', 'superset_group', 'group_type', 'notes']
    when 'workout_sets' then array[
      'parent_set_id', 'set_index', 'set_type', 'side', 'planned_weight_kg', 'planned_reps_min', 'planned_reps_max',
      'planned_duration_seconds', 'planned_distance_m', 'planned_rpe', 'planned_rest_seconds', 'planned_tempo',
      'weight_kg', 'entered_unit', 'reps', 'duration_seconds', 'distance_m', 'energy_kcal', 'average_heart_rate',
      'max_heart_rate', 'incline_percent', 'speed_mps', 'level', 'power_watts', 'floors', 'steps', 'rpe', 'rir',
      'rest_seconds', 'tempo', 'notes', 'completed_at'
    ]
  end;
$$;

grant execute on function private.content_columns(text) to authenticated, service_role;
comment on function private.content_columns(text) is
  'What an athlete writes into a row of this table: what can be changed, and lost.';

-- definer: the list is the product's word; athletes read it and resolve what is in it.
create function private.keep_conflict(
  p_table text,
  p_row jsonb,
  p_reason text,
  p_value jsonb,
  p_expected_version integer default null
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_workout_id constant uuid := coalesce(p_row ->> 'workout_id', p_row ->> 'id')::uuid;
  v_id uuid;
begin
  -- A request that is repeated does not bring back what the athlete has decided.
  select workout_conflicts.id
  into v_id
  from public.workout_conflicts
  where workout_conflicts.user_id = auth.uid()
    and workout_conflicts.workout_id = v_workout_id
    and workout_conflicts.row_id = (p_row ->> 'id')::uuid
    and workout_conflicts.reason = 'refused'
    and p_reason = 'refused'
    and workout_conflicts.value = p_value
    and workout_conflicts.expected_version is not distinct from p_expected_version
    and workout_conflicts.resolved_at is not null
  limit 1;

  if found then
    return v_id;
  end if;

  insert into public.workout_conflicts as kept (
    user_id, workout_id, table_name, row_id, reason, value, expected_version, current, session_id
  )
  values (
    auth.uid(),
    v_workout_id,
    p_table,
    (p_row ->> 'id')::uuid,
    p_reason,
    p_value,
    p_expected_version,
    case when p_row ? 'version' then p_row - 'request_hash' end,
    private.session_id()
  )
  on conflict (row_id, md5(value::text)) where resolved_at is null do update
  set reason = kept.reason
  returning kept.id into v_id;

  perform private.announce_sync(auth.uid(), v_workout_id, 'updated');
  return v_id;
end;
$$;

grant execute on function private.keep_conflict(text, jsonb, text, jsonb, integer) to authenticated, service_role;
comment on function private.keep_conflict(text, jsonb, text, jsonb, integer) is
  'Keeps a value of the caller''s that lost against a row, once, and answers the conflict''s id.';

create function private.keep_overwritten(p_table text, p_old jsonb, p_new jsonb)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_lost jsonb;
begin
  select jsonb_object_agg(key, p_old -> key)
  into v_lost
  from unnest(private.content_columns(p_table)) as key
  where p_old -> key <> p_new -> key
    and p_old -> key <> 'null';

  if v_lost is not null then
    perform private.keep_conflict(p_table, p_old, 'overwritten', v_lost);
  end if;
end;
$$;

grant execute on function private.keep_overwritten(text, jsonb, jsonb) to authenticated, service_role;
comment on function private.keep_overwritten(text, jsonb, jsonb) is
  'Keeps the values that a change replaces without saying which version it was made against.';

create function private.tg_workout_conflicts__resolve()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.resolution := coalesce(new.resolution, old.resolution);
  new.resolved_at := coalesce(old.resolved_at, case when new.resolution is not null then now() end);
  return new;
end;
$$;

comment on function private.tg_workout_conflicts__resolve() is 'Dates the resolution; what is resolved stays so.';

create trigger _100_touch
  before update on public.workout_conflicts
  for each row execute function private.tg__touch();
create trigger _200_resolve
  before update of resolution on public.workout_conflicts
  for each row execute function private.tg_workout_conflicts__resolve();
-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.workout_conflicts is
  'Values of an athlete that were not stored, or were replaced or deleted by a device that had not seen them.';
comment on column public.workout_conflicts.user_id is 'The athlete.';
comment on column public.workout_conflicts.workout_id is 'The workout; it may have been deleted.';
comment on column public.workout_conflicts.table_name is 'The table of the row.';
comment on column public.workout_conflicts.row_id is 'The row; it may have been deleted.';
comment on column public.workout_conflicts.reason is
  'refused: the value was sent and not stored. overwritten: it was stored and replaced. deleted: it went with its set.';
comment on column public.workout_conflicts.value is 'The columns that were lost.';
comment on column public.workout_conflicts.expected_version is 'The version that the change was made against, if it said so.';
comment on column public.workout_conflicts.current is 'The row as it stood then; null when it was gone.';
comment on column public.workout_conflicts.session_id is 'The session whose change it was.';
comment on column public.workout_conflicts.resolution is 'restored or dismissed; null while it is open.';
comment on column public.workout_conflicts.resolved_at is 'Since when; the policy settled_conflicts says when it goes.';
comment on policy select_own on public.workout_conflicts is 'The athlete alone.';
comment on policy update_own on public.workout_conflicts is 'The athlete dismisses it.';
comment on policy delete_own on public.workout_conflicts is 'The athlete alone.';
