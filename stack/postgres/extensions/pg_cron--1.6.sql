-- pg_cron's SQL interface. Jobs are run by stack/jobs, which is told of every change by the notification `cron_job`.
-- Rights are hosted Supabase's: `postgres` schedules through the functions and reads the table; API roles do neither.

create schema cron;

create sequence cron.jobid_seq;
create sequence cron.runid_seq;

create table cron.job (
  jobid    bigint primary key default pg_catalog.nextval('cron.jobid_seq'),
  schedule text not null,
  command  text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default pg_catalog.inet_server_port(),
  database text not null default pg_catalog.current_database(),
  username text not null default current_user,
  active   boolean not null default true,
  jobname  text,
  constraint jobname_username_uniq unique (jobname, username)
);

create table cron.job_run_details (
  jobid          bigint,
  runid          bigint primary key default pg_catalog.nextval('cron.runid_seq'),
  job_pid        integer,
  database       text,
  username       text,
  command        text,
  status         text,
  return_message text,
  start_time     timestamptz,
  end_time       timestamptz
);

alter table cron.job enable row level security;
alter table cron.job_run_details enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

create function cron.job_cache_invalidate()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_catalog.pg_notify('cron_job', '');
  return null;
end;
$$;

create trigger cron_job_cache_invalidate
  after insert or update or delete or truncate on cron.job
  for each statement execute function cron.job_cache_invalidate();

-- The number that a word of a cron field stands for: itself, or a name's place in `names` counted from `lowest`.
create function cron._number(word text, lowest integer, names text[])
returns integer
language sql
immutable
set search_path = ''
as $$
  select case
    when word ~ '^\d{1,3}$' then word::integer
    else pg_catalog.array_position(names, pg_catalog.lower(word)) - 1 + lowest
  end;
$$;

-- Whether a cron field is a list of ranges, each `*`, `a` or `a-b` with an optional step, within its bounds.
create function cron._is_field(field text, lowest integer, highest integer, names text[])
returns boolean
language sql
immutable
set search_path = ''
as $$
  select pg_catalog.bool_and(coalesce(
    part[4] is distinct from '0'
    and (
      part[1] = '*'
      or (
        cron._number(part[2], lowest, names) between lowest and highest
        and (part[3] is null or cron._number(part[3], lowest, names) between lowest and highest)
      )
    ),
    false
  ))
  from pg_catalog.unnest(pg_catalog.string_to_array(field, ',')) as item
    left join lateral pg_catalog.regexp_match(item, '^(\*|(\w+)(?:-(\w+))?)(?:/(\d{1,3}))?$') as part on true;
$$;

-- Raises unless `schedule` is one that pg_cron takes: five fields, a nickname, or 1 to 59 seconds.
create function cron._check_schedule(schedule text)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  fields text[] := pg_catalog.regexp_split_to_array(pg_catalog.btrim(schedule), '\s+');
begin
  if schedule ~* '^\s*([1-9]|[1-5]\d)\s+seconds?\s*$'
    or schedule ~* '^\s*@(yearly|annually|monthly|weekly|daily|midnight|hourly|reboot)\s*$'
    or (
      pg_catalog.cardinality(fields) = 5
      and cron._is_field(fields[1], 0, 59, '{}')
      and cron._is_field(fields[2], 0, 23, '{}')
      and (fields[3] = '$' or cron._is_field(fields[3], 1, 31, '{}'))
      and cron._is_field(fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}')
      and cron._is_field(fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')
    )
  then
    return;
  end if;
  raise exception using
    errcode = 'invalid_parameter_value',
    message = 'invalid schedule: ' || schedule,
    hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
end;
$$;

-- Raises unless the session may have jobs run as `username`. The scheduling functions run as their caller and pass its
-- name on, so that this one, which runs as the extension's owner, must not believe it: a superuser may name anybody,
-- others a role that is `postgres` or that `postgres` can become.
create function cron._check_username(username text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if (select not rolsuper from pg_catalog.pg_roles where rolname = session_user)
    and not pg_catalog.pg_has_role('postgres', username, 'member')
  then
    raise insufficient_privilege using message = 'must be superuser to schedule a job for role ' || username;
  end if;
end;
$$;

-- definer: no role but the extension's owner writes cron.job itself.
create function cron._put_job(job_name text, schedule text, command text, database text, username text, active boolean)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  id bigint;
begin
  perform cron._check_schedule(schedule);
  perform cron._check_username(username);
  insert into cron.job as job (jobname, schedule, command, database, username, active)
  values (job_name, schedule, command, database, username, active)
  on conflict on constraint jobname_username_uniq
    do update set schedule = excluded.schedule, command = excluded.command, database = excluded.database, active = excluded.active
  returning jobid into id;
  return id;
end;
$$;

-- definer: as _put_job.
create function cron._remove_job(job_id bigint, job_name text, username text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform cron._check_username(username);
  delete from cron.job as job
  where (job.jobid = job_id or job.jobname = job_name)
    and job.username = _remove_job.username;
  if not found then
    raise exception using
      errcode = 'internal_error',
      message = pg_catalog.format('could not find valid entry for job ''%s''', coalesce(job_name, job_id::text));
  end if;
  return true;
end;
$$;

-- definer: as _put_job.
create function cron._change_job(
  job_id bigint, schedule text, command text, database text, new_username text, active boolean, username text
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform cron._check_username(username);
  perform cron._check_username(coalesce(new_username, username));
  if schedule is not null then
    perform cron._check_schedule(schedule);
  end if;
  update cron.job as job
  set
    schedule = coalesce(_change_job.schedule, job.schedule),
    command = coalesce(_change_job.command, job.command),
    database = coalesce(_change_job.database, job.database),
    username = coalesce(new_username, job.username),
    active = coalesce(_change_job.active, job.active)
  where job.jobid = job_id
    and job.username = _change_job.username;
  if not found then
    raise exception using
      errcode = 'internal_error',
      message = pg_catalog.format('Job %s does not exist or you don''t own it', job_id);
  end if;
end;
$$;

create function cron.schedule(schedule text, command text)
returns bigint
language sql
strict
as $$
  select cron._put_job(null, schedule, command, pg_catalog.current_database(), current_user, true);
$$;

create function cron.schedule(job_name text, schedule text, command text)
returns bigint
language sql
as $$
  select cron._put_job(job_name, schedule, command, pg_catalog.current_database(), current_user, true);
$$;

create function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null, active boolean default true
)
returns bigint
language sql
as $$
  select cron._put_job(job_name, schedule, command, database, coalesce(username, current_user), active);
$$;

create function cron.unschedule(job_id bigint)
returns boolean
language sql
strict
as $$
  select cron._remove_job(job_id, null, current_user);
$$;

create function cron.unschedule(job_name text)
returns boolean
language sql
strict
as $$
  select cron._remove_job(null, job_name, current_user);
$$;

create function cron.alter_job(
  job_id bigint, schedule text default null, command text default null, database text default null,
  username text default null, active boolean default null
)
returns void
language sql
as $$
  select cron._change_job(job_id, schedule, command, database, username, active, current_user);
$$;

revoke all on all functions in schema cron from public;
grant usage on schema cron to postgres with grant option;
grant execute on all functions in schema cron to postgres with grant option;
grant select on cron.job to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
grant select on all sequences in schema cron to postgres;

select pg_catalog.pg_notify('cron_job', '');
