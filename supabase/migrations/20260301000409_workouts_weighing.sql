-- Weighing: what is derived from a set, by one function for who writes it and for who checks it.

create type private.weighing as (
  is_counted          boolean,
  load_kg             numeric,
  volume_kg           numeric,
  effective_volume_kg numeric,
  e1rm_kg             numeric,
  e1rm_method         public.e1rm_method,
  e1rm_confidence     public.confidence
);

comment on type private.weighing is 'What is derived from a set, as its columns say.';

create function private.weigh(
  p_set public.workout_sets,
  p_weight_entry public.weight_entry,
  p_unilateral boolean,
  p_bodyweight_fraction numeric,
  p_status public.workout_status,
  p_formula public.e1rm_formula
)
returns private.weighing
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_weighing private.weighing;
  v_e1rm private.e1rm_estimate;
begin
  v_weighing.is_counted := p_set.completed_at is not null and p_set.set_type <> 'warmup' and p_status <> 'cancelled';
  v_weighing.load_kg := private.load_kg(
    p_set.tracking_type, p_weight_entry, p_set.weight_kg, p_bodyweight_fraction, p_set.bodyweight_kg
  );
  v_weighing.volume_kg := private.logged_volume_kg(p_set.tracking_type, p_set.weight_kg, p_set.reps);
  v_weighing.effective_volume_kg := private.effective_volume_kg(
    v_weighing.load_kg, p_set.reps, p_unilateral, p_set.side
  );

  if private.may_hold_records(p_set.set_type, p_set.parent_set_id is not null) then
    v_e1rm := private.e1rm(
      private.e1rm_load_kg(
        p_set.tracking_type, p_set.set_type, p_set.weight_kg, p_bodyweight_fraction, p_set.bodyweight_kg
      ),
      p_set.reps,
      p_set.rpe,
      p_formula
    );
  end if;

  v_weighing.e1rm_kg := v_e1rm.kg;
  v_weighing.e1rm_method := v_e1rm.method;
  v_weighing.e1rm_confidence := v_e1rm.confidence;
  return v_weighing;
end;
$$;

grant execute on function private.weigh(
  public.workout_sets, public.weight_entry, boolean, numeric, public.workout_status, public.e1rm_formula
) to authenticated, service_role;
comment on function private.weigh(
  public.workout_sets, public.weight_entry, boolean, numeric, public.workout_status, public.e1rm_formula
) is
  'What is derived from a set that has its tracking type and body weight, with what its exercise, the state of its workout and
the athlete''s formula say.';
