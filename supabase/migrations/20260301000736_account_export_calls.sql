-- Export, the calls of the edge function account: begin, read page by page, end. They are the backend's, for a person whom
-- the function has checked and counted: a lifetime of training takes longer to copy than a person's own statement may run.

-- definer: pages are written by nobody but the export, which reads every table on its line of personal_data.
create function private.begin_export(p_user_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_export_id uuid := private.uuid_v7();
  v_claims constant text := current_setting('request.jwt.claims', true);
  v_pages jsonb;
begin
  -- One export at a time: two that begin at once would keep two copies.
  perform from public.profiles where profiles.user_id = p_user_id for no key update;

  if not found then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  delete from private.export_pages
  where export_pages.user_id = p_user_id;

  with written as (
    insert into private.export_pages (user_id, export_id, page, relation, row_count, rows)
    select p_user_id, v_export_id, row_number() over (order by found.relation, found.page), found.relation,
      found.row_count, found.rows
    from private.export_rows(p_user_id) as found
    returning export_pages.page, export_pages.relation, export_pages.row_count
  )
  select jsonb_agg(
    jsonb_build_object('page', written.page, 'relation', written.relation, 'rows', written.row_count)
    order by written.page
  )
  into v_pages
  from written;

  -- Last, because whoever else writes to the log waits from here on; in the name of the person, who asked for it.
  perform set_config('request.jwt.claims', jsonb_build_object('sub', p_user_id, 'role', 'authenticated')::text, true);
  perform private.audit('account_exported', p_user_id);
  perform set_config('request.jwt.claims', coalesce(v_claims, ''), true);
  return jsonb_build_object('export_id', v_export_id, 'user_id', p_user_id, 'taken_at', now(), 'pages', v_pages);
end;
$$;

grant execute on function private.begin_export(uuid) to service_role;
comment on function private.begin_export(uuid) is 'What begin_export does.';

-- definer: pages are readable by nobody; this gives one of the person's own.
create function private.export_page(p_user_id uuid, p_export_id uuid, p_page integer)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_rows text;
begin
  select export_pages.rows
  into v_rows
  from private.export_pages
  where export_pages.user_id = p_user_id
    and export_pages.export_id = p_export_id
    and export_pages.page = p_page;

  if not found then
    perform private.fail('export_replaced');
  end if;

  return v_rows;
end;
$$;

grant execute on function private.export_page(uuid, uuid, integer) to service_role;
comment on function private.export_page(uuid, uuid, integer) is 'What export_page answers.';

-- definer: as begin_export.
create function private.end_export(p_user_id uuid, p_export_id uuid)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  delete from private.export_pages
  where export_pages.user_id = p_user_id
    and export_pages.export_id = p_export_id;
$$;

grant execute on function private.end_export(uuid, uuid) to service_role;
comment on function private.end_export(uuid, uuid) is 'What end_export does.';

create function public.begin_export(user_id uuid)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.begin_export(begin_export.user_id);
$$;

comment on function public.begin_export(uuid) is
  'For the edge function account: takes a copy of everything that is held of this user, as it is at this moment, writes down
that they took it, and answers {export_id, user_id, taken_at, pages: [{page, relation, rows}]}. A page has a megabyte or one
row. An export that was begun before is over. Fails with not_authenticated.';

create function public.export_page(user_id uuid, export_id uuid, page integer)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select private.export_page(export_page.user_id, export_page.export_id, export_page.page);
$$;

comment on function public.export_page(uuid, uuid, integer) is
  'For the edge function account: the rows of a page of this user''s export as JSON, with commas between them, as text.
Fails with export_replaced.';

create function public.end_export(user_id uuid, export_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.end_export(end_export.user_id, end_export.export_id);
$$;

comment on function public.end_export(uuid, uuid) is 'For the edge function account: forgets the copy.';
