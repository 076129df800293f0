-- Exercises that are merged: the rows of templates follow at once; documents keep the id, which means the kept exercise.

-- definer: rows of templates are not granted to be written, and whoever merges may not be their author.
create function private.tg_exercises__move_planned()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.template_exercises
  set exercise_id = coalesce(new.merged_into, new.id)
  where template_exercises.planned_exercise_id = new.id;

  return null;
end;
$$;

comment on function private.tg_exercises__move_planned() is
  'Lets rows of templates be of the exercise that theirs was merged into, and of their own again when that is taken back.';

create trigger _500_move_planned
  after update of merged_into on public.exercises
  for each row
  when (old.merged_into is distinct from new.merged_into)
  execute function private.tg_exercises__move_planned();
