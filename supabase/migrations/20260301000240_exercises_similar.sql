-- Substitutes: what can stand in for an exercise.

create function private.similarity_reasons(p_target public.exercises, p_other public.exercises, p_with_equipment boolean)
returns text[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return array_remove(array[
    case
      when p_other.primary_muscles @> p_target.primary_muscles and p_other.primary_muscles <@ p_target.primary_muscles
        then 'same_primary_muscles'
      else 'shared_primary_muscles'
    end,
    case when p_other.movement_pattern = p_target.movement_pattern then 'same_movement' end,
    case
      when p_other.difficulty < p_target.difficulty then 'easier'
      when p_other.difficulty > p_target.difficulty then 'harder'
    end,
    case when p_with_equipment then 'fits_equipment' end
  ], null);
end;
$$;

grant execute on function private.similarity_reasons(public.exercises, public.exercises, boolean)
  to anon, authenticated, service_role;
comment on function private.similarity_reasons(public.exercises, public.exercises, boolean) is
  'Why an exercise can stand in for another, as codes.';

create function private.similarity_in_words(p_target public.exercises, p_other public.exercises, p_reasons text[])
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select string_agg(case reason.code
    when 'same_primary_muscles' then 'Trains the same muscles (' || shared.muscles || ')'
    when 'shared_primary_muscles' then 'Trains ' || shared.muscles || ' too'
    when 'same_movement' then format(
      'with the same movement (%s)',
      concat_ws(' ', nullif(p_other.direction::text, 'none'), replace(p_other.movement_pattern::text, '_', ' '))
    )
    when 'easier' then 'is easier'
    when 'harder' then 'is harder'
    when 'fits_equipment' then 'needs only ' || replace(array_to_string(p_other.equipment, ', '), '_', ' ')
  end, ', ' order by reason.position) || '.'
  from unnest(p_reasons) with ordinality as reason (code, position)
  cross join (
    select replace(string_agg(muscle::text, ', '), '_', ' ') as muscles
    from unnest(p_target.primary_muscles) as muscle
    where muscle = any (p_other.primary_muscles)
  ) as shared;
$$;

grant execute on function private.similarity_in_words(public.exercises, public.exercises, text[])
  to anon, authenticated, service_role;
comment on function private.similarity_in_words(public.exercises, public.exercises, text[]) is
  'The same in an English sentence.';

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
  v_usable public.equipment[] := case
    when similar_exercises.equipment is not null
      then private.served_equipment(similar_exercises.equipment || '{bodyweight}'::public.equipment[])
  end;
  v_target public.exercises;
  v_languages text[] := private.my_languages(null);
begin
  select exercises.*
  into v_target
  from public.exercises
  where exercises.id = private.current_exercise_id(similar_exercises.exercise_id);

  if not found then
    perform private.fail('exercise_not_found');
  end if;

  return jsonb_build_object('items', coalesce((
    select jsonb_agg(
      private.exercise_card(exercises, v_languages) || jsonb_build_object(
        'reasons', reasons.codes,
        'reason', private.similarity_in_words(v_target, exercises, reasons.codes)
      )
      order by near.likeness desc, exercises.name, exercises.id
    )
    from (
      select
        other.id,
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
    cross join lateral (
      select private.similarity_reasons(v_target, exercises, v_usable is not null) as codes
    ) as reasons
  ), '[]'), 'next_cursor', null);
end;
$$;

grant execute on function public.similar_exercises(uuid, public.equipment[], integer) to anon, authenticated;
comment on function public.similar_exercises(uuid, public.equipment[], integer) is
  'Exercises that can stand in for one, best first, each with its reasons as codes and in words; with equipment, only what can
be done with it. Answers {items, next_cursor}; the list is short and has one page. Fails with exercise_not_found or invalid_limit.';
