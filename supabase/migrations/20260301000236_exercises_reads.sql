-- One exercise in full, as the caller reads it.

create function private.exercise_calories(p_exercise public.exercises, p_bodyweight_kg numeric)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  -- One MET is one kilocalorie for a kilogram and an hour (2024 Adult Compendium of Physical Activities).
  return jsonb_build_object(
    'bodyweight_kg', p_bodyweight_kg,
    'per_minute', round(p_exercise.met * p_bodyweight_kg / 60, 2),
    'base_rate', round(p_bodyweight_kg / 60, 2)
  );
end;
$$;

grant execute on function private.exercise_calories(public.exercises, numeric) to anon, authenticated, service_role;
comment on function private.exercise_calories(public.exercises, numeric) is
  'Kilocalories a minute of a session of this exercise, rests included, for this body weight; base_rate is what the body
spends at rest, and is part of it. per_minute is null where no MET is known.';

create function public.get_exercise(
  exercise_id uuid default null,
  language text default null,
  bodyweight_kg numeric default 70
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_languages text[] := private.my_languages(get_exercise.language);
  v_exercise public.exercises;
  v_translation public.exercise_translations;
  v_texts jsonb;
begin
  if get_exercise.bodyweight_kg not between 20 and 400 then
    perform private.fail('invalid_argument', 'bodyweight_kg must be between 20 and 400');
  end if;

  select exercises.*
  into v_exercise
  from public.exercises
  where exercises.id = private.current_exercise_id(get_exercise.exercise_id);

  if not found then
    perform private.fail('exercise_not_found');
  end if;

  v_translation := private.exercise_translation(v_exercise, v_languages);
  -- A translation may have the name alone: what it leaves empty is read in the exercise's own language.
  select coalesce(jsonb_object_agg(text.key, text.value), '{}')
  into v_texts
  from jsonb_each(to_jsonb(v_translation) - '{exercise_id,created_at,updated_at}'::text[]) as text
  where v_translation.exercise_id is not null
    and text.value not in ('""', '[]');

  return to_jsonb(v_exercise) || v_texts || jsonb_build_object(
    'requested_id', get_exercise.exercise_id,
    'is_mine', private.is_my_exercise(v_exercise),
    'calories', private.exercise_calories(v_exercise, get_exercise.bodyweight_kg),
    'languages', (
      select jsonb_agg(offered.language order by offered.language)
      from (
        select v_exercise.language
        union
        select exercise_translations.language
        from public.exercise_translations
        where exercise_translations.exercise_id = v_exercise.id
      ) as offered
    ),
    'variations', coalesce((
      select jsonb_agg(to_jsonb(exercise_variations) - 'exercise_id' order by exercise_variations.name)
      from public.exercise_variations
      where exercise_variations.exercise_id = v_exercise.id
    ), '[]')
  );
end;
$$;

grant execute on function public.get_exercise(uuid, text, numeric) to anon, authenticated;
comment on function public.get_exercise(uuid, text, numeric) is
  'One exercise with everything about it: its facts, its texts in language or in that of the caller''s preferences as far as
they are translated, variations, languages, and the energy that it takes. The id of one that was merged answers the
exercise that took its place; requested_id says which was asked for. is_mine says whether the caller added it: created_by
is null for what is approved.
Fails with exercise_not_found or invalid_argument.';
