-- Prescriptions: what was answered to whom, with everything it was made of. What a prescription says can be had again from
-- its inputs, as long as the version of the rules is the same.

create table public.prescriptions (
  id              uuid primary key default private.uuid_v7(),
  user_id         uuid not null references public.profiles (user_id) on delete cascade,
  exercise_id     uuid references public.exercises (id) on delete set null,
  exercise_name   text not null,
  template_id     uuid not null,
  template_day_id uuid not null,
  rule_version    integer not null,
  inputs          jsonb not null,
  inputs_hash     uuid not null,
  answer          jsonb not null,
  created_at      timestamptz not null default now(),
  constraint prescriptions_inputs_key unique (user_id, template_day_id, inputs_hash, rule_version)
);

create index prescriptions_exercise_id_idx on public.prescriptions (exercise_id);
create index prescriptions_user_id_created_at_idx on public.prescriptions (user_id, created_at desc);

alter table public.prescriptions enable row level security;

create policy select_own on public.prescriptions
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select (
  id, user_id, exercise_id, exercise_name, template_id, template_day_id, rule_version, inputs, answer, created_at
) on public.prescriptions to authenticated;

-- definer: no client writes prescriptions. It stores for the caller alone, and only what the rules answer.
create function private.store_prescription(p_template_id uuid, p_template_day_id uuid, p_exercise_id uuid, p_inputs jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id constant uuid := private.current_user_id();
  v_hash constant uuid := private.request_hash(p_inputs);
  v_id uuid;
begin
  insert into public.prescriptions (
    user_id, exercise_id, exercise_name, template_id, template_day_id, rule_version, inputs, inputs_hash, answer
  )
  select
    v_user_id, exercises.id, exercises.name, p_template_id, p_template_day_id, private.rule_version(), p_inputs, v_hash,
    private.prescribe(p_inputs)
  from public.exercises
  where exercises.id = p_exercise_id
    and not exists (
      select from public.prescriptions
      where prescriptions.user_id = v_user_id
        and prescriptions.template_day_id = p_template_day_id
        and prescriptions.inputs_hash = v_hash
        and prescriptions.rule_version = private.rule_version()
    )
  on conflict on constraint prescriptions_inputs_key do nothing;

  select prescriptions.id
  into v_id
  from public.prescriptions
  where prescriptions.user_id = v_user_id
    and prescriptions.template_day_id = p_template_day_id
    and prescriptions.inputs_hash = v_hash
    and prescriptions.rule_version = private.rule_version();

  return v_id;
end;
$$;

grant execute on function private.store_prescription(uuid, uuid, uuid, jsonb) to authenticated;
comment on function private.store_prescription(uuid, uuid, uuid, jsonb) is
  'Keeps what the rules answer to these inputs, and answers its id; the same inputs again are the same row.';

comment on table public.prescriptions is
  'What next_workout asked an athlete for, exercise by exercise, and what it was made of. Nobody changes them.';
comment on column public.prescriptions.user_id is 'The athlete, who alone reads it.';
comment on column public.prescriptions.exercise_id is 'The exercise; null when it is gone.';
comment on column public.prescriptions.exercise_name is 'Its name at that time.';
comment on column public.prescriptions.template_id is 'The plan; it may be deleted meanwhile.';
comment on column public.prescriptions.template_day_id is 'The day of the plan.';
comment on column public.prescriptions.rule_version is 'The version of the rules that answered.';
comment on column public.prescriptions.inputs is
  'All that the answer depends on: rule, planned sets, last sessions, records, training max, equipment, units.';
comment on column public.prescriptions.inputs_hash is 'Of the inputs, to find them again.';
comment on column public.prescriptions.answer is 'Weights, repetitions, the reason and its code.';
comment on column public.prescriptions.created_at is 'When it was first answered.';
comment on policy select_own on public.prescriptions is 'The athlete alone.';
