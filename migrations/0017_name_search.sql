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

-- One page of the people whose names hold every word of a text. At most `most` of them are ranked: where there are more, or
-- where the text has no three letters in a row to look up, `truncated` says so, and there is no other page.
create function core.search_names(
    p_text text, most integer, page_size integer, after_score integer, after_id uuid,
    out truncated boolean, out has_more boolean, out ids uuid[], out names text[], out cpfs text[], out scores integer[])
    language plpgsql stable
    set jit = off
    set max_parallel_workers_per_gather = 0
    -- a bounded walk begins at the table's beginning, so that it meets the same people each time
    set synchronize_seqscans = off
    as $$
declare
    folded text := core.fold_text(normalize(p_text, NFC));
    words text[];
    holds_words text;
    candidates text;
begin
    -- a word within another one says nothing more
    select array_agg(distinct w.word) into words
    from string_to_table(folded, ' ') as w(word)
    where w.word <> '' and not exists (
        select from string_to_table(folded, ' ') as other(word)
        where other.word <> w.word and strpos(other.word, w.word) > 0);
    if words is null then
        select false, false, '{}', '{}', '{}', '{}' into truncated, has_more, ids, names, cpfs, scores;
        return;
    end if;
    select string_agg(format('p.normalized_name like %L', '%' || core.like_literal(w.word) || '%'), ' and ')
    into holds_words
    from unnest(words) as w(word);
    candidates := format(
        $sql$select p.id, p.full_name, p.normalized_name, p.cpf_cnpj from core.parties p
             where p.party_type = 'person' and %s limit %s$sql$, holds_words, most + 1);
    execute format(
        $sql$
        with candidates as (%s),
        ranked as (
            select c.*, core.name_score(c.normalized_name, $1) as score from candidates c),
        rest as (
            select r.* from ranked r
            where $2 is null
               or (-r.score, r.normalized_name collate "C", r.id)
                  > (-$2, coalesce((select p.normalized_name from core.parties p where p.id = $3), '') collate "C", $3)
            order by -r.score, r.normalized_name collate "C", r.id
            limit $4 + 1),
        page as (
            select r.* from rest r order by -r.score, r.normalized_name collate "C", r.id limit $4)
        select (select count(*) from candidates) > $5, (select count(*) from rest) > $4,
               coalesce(array_agg(p.id), '{}'), coalesce(array_agg(p.full_name), '{}'),
               coalesce(array_agg(p.cpf_cnpj), '{}'), coalesce(array_agg(p.score), '{}')
        from page p
        $sql$, candidates)
    into truncated, has_more, ids, names, cpfs, scores
    using folded, after_score, after_id, page_size, most;
    has_more := has_more and not truncated;
end $$;
