-- Who is meant by a name, or by a part of one: people whose names hold every word of a text, the best matches first.
-- docs/database/NAME_SEARCH.md tells how it ranks and what bounds it.

-- Names that begin with a text, in order. The operator class makes LIKE use it whatever the database's collation is.
create index ix_parties_name_beginning on core.parties (normalized_name text_pattern_ops) where party_type = 'person';

-- Without a list of entries still to be sorted in: each search would have to read through it.
alter index core.ix_parties_normalized_name set (fastupdate = off);

-- The pieces of two, three, four and six characters that the words of a name consist of.
-- One is looked up for each word, the longest that fits, at its end; the trigram index reads as many lists as a word has
-- letters, and longer ones.
create function core.name_pieces(name text) returns text[]
    language plpgsql immutable strict parallel safe
    as $$
declare
    pieces text[] := '{}';
    piece text;
    characters integer;
begin
    foreach characters in array '{2,3,4,6}'::integer[] loop
        for place in 1..length(name) - characters + 1 loop
            piece := substr(name, place, characters);
            if strpos(piece, ' ') = 0 then
                pieces := pieces || piece;
            end if;
        end loop;
    end loop;
    return pieces;
end $$;

create index ix_parties_name_pieces on core.parties using gin (core.name_pieces(normalized_name))
    with (fastupdate = off) where party_type = 'person';

-- How many names hold a word is estimated from a sample of them: of a hundred, the usual number, too roughly.
alter table core.parties alter column normalized_name set statistics 300;

-- A text as LIKE takes it literally.
create function core.like_literal(value text) returns text
    language sql immutable strict parallel safe
    return replace(replace(replace(value, '\', '\\'), '%', '\%'), '_', '\_');

-- How well a name answers a text, both folded: 100 the whole name; 90 to 99 it begins with the text; 70 to 89 it has the
-- text's words as whole words in their order (`in_order` is their pattern, for a name whose blanks are doubled, so that
-- neighbouring words do not have to share one); 1 to 69 by likeness alone. Not strict: so the planner writes it out in place.
create function core.name_score(name text, folded text, in_order text) returns integer
    language sql immutable parallel safe
    return case
        when name = folded then 100
        when starts_with(name, folded) then 90 + floor(9 * similarity(name, folded))::integer
        when '  ' || replace(name, ' ', '  ') || '  ' like in_order then 70 + floor(19 * similarity(name, folded))::integer
        else 1 + floor(68 * similarity(name, folded))::integer end;

-- One page of the people whose names hold every word of a text. At most `most` that hold the words are ranked, and as many
-- that begin with the text where that is not all of them; `truncated` says so, and then there is no other page.
--
-- The statements are put together with their patterns in them, because the planner has to see them. It is asked how many
-- names hold each word. Where reading the first 40,000 rows is expected to meet enough of them, and sooner than looking them
-- up would, they are read. Otherwise, or where that met too few, they are looked up: by the pieces of their words, or in the
-- trigram index where no word has four characters. A text without three letters or digits in a row cannot be looked up: only
-- names that begin with its first word are met then, the first thousand of them.
-- Volatile, because nothing else may ask for an explanation; it writes nothing.
create function core.search_names(
    p_text text, most integer, page_size integer, after_score integer, after_id uuid,
    out truncated boolean, out has_more boolean, out ids uuid[], out names text[], out cpfs text[], out scores integer[])
    language plpgsql
    set jit = off
    set max_parallel_workers_per_gather = 0
    -- it is decided below when the table is read; a word of unknown frequency must not make the planner read all of it
    set enable_seqscan = off
    as $$
declare
    folded constant text := core.fold_text(normalize(p_text, NFC));
    can_be_looked_up constant boolean := folded ~ '[A-Z0-9]{3}|\S{4}';
    words text[];
    word text;
    plan json;
    people double precision;
    -- not integers: their product would be too large for one
    pages double precision;
    share double precision;
    -- of the people: who is expected to hold all words, and the rarest that can be looked up
    hold_all double precision := 1;
    hold_rarest double precision := 1;
    is_read boolean := false;
    met text := 'core.parties';
    holds_words text;
    met_people bigint;
begin
    -- a word within another one says nothing more
    words := array(
        with distinct_words as (select distinct w.word from string_to_table(folded, ' ') as w(word) where w.word <> '')
        select w.word from distinct_words w
        where not exists (select from distinct_words other where other.word <> w.word and strpos(other.word, w.word) > 0));
    -- what the indexes leave open is compared in a way that they do not serve
    select coalesce(string_agg(format('strpos(p.normalized_name, %L) > 0', w.word), ' and '), 'false')
    into holds_words from unnest(words) as w(word);

    if can_be_looked_up then
        select greatest(c.reltuples, 0), c.relpages into people, pages
        from pg_class c where c.oid = 'core.parties'::regclass;
        if people > 40000 then
            foreach word in array words loop
                execute format(
                    'explain (format json) select from core.parties p where p.party_type = ''person'' and p.normalized_name like %L',
                    '%' || core.like_literal(word) || '%')
                into plan;
                share := least((plan #>> '{0,Plan,Plan Rows}')::double precision / people, 1);
                hold_all := hold_all * share;
                if length(word) > 2 then
                    hold_rarest := least(hold_rarest, share);
                end if;
            end loop;
            -- Measured: to look up costs a row's reading for each entry of the rarest word, and that of 60 for each
            -- person met.
            is_read := 40000 * hold_all >= 40 and least(most / hold_all, 40000) < people * hold_rarest + 60 * most;
        end if;
    elsif words <> '{}' then
        met := format(
            $sql$(select * from core.parties f
                  where f.party_type = 'person' and f.normalized_name like %L
                  order by f.normalized_name using ~<~ limit 1000)$sql$,
            core.like_literal(split_part(folded, ' ', 1)) || '%');
    end if;

    loop
        execute format(
            $sql$
            with holding as materialized (
                select p.id, p.full_name, p.normalized_name, p.cpf_cnpj from %s p
                -- the words first: nearly all are people
                where %s%s and p.party_type = 'person' limit $5 + 1),
            complete as materialized (select $6 and count(*) <= $5 as is_so from holding),
            beginning as materialized (
                select p.id, p.full_name, p.normalized_name, p.cpf_cnpj from core.parties p
                where not (select is_so from complete) and p.party_type = 'person' and p.normalized_name like %L
                order by p.normalized_name using ~<~ limit $4),
            ranked as (
                select c.*, core.name_score(c.normalized_name, $1, $7) as score
                from (select * from holding union select * from beginning) c),
            rest as (
                select r.*, count(*) over () as remaining from ranked r
                where $2 is null
                   or (-r.score, r.normalized_name collate "C", r.id)
                      > (-$2, coalesce((select p.normalized_name from core.parties p where p.id = $3), '') collate "C", $3)
                order by -r.score, r.normalized_name collate "C", r.id
                limit $4)
            select not (select is_so from complete), coalesce(max(r.remaining), 0) > $4,
                   coalesce(array_agg(r.id), '{}'), coalesce(array_agg(r.full_name), '{}'),
                   coalesce(array_agg(r.cpf_cnpj), '{}'), coalesce(array_agg(r.score), '{}'),
                   (select count(*) from holding)
            from rest r
            $sql$,
            met, holds_words,
            case
                when is_read then format(' and p.ctid < ''(%s,0)''::tid', ceil(pages * 40000 / people))
                when folded ~ '\S{4}' then format(' and core.name_pieces(p.normalized_name) @> %L::text[]', array(
                    select right(w.word, case when length(w.word) > 5 then 6 else least(length(w.word), 4) end)
                    from unnest(words) as w(word) where length(w.word) > 1))
                when can_be_looked_up then (
                    select string_agg(format(' and p.normalized_name like %L', '%' || core.like_literal(w.word) || '%'), '')
                    from unnest(words) as w(word))
                else '' end,
            core.like_literal(folded) || '%')
        into truncated, has_more, ids, names, cpfs, scores, met_people
        using folded, after_score, after_id, page_size, most, words = '{}' or can_be_looked_up and not is_read,
            '% ' || replace(core.like_literal(folded), ' ', ' % ') || ' %';
        exit when not is_read or met_people >= 20;
        is_read := false;
    end loop;
    has_more := has_more and not truncated;
end $$;

comment on function core.name_pieces(text) is 'The pieces of two, three, four and six characters that the words of a name consist of.';
comment on function core.like_literal(text) is 'A text as LIKE takes it literally.';
comment on function core.name_score(text, text, text) is 'How well a name answers a text, 1 to 100.';
comment on function core.search_names(text, integer, integer, integer, uuid) is 'One page of the people whose names hold every word of a text, the best matches first; at most some hundred are ranked.';
