-- Welcome: one mail to whoever has shown for the first time that an address is theirs; Auth has none. It is put down in the
-- transaction that confirms the address, and a job has the edge function account send it: docs/decisions/0018-one-welcome.md.

-- Table ----------------------------------------------------------------------------------------------------------------

create table private.welcome_mails (
  user_id    uuid primary key references auth.users (id) on delete cascade,
  due_at     timestamptz not null default now(),
  attempts   smallint not null default 0,
  begun_at   timestamptz,
  ended_at   timestamptz,
  failure    text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint welcome_mails_failure_length check (char_length(failure) between 1 and 200)
);

create index welcome_mails_due_idx on private.welcome_mails (due_at) where ended_at is null;

alter table private.welcome_mails enable row level security;

create trigger _100_touch
  before update on private.welcome_mails
  for each row execute function private.tg__touch();

comment on table private.welcome_mails is
  'Whom a welcome is sent to, once. Sent: ended_at without failure. Given up: ended_at with the failure. The address is Auth''s.';
comment on column private.welcome_mails.user_id is 'Who is welcomed.';
comment on column private.welcome_mails.due_at is 'When it is tried, or tried again.';
comment on column private.welcome_mails.attempts is 'How often it was begun.';
comment on column private.welcome_mails.begun_at is 'Since when it is being sent; null while it waits. From then on nobody else begins it.';
comment on column private.welcome_mails.ended_at is 'When it was sent or given up.';
comment on column private.welcome_mails.failure is 'Why the last attempt failed, in codes: never in the mail server''s words, which name the address.';
comment on column private.welcome_mails.created_at is 'When the address was confirmed.';
comment on column private.welcome_mails.updated_at is 'When something was last done about it.';

-- Putting it down ------------------------------------------------------------------------------------------------------

-- definer: Auth confirms addresses as supabase_auth_admin, which may write nothing of ours.
create function private.tg_users__welcome()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- Shown by the code of a mail or at a provider. That an operator says so is nobody's wish to hear from us.
  if num_nonnulls(new.confirmation_sent_at, new.recovery_sent_at, new.email_change_sent_at, new.invited_at) > 0
    or exists (select from auth.identities where identities.user_id = new.id and identities.provider <> 'email')
  then
    insert into private.welcome_mails (user_id)
    values (new.id)
    on conflict (user_id) do nothing;
  end if;

  return null;
exception
  when others then
    -- Nobody is kept out for want of a welcome.
    raise warning 'no welcome: % (%)', sqlerrm, sqlstate;
    return null;
end;
$$;

comment on function private.tg_users__welcome() is
  'Puts a welcome down for a user whose address is confirmed for the first time. Never fails.';

-- An anonymous user who becomes a full one gets the address and loses the mark in either order, or at once.
create trigger _500_welcome
  after update on auth.users
  for each row
  when (
    new.email_confirmed_at is not null and not new.is_anonymous
    and (old.email_confirmed_at is null or old.is_anonymous)
  )
  execute function private.tg_users__welcome();

-- Sending, the calls of the edge function account ------------------------------------------------------------------------

-- definer: nobody reads what waits, nor addresses.
create function private.take_welcome_mail()
returns jsonb
language sql
volatile
security definer
set search_path = ''
as $$
  update private.welcome_mails
  set begun_at = now(), attempts = welcome_mails.attempts + 1
  from auth.users
  where users.id = welcome_mails.user_id
    and welcome_mails.user_id = (
      select mail.user_id
      from private.welcome_mails as mail
      where mail.ended_at is null
        and mail.begun_at is null
        and mail.due_at <= now()
        and exists (
          select
          from auth.users as addressee
          where addressee.id = mail.user_id
            and addressee.email <> ''
            and addressee.deleted_at is null
        )
      order by mail.due_at
      limit 1
      for update skip locked
    )
  returning jsonb_build_object('user_id', users.id, 'email', users.email);
$$;

grant execute on function private.take_welcome_mail() to service_role;
comment on function private.take_welcome_mail() is 'What take_welcome_mail answers.';

create function public.take_welcome_mail()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.take_welcome_mail();
$$;

comment on function public.take_welcome_mail() is
  'For the edge function account: the welcome that has been due longest, {user_id, email}, or null. It is the caller''s from
now on: nobody else is given it, also if the caller never says what became of it.';

-- definer: what became of it is written by nobody else.
create function private.end_welcome_mail(p_user_id uuid, p_failure text, p_again boolean)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update private.welcome_mails
  set
    begun_at = case when ending.waits then null else welcome_mails.begun_at end,
    ended_at = case when ending.waits then null else now() end,
    -- 4, 16, 64 and 256 minutes: a server that is down is back by then.
    due_at = case when ending.waits then now() + 4 ^ welcome_mails.attempts * interval '1 minute' else welcome_mails.due_at end,
    failure = left(p_failure, 200)
  from (
    select mail.user_id, p_failure is not null and p_again and mail.attempts < 5 as waits
    from private.welcome_mails as mail
    where mail.user_id = p_user_id
  ) as ending
  where welcome_mails.user_id = ending.user_id
    and welcome_mails.begun_at is not null
    and welcome_mails.ended_at is null;
$$;

grant execute on function private.end_welcome_mail(uuid, text, boolean) to service_role;
comment on function private.end_welcome_mail(uuid, text, boolean) is 'What end_welcome_mail does.';

create function public.end_welcome_mail(user_id uuid, failure text default null, again boolean default false)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.end_welcome_mail(end_welcome_mail.user_id, end_welcome_mail.failure, end_welcome_mail.again);
$$;

comment on function public.end_welcome_mail(uuid, text, boolean) is
  'For the edge function account: what became of a welcome that it took. Without failure it was sent. With again it is tried
anew, up to five times in all; otherwise it is given up. One that nobody took stays as it is.';

-- The job --------------------------------------------------------------------------------------------------------------

create function private.send_welcome_mails()
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Whoever took it has died since. It may have gone, and a second one would be worse than none.
  update private.welcome_mails
  set ended_at = now(), failure = 'broken off'
  where welcome_mails.ended_at is null
    and welcome_mails.begun_at < now() - interval '10 minutes';

  -- By then a welcome is none, whatever held it up.
  update private.welcome_mails
  set ended_at = now(), failure = left(concat_ws(', ', 'too late', welcome_mails.failure), 200)
  where welcome_mails.ended_at is null
    and welcome_mails.begun_at is null
    and welcome_mails.created_at < now() - interval '3 days';

  if exists (
    select
    from private.welcome_mails
    where welcome_mails.ended_at is null
      and welcome_mails.begun_at is null
      and welcome_mails.due_at <= now()
  ) then
    perform private.call_function('account/send-welcome-mails');
  end if;
end;
$$;

comment on function private.send_welcome_mails() is
  'Has the edge function account send the welcomes that are due. Gives up one that was begun and not ended for ten minutes, and
one that waits for three days.';

select cron.schedule('send-welcome-mails', '* * * * *', 'select private.send_welcome_mails()');
