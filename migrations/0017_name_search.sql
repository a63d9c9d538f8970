-- Who is meant by a name, or by a part of one: people whose names hold every word of a text, the best matches first.
-- docs/database/NAME_SEARCH.md tells how it ranks and what bounds it.

-- Names that begin with a text, in order. The operator class makes LIKE use it whatever the database's collation is.
create index ix_parties_name_beginning on core.parties (normalized_name text_pattern_ops) where party_type = 'person';

-- Without a list of entries still to be sorted in: each search would have to read through it.
alter index core.ix_parties_normalized_name set (fastupdate = off);

-- A text as LIKE takes it literally.
create function core.like_literal(value text) returns text
    language sql immutable strict parallel safe
    return replace(replace(replace(value, '\', '\\'), '%', '\%'), '_', '\_');

-- How well a name answers a text, both folded: 100 the whole name; 90 to 99 it begins with the text; 70 to 89 it has the
-- text's words as whole words in their order; 1 to 69 by likeness alone.
create function core.name_score(name text, folded text) returns integer
    language sql immutable strict parallel safe
    return case
        when name = folded then 100
        when starts_with(name, folded) then 90 + floor(9 * similarity(name, folded))::integer
        -- each blank doubled, so that neighbouring words do not have to share one
        when '  ' || replace(name, ' ', '  ') || '  ' like '% ' || replace(core.like_literal(folded), ' ', ' % ') || ' %'
            then 70 + floor(19 * similarity(name, folded))::integer
        else 1 + floor(68 * similarity(name, folded))::integer end;

-- One page of the people whose names hold every word of a text. At most `most` that hold the words are ranked, and as many
-- that begin with the text where that is not all of them; `truncated` says so, and then there is no other page.
--
-- The statement is put together with its patterns in it, because the planner has to see them: it looks a rare word up in
-- the trigram index, and for one that every tenth name holds it reads the table until it has met enough of them, which is
-- then the faster way. A text without three letters or digits in a row cannot be looked up: only names that begin with its
-- first word are met then, the first `walk` of them.
create function core.search_names(
    p_text text, most integer, walk integer, page_size integer, after_score integer, after_id uuid,
    out truncated boolean, out has_more boolean, out ids uuid[], out names text[], out cpfs text[], out scores integer[])
    language plpgsql stable
    set jit = off
    set max_parallel_workers_per_gather = 0
    -- a walk begins at the table's beginning, so that it meets the same people each time
    set synchronize_seqscans = off
    as $$
declare
    folded constant text := core.fold_text(normalize(p_text, NFC));
    can_be_looked_up constant boolean := folded ~ '[A-Z0-9]{3}';
    holds_words text;
    met text := 'core.parties';
begin
    -- a word within another one says nothing more
    select string_agg(format('p.normalized_name like %L', '%' || core.like_literal(w.word) || '%'), ' and ')
    into holds_words
    from (select distinct word from string_to_table(folded, ' ') as s(word)) w
    where w.word <> '' and not exists (
        select from string_to_table(folded, ' ') as other(word)
        where other.word <> w.word and strpos(other.word, w.word) > 0);
    if not can_be_looked_up then
        met := format(
            $sql$(select * from core.parties f
                  where f.party_type = 'person' and f.normalized_name like %L
                  order by f.normalized_name using ~<~ limit %s)$sql$,
            core.like_literal(split_part(folded, ' ', 1)) || '%', walk);
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
            select c.*, core.name_score(c.normalized_name, $1) as score
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
        $sql$, met, coalesce(holds_words, 'false'), core.like_literal(folded) || '%')
    into truncated, has_more, ids, names, cpfs, scores
    using folded, after_score, after_id, page_size, most, can_be_looked_up or holds_words is null;
    has_more := has_more and not truncated;
end $$;
