-- Audit, verified: whether the log is what was written, and what is kept of it outside of the database, so that nobody who
-- has the tables can take away their end unseen.

-- Verifying ------------------------------------------------------------------------------------------------------------

create function private.verify_audit_log(
  p_from date default '-infinity',
  p_to date default 'infinity',
  p_kept_day date default null,
  p_kept_hash bytea default null
)
returns table (day date, sequence integer, problem text)
language sql
stable
security invoker
set search_path = ''
as $$
  with chained as (
    select
      audit_days.day,
      audit_days.previous_hash,
      audit_days.entry_count,
      audit_days.last_hash,
      lag(audit_days.last_hash) over (order by audit_days.day) as hash_of_day_before
    from private.audit_days
  ),
  entry as (
    select
      audit_log as written,
      audit_log.day,
      chained.day is null as is_of_no_day,
      audit_log.sequence,
      audit_log.hash,
      lag(audit_log.sequence, 1, 0) over by_day as sequence_before,
      lag(audit_log.hash, 1, chained.previous_hash) over by_day as hash_before
    from private.audit_log
    left join chained using (day)
    where audit_log.day between p_from and p_to
    window by_day as (partition by audit_log.day order by audit_log.sequence)
  )
  select entry.day, entry.sequence, case
    when entry.is_of_no_day then 'the day of this entry is missing'
    when entry.sequence <> entry.sequence_before + 1 then 'entries before this one are missing'
    else 'this entry, or the one before it, is not what was written'
  end
  from entry
  where entry.is_of_no_day
    or entry.sequence <> entry.sequence_before + 1
    or entry.hash <> private.audit_hash(entry.hash_before, entry.written)
  union all
  select chained.day, chained.entry_count, 'the last entries of the day are missing or were added'
  from chained
  left join lateral (
    select entry.sequence, entry.hash
    from entry
    where entry.day = chained.day
    order by entry.sequence desc
    limit 1
  ) as latest on true
  where chained.day between p_from and p_to
    and (chained.entry_count, chained.last_hash)
      <> (coalesce(latest.sequence, 0), coalesce(latest.hash, chained.previous_hash))
  union all
  select chained.day, 0, 'the day does not continue the one before it'
  from chained
  where chained.day between p_from and p_to
    and chained.previous_hash <> coalesce(chained.hash_of_day_before, sha256(''))
  union all
  select p_kept_day, null, 'the entry whose hash was kept is not there any more'
  where p_kept_hash is not null
    and not exists (
      select from private.audit_log where audit_log.day = p_kept_day and audit_log.hash = p_kept_hash
    )
  order by 1, 2;
$$;

grant usage on type private.audit_log to service_role;
comment on function private.verify_audit_log(date, date, date, bytea) is
  'Every place where the log is not what was written, first to last; no rows when it is whole. Reads the days'' entries once.
Whoever rewrites both tables with new hashes, or takes away their end, is found by a day and a hash that were kept elsewhere.';

-- The witness ----------------------------------------------------------------------------------------------------------

create function private.publish_audit_head()
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_day private.audit_days;
begin
  select audit_days.*
  into v_day
  from private.audit_days
  order by audit_days.day desc
  limit 1;

  if found then
    raise log 'audit log: day %, % entries, hash %', v_day.day, v_day.entry_count, encode(v_day.last_hash, 'hex');
  end if;
end;
$$;

comment on function private.publish_audit_head() is
  'Says in the log of the server, which no statement can change, where the audit log stands.';

create function private.check_audit_log()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_problems bigint := (select count(*) from private.verify_audit_log());
begin
  if v_problems > 0 then
    raise warning 'audit log: % places are not what was written', v_problems;
  end if;

  perform private.audit('audit_log_checked', null, jsonb_build_object('problems', v_problems));
  return v_problems;
end;
$$;

comment on function private.check_audit_log() is
  'Verifies the whole log, writes into it how many places are not what was written, and answers that. Reads all of it.';

create function private.audit_state()
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'checked_at', checked.at, 'problems', checked.problems,
    'day', ended.day, 'entries', ended.entry_count, 'hash', encode(ended.last_hash, 'hex')
  )
  from (select) as always
  left join lateral (
    select audit_log.at, (audit_log.details ->> 'problems')::bigint as problems
    from private.audit_log
    where audit_log.action = 'audit_log_checked'
    order by audit_log.day desc, audit_log.sequence desc
    limit 1
  ) as checked on true
  left join lateral (
    select audit_days.*
    from private.audit_days
    where audit_days.day < (now() at time zone 'UTC')::date
    order by audit_days.day desc
    limit 1
  ) as ended on true;
$$;

comment on function private.audit_state() is
  'When the log was verified last and what was found, and the last day that is over, with its hash: {checked_at, problems, day,
entries, hash}, each null where there is none.';

select cron.schedule('publish-audit-head', '7 * * * *', 'select private.publish_audit_head()');
select cron.schedule('check-audit-log', '17 3 * * *', 'select private.check_audit_log()');
