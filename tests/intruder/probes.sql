-- The intruder's tools. They live in the session's own schema for temporary things and are gone with it.

create temporary table intruder_before (
  table_name text not null,
  key        text not null,
  place      text not null
);

-- From here on statements run with these claims, as the Data API runs them; nobody's are null.
create function pg_temp.act(p_claims jsonb)
returns void
language plpgsql
as $$
begin
  perform set_config('request.jwt.claims', coalesce(p_claims, '{"role": "anon"}')::text, true);
  perform set_config('role', coalesce(p_claims ->> 'role', 'anon'), true);
end;
$$;

create function pg_temp.stop_acting()
returns void
language plpgsql
as $$
begin
  perform set_config('role', 'none', true);
  perform set_config('request.jwt.claims', '', true);
end;
$$;

-- Tries each statement with these claims and undoes it. An item is {sql, after, plain}: what `sql` answers is in `answer`
-- unless it is plain and answers nothing, what the query `after` finds behind the API's back in `after`, and a refusal in
-- `error`. An item `live` has the triggers run; for the rest the policies and grants alone decide.
create function pg_temp.attempt(p_claims jsonb, p_items jsonb)
returns jsonb
language plpgsql
as $$
declare
  v_item jsonb;
  v_outcome jsonb;
  v_answer jsonb;
  v_after jsonb;
  v_message text;
  v_detail text;
  v_hint text;
  v_outcomes jsonb[] := '{}';
begin
  for v_item in select item from jsonb_array_elements(p_items) with ordinality as list (item, position) order by position loop
    v_outcome := '{}';
    v_answer := null;
    v_after := null;
    begin
      perform set_config('session_replication_role', case when v_item ? 'live' then 'origin' else 'replica' end, true);
      perform pg_temp.act(p_claims);

      if v_item ? 'plain' then
        execute v_item ->> 'sql';
      else
        execute v_item ->> 'sql' into v_answer;
      end if;

      perform pg_temp.stop_acting();

      if v_item ? 'after' then
        execute v_item ->> 'after' into v_after;
      end if;

      v_outcome := jsonb_strip_nulls(jsonb_build_object('answer', v_answer, 'after', v_after));
      raise sqlstate 'UNDO0';
    exception
      when sqlstate 'UNDO0' then
        null;
      when others then
        get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail, v_hint = pg_exception_hint;
        v_outcome := jsonb_build_object(
          'error', jsonb_build_object('code', sqlstate, 'message', v_message, 'detail', v_detail, 'hint', v_hint)
        );
    end;
    v_outcomes := v_outcomes || v_outcome;
  end loop;

  return to_jsonb(v_outcomes);
end;
$$;

-- Runs what makes a person's rows, each statement as the one it names: {actor, statement}. Claims are by actor.
create function pg_temp.make(p_claims jsonb, p_steps jsonb)
returns void
language plpgsql
as $$
declare
  v_step jsonb;
begin
  for v_step in select step from jsonb_array_elements(p_steps) with ordinality as list (step, position) order by position loop
    if p_claims ? (v_step ->> 'actor') then
      perform pg_temp.act(p_claims -> (v_step ->> 'actor'));
    end if;

    execute v_step ->> 'statement';
    perform pg_temp.stop_acting();
  end loop;
end;
$$;

-- Writes a text that is found again into every column of these rows that takes one: {table, column, forms, rows}.
-- Answers the columns whose rules take none of the forms.
create function pg_temp.plant(p_columns jsonb)
returns jsonb
language plpgsql
as $$
declare
  v_item jsonb;
  v_form text;
  v_planted boolean;
  v_refused text[] := '{}';
begin
  perform set_config('session_replication_role', 'replica', true);

  for v_item in select item from jsonb_array_elements(p_columns) as item loop
    v_planted := false;

    foreach v_form in array array(select jsonb_array_elements_text(v_item -> 'forms')) loop
      begin
        execute format(
          'update %s as t set %I = %s where %s', v_item ->> 'table', v_item ->> 'column', v_form, v_item ->> 'rows'
        );
        v_planted := true;
        exit;
      exception
        when check_violation or datatype_mismatch or generated_always or raise_exception then
          null;
      end;
    end loop;

    if not v_planted then
      v_refused := v_refused || format('%s.%s', v_item ->> 'table', v_item ->> 'column');
    end if;
  end loop;

  perform set_config('session_replication_role', 'origin', true);
  return to_jsonb(v_refused);
end;
$$;
