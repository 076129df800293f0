-- Body weight: what an athlete weighed when they trained.

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
