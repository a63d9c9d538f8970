-- Who is meant by a name, or by a part of one: people whose names hold every word of a text, the best matches first.
-- docs/database/NAME_SEARCH.md tells how it ranks and what bounds it.

-- Names that begin with a text, in order. The operator class makes LIKE use it whatever the database's collation is.
create index ix_parties_name_beginning on core.parties (normalized_name text_pattern_ops) where party_type = 'person';

-- Without a list of entries still to be sorted in: each search would have to read through it.
alter index core.ix_parties_normalized_name set (fastupdate = off);

-- The pieces of two and of four characters that the words of a name consist of.
-- One is looked up for each word, the last four or, of a long one, those in its middle; the trigram index reads as many lists
-- as a word has letters, and longer ones.
create function core.name_pieces(name text) returns text[]
    language plpgsql immutable strict parallel safe
    as $$
declare
    pieces text[] := '{}';
    piece text;
begin
    for characters in 2..4 by 2 loop
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
-- The statements are put together with their patterns in them, because the planner has to see them. Where it expects one
-- name in 150 or more to hold the word, of several words one in 300, the first 40,000 are read, which is faster than to look
-- them up. Otherwise, or where that met too few, they are looked up: by their pieces where one has four characters, else in
-- the trigram index. A text without three letters or digits in a row cannot be looked up: only names that begin with its
-- first word are met then, the first thousand of them.
-- Volatile, because nothing else may ask for an explanation; it writes nothing.
create function core.search_names(
    p_text text, most integer, page_size integer, after_score integer, after_id uuid,
    out truncated boolean, out has_more boolean, out ids uuid[], out names text[], out cpfs text[], out scores integer[])
    language plpgsql
    set jit = off
    set max_parallel_workers_per_gather = 0
    -- it is decided below when the table is read; a word of unknown frequency must not make the planner read all of it
    set enable_seqscan = off
    -- reading begins at the table's beginning, so that it meets the same people each time
    set synchronize_seqscans = off
    as $$
declare
    folded constant text := core.fold_text(normalize(p_text, NFC));
    can_be_looked_up constant boolean := folded ~ '[A-Z0-9]{3}|\S{4}';
    words constant text[] := array(select distinct w.word from string_to_table(folded, ' ') as w(word) where w.word <> '');
    holds_words text;
    met text := 'core.parties';
    plan json;
    people constant double precision := (select c.reltuples from pg_class c where c.oid = 'core.parties'::regclass);
    chosen uuid[];
    met_enough boolean := false;
begin
    -- a word within another one says nothing more
    select coalesce(string_agg(format('p.normalized_name like %L', '%' || core.like_literal(w.word) || '%'), ' and '), 'false')
    into holds_words
    from unnest(words) as w(word)
    where not exists (
        select from unnest(words) as other(word) where other.word <> w.word and strpos(other.word, w.word) > 0);
    if can_be_looked_up then
        execute format('explain (format json) select from core.parties p where p.party_type = ''person'' and %s', holds_words)
        into plan;
        if people > 40000 and (plan #>> '{0,Plan,Plan Rows}')::double precision
            * (case cardinality(words) when 1 then 150 else 300 end) >= people then
            execute format(
                $sql$select array(
                    select p.id from (select * from core.parties limit 40000) p
                    where p.party_type = 'person' and %s limit %s)$sql$, holds_words, most)
            into chosen;
            met_enough := cardinality(chosen) >= 50;
        end if;
        if not met_enough and folded ~ '\S{4}' then
            -- what the pieces leave open is compared in a way that the trigram index does not serve
            select string_agg(distinct format('strpos(p.normalized_name, %L) > 0', w.word), ' and ')
                || format(' and core.name_pieces(p.normalized_name) @> %L::text[]',
                          array_agg(e.piece) filter (where e.piece <> ''))
            into holds_words
            from unnest(words) as w(word)
            cross join lateral unnest(case
                when length(w.word) > 5 then array[substr(w.word, length(w.word) / 2 - 1, 4)]
                when length(w.word) > 3 then array[right(w.word, 4)]
                when length(w.word) > 1 then array[left(w.word, 2), right(w.word, 2)]
                else array[''] end) as e(piece);
        end if;
    elsif words <> '{}' then
        met := format(
            $sql$(select * from core.parties f
                  where f.party_type = 'person' and f.normalized_name like %L
                  order by f.normalized_name using ~<~ limit 1000)$sql$,
            core.like_literal(split_part(folded, ' ', 1)) || '%');
    end if;
    if met_enough then
        met := '(select * from core.parties s where s.id = any ($8))';
        holds_words := 'true';
    end if;
    execute format(
        $sql$
        with holding as materialized (
            select p.id, p.full_name, p.normalized_name, p.cpf_cnpj from %s p
            where p.party_type = 'person' and %s limit $5 + 1),
        complete as materialized (select $6 and count(*) <= $5 as is_so from holding),
        beginning as materialized (
            select p.id, p.full_name, p.normalized_name, p.cpf_cnpj from core.parties p
            where not (select is_so from complete) and p.party_type = 'person' and p.normalized_name like %L
            order by p.normalized_name using ~<~ limit $5),
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
               coalesce(array_agg(r.cpf_cnpj), '{}'), coalesce(array_agg(r.score), '{}')
        from rest r
        $sql$, met, holds_words, core.like_literal(folded) || '%')
    into truncated, has_more, ids, names, cpfs, scores
    using folded, after_score, after_id, page_size, most, words = '{}' or can_be_looked_up and not met_enough,
        '% ' || replace(core.like_literal(folded), ' ', ' % ') || ' %', chosen;
    has_more := has_more and not truncated;
end $$;

comment on function core.name_pieces(text) is 'The pieces of two and of four characters that the words of a name consist of.';
comment on function core.like_literal(text) is 'A text as LIKE takes it literally.';
comment on function core.name_score(text, text, text) is 'How well a name answers a text, 1 to 100.';
comment on function core.search_names(text, integer, integer, integer, uuid) is 'One page of the people whose names hold every word of a text, the best matches first; at most some hundred are ranked.';
