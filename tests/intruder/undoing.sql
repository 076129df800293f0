-- What a request over HTTP writes is undone at the very end, so that one world answers every question as it was made. Only
-- on a stack of the intruder's own: what is let through is then answered with PT418, and what is refused as ever.

create schema intruder;
grant usage on schema intruder to anon, authenticated, service_role;

create table intruder.requests (at timestamptz not null default now());

create function intruder.undo()
returns trigger
language plpgsql
as $$
begin
  raise sqlstate 'PT418' using message = 'undone';
end;
$$;

create constraint trigger _900_undo
  after insert on intruder.requests
  deferrable initially deferred
  for each row execute function intruder.undo();

create function intruder.pre_request()
returns void
language plpgsql
security definer
as $$
begin
  perform private.pre_request();

  if current_setting('transaction_read_only') = 'off' and current_setting('request.headers')::jsonb ? 'x-undo' then
    insert into intruder.requests default values;
  end if;
end;
$$;

alter role authenticator set pgrst.db_pre_request = 'intruder.pre_request';
notify pgrst, 'reload config';
