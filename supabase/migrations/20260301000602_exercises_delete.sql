-- Deletion: an exercise that nobody trained with goes; one with history is only put away, so that the history stays whole.

insert into private.error_codes (code, status, message, hint)
values
  ('exercise_in_use', 409, 'Workouts, records or templates have this exercise.',
   'Switch is_active off, or call delete_exercise, which puts it away; history keeps it either way.');

-- definer: others may have trained with it while it was offered, which its creator cannot see.
create function private.is_exercise_used(p_exercise_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from public.workout_exercises where workout_exercises.exercise_id = p_exercise_id)
    or exists (select from public.personal_records where personal_records.exercise_id = p_exercise_id)
    or exists (select from public.exercise_stats where exercise_stats.exercise_id = p_exercise_id)
    or exists (select from public.template_exercises where template_exercises.planned_exercise_id = p_exercise_id)
    or exists (select from public.template_exercises where template_exercises.alternatives @> array[p_exercise_id])
    or exists (select from public.exercises where exercises.id = p_exercise_id and exercises.merged_into is not null);
$$;

grant execute on function private.is_exercise_used(uuid) to authenticated, service_role;
comment on function private.is_exercise_used(uuid) is 'Whether anybody''s history or a template has the exercise, or its id means another one.';

create function private.tg_exercises__keep_used()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if private.is_exercise_used(old.id) then
    perform private.fail('exercise_in_use', old.id::text);
  end if;

  return old;
end;
$$;

comment on function private.tg_exercises__keep_used() is
  'Fails with exercise_in_use where a foreign key would at the end of the transaction. An account that goes takes its
exercises along with the history that has them.';

create trigger _200_keep_used
  before delete on public.exercises
  for each row
  when (current_user in ('authenticated', 'service_role'))
  execute function private.tg_exercises__keep_used();

-- definer: admins take away what they could not read, which is written down first. Who may, the second statement says.
create function private.delete_exercise(p_exercise_id uuid)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id constant uuid := private.current_user_id();
  v_exercise public.exercises;
  v_is_own boolean;
begin
  select exercises.*
  into v_exercise
  from public.exercises
  where exercises.id = p_exercise_id
  for no key update;

  v_is_own := v_exercise.created_by = v_user_id and v_exercise.review_status <> 'approved';

  if v_exercise.id is null or (v_is_own is not true and not private.is_admin()) then
    perform private.fail('exercise_not_found');
  elsif v_is_own is not true then
    perform private.audit_exercise('exercise_deleted', v_exercise);
  end if;

  begin
    delete from public.exercises
    where exercises.id = v_exercise.id
      and not private.is_exercise_used(v_exercise.id);

    if found then
      return 'deleted';
    end if;
  exception
    when foreign_key_violation or restrict_violation then
      null;
  end;

  update public.exercises
  set is_active = false
  where exercises.id = v_exercise.id;

  return 'retired';
end;
$$;

grant execute on function private.delete_exercise(uuid) to authenticated;
comment on function private.delete_exercise(uuid) is 'Does the work of public.delete_exercise.';

create function public.delete_exercise(exercise_id uuid default null)
returns text
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.delete_exercise(exercise_id);
$$;

grant execute on function public.delete_exercise(uuid) to authenticated;
comment on function public.delete_exercise(uuid) is
  'Takes an exercise out of every list: one''s own until it is approved, any for an admin. Answers deleted, or retired when
history or templates have it, where it stays readable. What an admin does so is in the creator''s access log.
Fails with not_authenticated or exercise_not_found.';
