-- Substitutes: what can stand in for an exercise.

create function private.usable_equipment(p_available public.equipment[])
returns public.equipment[]
language sql
immutable
strict
security invoker
set search_path = ''
as $$
  select p_available || '{bodyweight}'::public.equipment[]
    || case when 'adjustable_bench' = any (p_available) then '{flat_bench}' else '{}' end::public.equipment[];
$$;

grant execute on function private.usable_equipment(public.equipment[]) to anon, authenticated, service_role;
comment on function private.usable_equipment(public.equipment[]) is
  'What can be used by somebody who has this equipment: the body always, and an adjustable bench as a flat one.';

create function public.similar_exercises(
  exercise_id uuid,
  equipment public.equipment[] default null,
  "limit" integer default 10
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(similar_exercises."limit", 50);
  v_usable public.equipment[] := private.usable_equipment(similar_exercises.equipment);
  v_target public.exercises;
begin
  select exercises.*
  into v_target
  from public.exercises
  where exercises.id = similar_exercises.exercise_id;

  if not found then
    perform private.fail('not_found', 'exercise_id');
  end if;

  return jsonb_build_object('items', coalesce((
    select jsonb_agg(
      private.exercise_card(exercises) || jsonb_build_object(
        'reasons', array_remove(array[
          case when near.shared_share = 1 then 'same_primary_muscles' else 'shared_primary_muscles' end,
          case when exercises.movement_pattern = v_target.movement_pattern then 'same_movement' end,
          case when exercises.difficulty < v_target.difficulty then 'easier' end,
          case when exercises.difficulty > v_target.difficulty then 'harder' end,
          case when v_usable is not null then 'fits_equipment' end
        ], null)
      )
      order by near.likeness desc, exercises.name, exercises.id
    )
    from (
      select
        other.id,
        shared.share as shared_share,
        -- Muscles first, then the movement, then the kind of work.
        shared.share * 4
          + assisting.share
          + case when other.movement_pattern = v_target.movement_pattern then 2 else 0 end
          + case when (other.movement_pattern, other.direction) = (v_target.movement_pattern, v_target.direction)
              then 1 else 0 end
          + case when other.exercise_type = v_target.exercise_type then 1 else 0 end
          + case when other.mechanic = v_target.mechanic then 0.5 else 0 end
          + case when other.tracking_type = v_target.tracking_type then 0.5 else 0 end
          + case when other.unilateral = v_target.unilateral then 0.25 else 0 end
          - case when other.difficulty = v_target.difficulty then 0 else 0.5 end as likeness
      from public.exercises as other
      cross join lateral (
        select count(*)::numeric / greatest(cardinality(other.primary_muscles), cardinality(v_target.primary_muscles))
        from unnest(other.primary_muscles) as muscle
        where muscle = any (v_target.primary_muscles)
      ) as shared (share)
      cross join lateral (
        select count(*)::numeric
          / greatest(cardinality(other.secondary_muscles), cardinality(v_target.secondary_muscles), 1)
        from unnest(other.secondary_muscles) as muscle
        where muscle = any (v_target.secondary_muscles)
      ) as assisting (share)
      where other.primary_muscles && v_target.primary_muscles
        and other.id <> v_target.id
        and other.is_active
        -- The policy says so too; said here, two indexes serve it, however many exercises others keep to themselves.
        and (other.popularity > 0 or other.created_by = (select auth.uid()))
        and (other.exercise_type in ('mobility', 'cardio')) = (v_target.exercise_type in ('mobility', 'cardio'))
        and (v_usable is null or other.equipment <@ v_usable)
      order by likeness desc, other.name, other.id
      limit v_limit
    ) as near
    join public.exercises using (id)
  ), '[]'), 'next_cursor', null);
end;
$$;

grant execute on function public.similar_exercises(uuid, public.equipment[], integer) to anon, authenticated;
comment on function public.similar_exercises(uuid, public.equipment[], integer) is
  'Exercises that can stand in for one, best first, each with its reasons; with equipment, only what can be done with it.
Answers {items, next_cursor}; the list is short and has one page. Fails with not_found or invalid_limit.';
