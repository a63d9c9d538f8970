-- What a lead runs at the database looks rows up by their keys, so its plans do not depend on the keys. PostgreSQL would
-- plan each statement anew for the first five runs of a connection; it is told to keep the first plan.

alter function ops.accept_lead(text, text, uuid, interval, boolean, boolean, jsonb, jsonb, interval, interval, interval)
    set plan_cache_mode = 'force_generic_plan';
alter function ops.recall_and_acquire set plan_cache_mode = 'force_generic_plan';
alter function ops.settle_and_acquire set plan_cache_mode = 'force_generic_plan';
alter function ops.persist_profile set plan_cache_mode = 'force_generic_plan';
alter function ops.complete_delivery set plan_cache_mode = 'force_generic_plan';

-- As in 0012_persist_profile.sql, in a language that keeps its plans.
create or replace function core.store_contacts(p_party_id uuid, provider_name text, contacts jsonb) returns void
    language plpgsql as $$
begin
    update core.party_contacts c
    set valid_to = now(), is_primary = false, updated_at = now()
    where c.party_id = p_party_id and c.source = provider_name and c.valid_to is null
      and (c.kind, c.value_normalized) not in (
          select n.kind, n.value from core.listed_contacts(contacts) n);

    update core.party_contacts c
    set is_primary = false, updated_at = now()
    where c.party_id = p_party_id and c.is_primary
      and exists (select from core.listed_contacts(contacts) n
                  where n.kind = c.kind and n.place = 1 and n.value <> c.value_normalized);

    insert into core.party_contacts as c
        (contact_id, party_id, contact_type, value, is_primary, is_whatsapp, source, confidence, metadata)
    select n.contact_id, p_party_id, n.contact_type, n.value, n.place = 1, n.is_whatsapp, provider_name,
           n.confidence, n.metadata
    from core.listed_contacts(contacts) n
    order by n.kind, n.value
    on conflict (party_id, kind, value_normalized) do update
        set is_primary = excluded.is_primary, is_whatsapp = excluded.is_whatsapp, source = excluded.source,
            confidence = excluded.confidence, metadata = excluded.metadata, valid_to = null,
            updated_at = now();
end $$;
