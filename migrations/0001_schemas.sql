-- core: the party model, which dashboards and SQL of the brokerage read too. ops: this service's machinery.
create extension if not exists pg_trgm;

create schema core;
create schema ops;

-- Accents stripped, capitals, blanks squeezed. An own function, because `unaccent` is only STABLE and
-- cannot be used in a generated column or an index.
create function core.fold_text(value text) returns text
    language sql immutable strict parallel safe
    return btrim(regexp_replace(
        upper(translate(
            value,
            'áàâãäåéèêëíìîïóòôõöúùûüçñýÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝ',
            'aaaaaaeeeeiiiiooooouuuucnyAAAAAAEEEEIIIIOOOOOUUUUCNY')),
        '\s+', ' ', 'g'));

-- National digits of a Brazilian number: trunk zeros and the country code 55 dropped. 55 is an area
-- code too (Rio Grande do Sul), so it goes only while ten or eleven digits remain behind it.
create function core.national_digits(value text) returns text
    language sql immutable strict parallel safe
    return regexp_replace(
        ltrim(regexp_replace(value, '\D', '', 'g'), '0'),
        '^(?:550*)+(?=[1-9][0-9]{9,10}$)', '');

-- Of two values the newer one, unless it is empty.
create function core.newest(incoming_is_newer boolean, incoming anyelement, stored anyelement) returns anyelement
    language sql immutable parallel safe
    as $$ select case when incoming_is_newer then coalesce(incoming, stored) else coalesce(stored, incoming) end $$;
