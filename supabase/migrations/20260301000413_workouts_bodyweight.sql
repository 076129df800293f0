-- Body weight: what an athlete weighed when they trained. A workout begins with the weight that is known by then, so that
-- pull-ups count without being told each day; from then on it is the workout's own, for the athlete to correct or to empty.

create function private.known_bodyweight_kg(p_user_id uuid, p_at timestamptz)
returns numeric
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select workouts.bodyweight_kg
    from public.workouts
    where workouts.user_id = p_user_id
      and workouts.started_at <= p_at
      and workouts.bodyweight_kg is not null
    order by workouts.started_at desc
    limit 1
  );
end;
$$;

grant execute on function private.known_bodyweight_kg(uuid, timestamptz) to authenticated, service_role;
comment on function private.known_bodyweight_kg(uuid, timestamptz) is
  'The body weight of an athlete that was known last at a moment, in kilograms: of the latest workout until then that has one.
Null when nobody knows. The one place that looks for it; whatever else will measure body weight is asked here, too.';

create function private.bodyweight_kg(p_workout public.workouts)
returns numeric
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return p_workout.bodyweight_kg;
end;
$$;

grant execute on function private.bodyweight_kg(public.workouts) to authenticated, service_role;
comment on function private.bodyweight_kg(public.workouts) is
  'What the athlete weighed at a workout, in kilograms; null when nobody knows. The one place that decides it.';

-- An archive says what each workout had, also where that was nothing.
create function private.tg_workouts__take_bodyweight()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not private.is_restoring() then
    new.bodyweight_kg := private.known_bodyweight_kg(new.user_id, new.started_at);
  end if;

  return new;
end;
$$;

comment on function private.tg_workouts__take_bodyweight() is
  'Lets a workout that begins without a body weight take the one that was known last.';

create trigger _260_take_bodyweight
  before insert on public.workouts
  for each row
  when (new.bodyweight_kg is null and new.started_at is not null)
  execute function private.tg_workouts__take_bodyweight();
create trigger _260_take_bodyweight_planned
  before update on public.workouts
  for each row
  when (old.started_at is null and new.started_at is not null and new.bodyweight_kg is null)
  execute function private.tg_workouts__take_bodyweight();
