-- Redirects: an exercise that was merged into another keeps its id, which means the other one from then on.

-- definer: the exercise that an id now stands for may be asked by those who see only the other one.
create function private.current_exercise_id(p_exercise_id uuid)
returns uuid
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    (select exercises.merged_into from public.exercises where exercises.id = p_exercise_id),
    p_exercise_id
  );
$$;

grant execute on function private.current_exercise_id(uuid) to anon, authenticated, service_role;
comment on function private.current_exercise_id(uuid) is
  'The exercise that an id stands for: the one it was merged into, or itself. Tells nothing of what is not merged.';

create function private.tg__redirect_exercise()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.exercise_id := private.current_exercise_id(new.exercise_id);
  return new;
end;
$$;

comment on function private.tg__redirect_exercise() is
  'Takes an exercise that was merged for the one that took its place: who was offline knows the old id alone.';
