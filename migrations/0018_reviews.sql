-- Going back to the version before this one: it lets leads with a review wait (40001 in its T2), and cannot read what is
-- held. Before its first start: delete from ops.lookups where value ? 'held'; truncate ops.reviews; and set
-- ops.leads.correction_due to false. What was decided is lost with that.
--
-- Doubtful identities wait for a person; who was turned down for a contact is never proposed for it again; and the CRM
-- may be told in a short note that nobody could be made out, or that an earlier message was about somebody else.

alter table ops.reviews
    add column contact_fingerprint bytea,
    add column score   smallint constraint ck_reviews_score check (score between 0 and 100),
    add column reasons text[]   not null default '{}',
    add column taken_back boolean not null default false;
create index ix_reviews_candidates on ops.reviews using gin (candidates jsonb_path_ops);
create index ix_lookups_held on ops.lookups (key_hash) where value ? 'held';
create index ix_reviews_lead on ops.reviews (lead_id, created_at);
create index ix_reviews_created on ops.reviews (created_at, review_id);
comment on table ops.reviews is 'A doubtful identity, for a person to decide; one undecided at most per lead. Personal data: CPFs and names of the candidates; once it is decided, of the chosen one alone. Kept: until deleted; an undecided one goes when the lead ends otherwise, all of them when the person is suppressed.';
comment on column ops.reviews.candidates is 'The candidates with their evidence, best first: cpf, name, profile_name, cpf_hash, contact_hashes (keyed, hex), named_by, matched_by, agreement, score, reasons.';
comment on column ops.reviews.chosen is 'Which of the candidates, from 1, when the decision is choose.';
comment on column ops.reviews.contact_fingerprint is 'Of the lead''s details it is about (as ops.leads.contact_fingerprint); a decision holds while they stay the same.';
comment on column ops.reviews.score is 'How much speaks for the best candidate, 0 to 100: an order, no probability.';
comment on column ops.reviews.reasons is 'What speaks for and against, as codes.';
comment on column ops.reviews.taken_back is 'The rejection took back a choice: it is about the chosen one alone, and the lead is looked at anew.';
comment on column ops.reviews.decided_by is 'The name of the key, or of whoever gave it on the command line.';
comment on table ops.rejected_matches is 'A person turned down for a contact, never to be proposed for it again. Personal data: keyed hashes, which only PRIVACY_KEY ties to a person. Kept: until deleted.';
comment on column ops.lookups.value is 'The candidates; of a profile only its party_id, or, while a review waits for it, the allow-listed payload (held); of an answer that may not be kept only why.';

alter table ops.leads add column correction_due boolean not null default false;
comment on column ops.leads.state is 'Where it is. budget_hold is not written yet.';
comment on column ops.leads.correction_due is 'The broker read a message about somebody who was turned down since, and has to be told.';

alter table ops.outbox
    add column ends_as    text not null default 'completed'
        constraint ck_outbox_ends_as check (ends_as in ('completed', 'review', 'unidentified')),
    add column end_reason text;
comment on column ops.outbox.ends_as is 'What the lead becomes once this is delivered. completed: a message about its person; the others: a note without personal data.';
comment on column ops.outbox.end_reason is 'Why, as a code; null for a message about a person.';

create table ops.daily_alerts (
    kind   text        constraint pk_daily_alerts primary key
        constraint ck_daily_alerts_kind check (kind in ('reviews_waiting', 'held_profiles')),
    due_at timestamptz not null default now()
);
insert into ops.daily_alerts (kind) values ('reviews_waiting'), ('held_profiles');
comment on table ops.daily_alerts is 'What is done by one instance now and then: a person is told of waiting reviews, once a day; profiles that no review waits for any more are dropped. Personal data: none.';
comment on column ops.daily_alerts.due_at is 'Not before this moment is it done again.';

-- Whether somebody of a review objected or was erased, by CPF or by the contact that led to them.
create function ops.is_suppressed_candidate(candidate jsonb) returns boolean
    language sql stable
    return exists (
        select from ops.suppressions s
        where s.key_hash = decode(candidate ->> 'cpf_hash', 'hex')
           or s.key_hash in (select decode(c.hash, 'hex')
                             from jsonb_array_elements_text(candidate -> 'contact_hashes') as c (hash)));
comment on function ops.is_suppressed_candidate(jsonb) is 'Whether a candidate of a review objected or was erased, by CPF or by a contact that led to them.';

-- Whether a review still needs the profile of a CPF: an undecided one that proposes it, or one by which it was chosen, as
-- long as it is the latest of its lead.
create function ops.is_reviewed(p_cpf_hash bytea) returns boolean
    language sql stable
    return exists (
        select from ops.reviews r
        where r.candidates @> jsonb_build_array(jsonb_build_object('cpf_hash', encode(p_cpf_hash, 'hex')))
          and (r.decision is null
               or (r.decision = 'choose'
                   and r.candidates -> (r.chosen - 1) ->> 'cpf_hash' = encode(p_cpf_hash, 'hex')))
          and not exists (
              select from ops.reviews n
              where n.lead_id = r.lead_id and (n.created_at, n.review_id) > (r.created_at, r.review_id)));
comment on function ops.is_reviewed(bytea) is 'Whether a review still needs the profile of a CPF.';

-- Held profiles of these candidates that no review waits for any more.
create function ops.drop_held(candidates jsonb) returns void
    language sql
    begin atomic
        delete from ops.lookups k
        where k.value ? 'held'
          and k.key_hash in (select decode(c.item ->> 'cpf_hash', 'hex') from jsonb_array_elements(candidates) as c (item))
          and not ops.is_reviewed(k.key_hash);
    end;
comment on function ops.drop_held(jsonb) is 'Drops held profiles of candidates that no review waits for any more.';

-- As before, and a profile that is held for a review is an answer: to the lead it is held for until the review is
-- decided, to others as long as it is fresh.
create or replace function ops.cached_lookup(p_lead_id text, p_provider text, p_kind text, p_key_hash bytea)
    returns table (answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language sql stable
    begin atomic
        select case
                   when l.state = 'absent' then 'absent'
                   when l.value ? 'refused' then 'refused'
                   when l.value ? 'held' then 'held'
                   when l.kind = 'profile' then 'profile'
                   else 'candidates' end,
               coalesce(e.normalized_data, l.value -> 'refused', l.value -> 'held', l.value), e.party_id, e.enriched_at
        from ops.lookups l
        left join core.party_enrichments e
            on l.kind = 'profile' and e.party_id = (l.value ->> 'party_id')::uuid and e.provider = l.provider
        where l.provider = p_provider and l.kind = p_kind and l.key_hash = p_key_hash
          and l.state <> 'pending'
          and (l.expires_at > now() or (l.lead_id = p_lead_id and coalesce(l.value ? 'held', false)))
          and (l.lead_id = p_lead_id or l.value ->> 'refused' is distinct from 'profile_name_contradicts')
          and not (ops.is_inquiry(p_lead_id) and coalesce(l.value ->> 'refused', '')
                                                  in ('profile_name_contradicts', 'deceased'))
          and (not coalesce(l.value ? 'party_id', false) or e.party_id is not null);
    end;

-- What a person has said of a lead: the verdict of its latest review, while it is about the same details and nothing
-- newer came of the lead, and who was turned down for its contacts.
create function ops.recall_lead(p_lead_id text, p_contact_fingerprint bytea, contact_hashes bytea[]) returns jsonb
    -- Not in SQL, which would be planned anew for each lead.
    language plpgsql stable as $$
begin
    return (
        select jsonb_build_object(
            'rejected', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'contact_hash', encode(m.contact_hash, 'hex'), 'cpf_hash', encode(m.cpf_hash, 'hex'))), '[]')
                from ops.rejected_matches m where m.contact_hash = any (contact_hashes)),
            'correction_due', l.correction_due,
            'last_delivered', encode(l.message_fingerprint, 'hex'),
            'told_cpf', told.cpf,
            'verdict', (
                select case
                    when r.decision = 'choose' then jsonb_build_object(
                        'review_id', r.review_id, 'chosen', r.candidates -> (r.chosen - 1))
                    when r.decision = 'reject' and not r.taken_back and told.parties = 0
                         and (l.forced_at > r.decided_at) is not true
                        then jsonb_build_object('review_id', r.review_id) end
                from (select n.* from ops.reviews n where n.lead_id = p_lead_id
                      order by n.created_at desc, n.review_id desc limit 1) r
                where r.contact_fingerprint = p_contact_fingerprint))
        from (select min(p.cpf_cnpj) as cpf, count(*) as parties
              from core.lead_parties lp join core.parties p on p.id = lp.party_id
              where lp.lead_id = p_lead_id) told
        left join ops.leads l on l.lead_id = p_lead_id);
end $$;
comment on function ops.recall_lead(text, bytea, bytea[]) is 'What is remembered of a lead: the verdict of its latest review, who was turned down for its contacts, whom the broker was told of, and whether that was a mistake.';

-- What T2 writes, and the questions it asks.
create function ops.write_and_acquire(
    p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea,
    suppression_hashes bytea[], keys jsonb, terms jsonb)
    returns table ("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
begin
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    if exists (select from ops.suppressions s where s.key_hash = any (suppression_hashes)) then
        return query select 0, 'suppressed', null::jsonb, null::uuid, null::timestamptz;
        return;
    end if;
    update ops.leads l set contact_fingerprint = p_contact_fingerprint where l.lead_id = p_lead_id;
    insert into ops.lead_details as d
        (lead_id, name, phone, email, description, product, price_centavos, seller, campaign, source,
         crm_created_at, crm_updated_at)
    select p_lead_id, n.*
    from jsonb_to_record(details) as n (
        name text, phone text, email text, description text, product text, price_centavos bigint,
        seller text, campaign text, source text, crm_created_at timestamptz, crm_updated_at timestamptz)
    on conflict (lead_id) do update
        set name = excluded.name, phone = excluded.phone, email = excluded.email,
            description = excluded.description, product = excluded.product,
            price_centavos = excluded.price_centavos, seller = excluded.seller,
            campaign = excluded.campaign, source = excluded.source,
            crm_created_at = excluded.crm_created_at, crm_updated_at = excluded.crm_updated_at,
            fetched_at = now();
    return query select * from ops.acquire_lookups(p_lead_id, p_owner, p_run_no, keys, terms);
end $$;
comment on function ops.write_and_acquire(text, uuid, bigint, jsonb, bytea, bytea[], jsonb, jsonb) is 'What T2 writes, the fetched lead, and the questions about its contacts.';

-- All of T2 in the version before migration 18, whose instances may still run while a deploy replaces them. It knows
-- nothing of reviews: a lead that has one, or a correction due, waits for an instance that does.
create or replace function ops.acquire_contacts(
    p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea,
    suppression_hashes bytea[], keys jsonb, terms jsonb)
    returns table ("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
begin
    if exists (select from ops.reviews r where r.lead_id = p_lead_id)
       or exists (select from ops.leads l where l.lead_id = p_lead_id and l.correction_due) then
        raise exception 'a newer version runs this lead' using errcode = 'serialization_failure';
    end if;
    return query select * from ops.write_and_acquire(
        p_lead_id, p_owner, p_run_no, details, p_contact_fingerprint, suppression_hashes, keys, terms);
end $$;

-- T2 with what a person has said of the lead, as a row of its own (`recalled`, position 0). Where a verdict stands,
-- nobody is asked for the contacts.
create function ops.recall_and_acquire(
    p_lead_id text, p_owner uuid, p_run_no bigint, details jsonb, p_contact_fingerprint bytea,
    contact_hashes bytea[], suppression_hashes bytea[], keys jsonb, terms jsonb)
    returns table ("position" integer, answer text, value jsonb, party_id uuid, fetched_at timestamptz)
    language plpgsql as $$
declare
    recalled jsonb := ops.recall_lead(p_lead_id, p_contact_fingerprint, contact_hashes);
begin
    return query select 0, 'recalled', recalled, null::uuid, null::timestamptz;
    return query select * from ops.write_and_acquire(
        p_lead_id, p_owner, p_run_no, details, p_contact_fingerprint, suppression_hashes,
        case when recalled ->> 'verdict' is null then keys else '[]' end, terms);
end $$;
comment on function ops.recall_and_acquire(text, uuid, bigint, jsonb, bytea, bytea[], bytea[], jsonb, jsonb) is 'T2: the fetched lead is written down, what a person has said of it is recalled, and its contacts are asked for.';
comment on function ops.acquire_contacts(text, uuid, bigint, jsonb, bytea, bytea[], jsonb, jsonb) is 'All of T2 in the version before migration 18; refuses leads with a review.';

-- The undecided review of a lead goes, and with it the profiles that were held for it, but of those proposed again.
create function ops.close_review(p_lead_id text, proposed_again jsonb default '[]') returns void
    language plpgsql as $$
declare
    closed jsonb;
begin
    delete from ops.reviews r where r.lead_id = p_lead_id and r.decision is null returning r.candidates into closed;
    perform ops.drop_held((
        select jsonb_agg(c.item) from jsonb_array_elements(closed) as c (item)
        where not proposed_again @> jsonb_build_array(jsonb_build_object('cpf_hash', c.item ->> 'cpf_hash'))));
end $$;
comment on function ops.close_review(text, jsonb) is 'Removes the undecided review of a lead, and the profiles that were held for it alone.';

-- The undecided review of a lead: the one that is open, when it is about the same, else a new one. Candidates who
-- objected, or were turned down for the contact since this run recalled it, are left out. Answers null when nobody is
-- left.
create function ops.open_review(p_lead_id text, review jsonb) returns uuid
    language plpgsql as $$
declare
    proposed jsonb;
    review_fingerprint bytea := decode(review ->> 'contact_fingerprint', 'hex');
    opened uuid;
begin
    select jsonb_agg(c.item order by c.ordinality) into proposed
    from jsonb_array_elements(review -> 'candidates') with ordinality as c (item, ordinality)
    where not ops.is_suppressed_candidate(c.item)
      and not exists (
          select from ops.rejected_matches m
          where m.cpf_hash = decode(c.item ->> 'cpf_hash', 'hex')
            and m.contact_hash in (select decode(h.hash, 'hex')
                                   from jsonb_array_elements_text(c.item -> 'contact_hashes') as h (hash)));
    if proposed is null then
        perform ops.close_review(p_lead_id);
        perform ops.drop_held(review -> 'candidates');
        return null;
    end if;
    select r.review_id into opened from ops.reviews r
    where r.lead_id = p_lead_id and r.decision is null and r.candidates = proposed
      and r.contact_fingerprint = review_fingerprint;
    if found then
        return opened;
    end if;
    perform ops.close_review(p_lead_id, proposed);
    insert into ops.reviews (review_id, lead_id, candidates, contact_fingerprint, score, reasons, created_at)
    values ((review ->> 'review_id')::uuid, p_lead_id, proposed, review_fingerprint,
            (review ->> 'score')::smallint,
            array(select jsonb_array_elements_text(review -> 'reasons')), clock_timestamp());
    return (review ->> 'review_id')::uuid;
end $$;
comment on function ops.open_review(text, jsonb) is 'The undecided review of a lead: kept when it is about the same candidates, else new. Null when nobody is left to propose.';

-- As before, and a review that was not decided goes when the lead ends otherwise; of a suppressed person none stays. Of a
-- correction that could not be posted a person is told.
create or replace function ops.finish_lead(
    p_lead_id text, end_state text, reason text, was_sent boolean, steps jsonb) returns void
    -- Not in SQL, which would be planned anew for each lead.
    language plpgsql as $$
begin
    if end_state in ('completed', 'unidentified', 'lead_missing', 'suppressed')
       and exists (select from ops.reviews r where r.lead_id = p_lead_id and r.decision is null) then
        perform ops.close_review(p_lead_id);
    end if;
    if end_state = 'suppressed' then
        delete from ops.given_leads g
        where g.lead_id = p_lead_id
          and not exists (select from ops.leads l
                          where l.lead_id = p_lead_id and l.requested_no > l.run_no);
        delete from ops.reviews r where r.lead_id = p_lead_id;
    end if;
    if end_state in ('review', 'unidentified') then
        -- A note that the CRM refused for good is on its way no more.
        update ops.outbox o set sending_since = null where o.lead_id = p_lead_id and o.state = 'sending';
    end if;

    update ops.leads l
    set alert_at = case
            when end_state = 'delivery_unknown' and l.outcome is distinct from 'delivery_unknown'
              or reason = 'crashed_too_often'
              or (end_state = 'failed' and l.correction_due) then now()
            else l.alert_at end,
        outcome = end_state,
        message_sent = was_sent,
        timeline = steps,
        last_error = reason,
        owner = null,
        crashes = 0,
        state = case when l.requested_no > l.run_no then 'accepted' else end_state end,
        due_at = case when l.requested_no > l.run_no then now() end,
        attempts = case when l.requested_no > l.run_no then 0 else l.attempts end,
        forced_at = case when l.requested_no > l.run_no then l.forced_at end,
        finished_at = case when l.requested_no > l.run_no then null else now() end
    where l.lead_id = p_lead_id;
end $$;

-- What a lead becomes whose review has nobody left to propose.
create function ops.end_without_candidates(review jsonb) returns text
    language sql stable
    return case when exists (select from jsonb_array_elements(review -> 'candidates') as c (item)
                             where ops.is_suppressed_candidate(c.item))
                then 'suppressed' else 'unidentified' end;
comment on function ops.end_without_candidates(jsonb) is 'What a lead becomes whose review has nobody left to propose: suppressed when one of them objected, else unidentified.';

-- The end of a run that leaves a doubt: the review is opened, and what the run bought is kept for it. When nobody is
-- left to propose, it is the end that this comes to. Answers how the lead stands, and the review.
create function ops.end_in_review(
    p_lead_id text, p_owner uuid, p_run_no bigint, p_reason text, review jsonb, settled jsonb,
    absent_secs double precision, steps jsonb)
    returns table (state text, message_sent boolean, cpfs text[], reason text,
                   next_attempt_at timestamptz, finished_at timestamptz, review_id uuid)
    language plpgsql as $$
#variable_conflict use_column
declare
    opened uuid;
begin
    -- Repeated after its answer was lost, it only tells how the lead stands.
    if not exists (select from ops.leads l
                   where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null) then
        perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
        opened := ops.open_review(p_lead_id, review);
        perform from ops.end_run(
            p_lead_id, p_owner, p_run_no,
            case when opened is not null then 'review' else ops.end_without_candidates(review) end,
            case when opened is not null then p_reason
                 when ops.end_without_candidates(review) = 'unidentified' then 'rejected_before' end,
            interval '0', false, settled, absent_secs, steps, 0, 0);
        if opened is null then
            perform ops.drop_held(review -> 'candidates');
        end if;
    end if;
    return query select r.*, (select o.review_id from ops.reviews o
                              where o.lead_id = p_lead_id and o.decision is null)
                 from ops.lead_result(p_lead_id) r;
end $$;
comment on function ops.end_in_review(text, uuid, bigint, text, jsonb, jsonb, double precision, jsonb) is 'The end of a run that leaves a doubt: the review is opened, and the lead waits for a person.';

-- As before; what is queued is a message about the lead's person, unless the caller says otherwise afterwards.
create or replace function ops.queue_message(
    p_lead_id text, p_owner uuid, p_run_no bigint, p_body text, p_fingerprint bytea)
    returns table (answer text, body text, unknown_sends integer, sent_ago_secs double precision)
    language plpgsql as $$
#variable_conflict use_column
declare
    stored ops.outbox;
    is_repeated boolean;
begin
    insert into ops.outbox (lead_id, kind, body, fingerprint, state, run_no, owner, sending_since)
    values (p_lead_id, 'message', p_body, p_fingerprint, 'sending', p_run_no, p_owner, now())
    on conflict (lead_id, kind) do nothing;
    if found then
        return query select 'send', p_body, 0, null::double precision;
        return;
    end if;

    select * into strict stored from ops.outbox o where o.lead_id = p_lead_id and o.kind = 'message' for update;
    if stored.body = '' and stored.fingerprint = p_fingerprint then
        -- It was withdrawn with its person, who is back.
        update ops.outbox o set body = p_body where o.lead_id = p_lead_id and o.kind = 'message';
        stored.body := p_body;
    end if;
    if stored.state = 'sent' and stored.fingerprint = p_fingerprint then
        return query select 'unchanged', stored.body, 0, null::double precision;
        return;
    end if;
    is_repeated := stored.run_no = p_run_no and stored.fingerprint = p_fingerprint;
    if is_repeated and not stored.read_back then
        -- Repeated after its answer was lost; the message is only sent now.
        update ops.outbox o set sending_since = now() where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'send', stored.body, stored.attempts, null::double precision;
    elsif stored.state <> 'sent' and stored.fingerprint = p_fingerprint then
        -- After a send of unknown outcome no run begins before it can no longer land (due_at).
        if stored.state = 'unknown' then
            stored.sending_since := null;
        end if;
        update ops.outbox o
        set state = 'sending', owner = p_owner, run_no = p_run_no, read_back = true, due_at = null,
            sending_since = stored.sending_since, ends_as = 'completed', end_reason = null
        where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'read_back', stored.body,
                            stored.attempts + case when stored.sending_since is null then 0 else 1 end,
                            extract(epoch from now() - stored.sending_since)::double precision;
    else
        update ops.outbox o
        set body = p_body, fingerprint = p_fingerprint, state = 'sending', run_no = p_run_no, owner = p_owner,
            sending_since = now(), first_sent_at = now(), attempts = 0, read_back = false, due_at = null,
            sent_at = null, last_error = null, ends_as = 'completed', end_reason = null
        where o.lead_id = p_lead_id and o.kind = 'message';
        return query select 'send', p_body, 0, null::double precision;
    end if;
end $$;

-- As before; the lead becomes what was said when this was queued, and a mistake the broker has been told of is mended.
create or replace function ops.complete_delivery(
    p_lead_id text, p_owner uuid, p_run_no bigint, was_sent boolean, steps jsonb) returns void
    language plpgsql as $$
declare
    delivered ops.outbox;
begin
    if exists (select from ops.leads l join ops.outbox o on o.lead_id = l.lead_id
               where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null
                 and o.run_no = p_run_no and o.state = 'sent') then
        return;
    end if;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    update ops.outbox o
    set state = 'sent', sent_at = now(), owner = null, due_at = null, last_error = null
    where o.lead_id = p_lead_id and o.kind = 'message' and o.run_no = p_run_no and o.state = 'sending'
    returning * into delivered;
    if not found then
        raise exception 'no message of this run is being sent' using errcode = 'LC001';
    end if;
    update ops.leads l
    set message_fingerprint = delivered.fingerprint, correction_due = false
    where l.lead_id = p_lead_id;
    perform ops.abandon_lookups(p_lead_id);
    -- A note is no message about a person.
    perform ops.finish_lead(p_lead_id, delivered.ends_as, delivered.end_reason,
                            was_sent and delivered.ends_as = 'completed', steps);
end $$;

-- T4 of a run that accepts nobody and tells the CRM so, in a note without personal data: the review, if there is one, and
-- what came back, with the note `sending` and owned by this run. Answers suppressed or unidentified (nobody is left to
-- propose), or what queue_message answers; when the note is unchanged, the lead has ended.
create function ops.queue_note(
    p_lead_id text, p_owner uuid, p_run_no bigint, ending text, p_reason text, review jsonb, settled jsonb,
    absent_secs double precision, p_body text, p_fingerprint bytea, steps jsonb)
    returns table (answer text, body text, unknown_sends integer, sent_ago_secs double precision)
    language plpgsql as $$
#variable_conflict use_column
declare
    queued record;
begin
    -- Repeated after its answer was lost, when the unchanged note had ended the lead.
    if exists (select from ops.leads l join ops.outbox o on o.lead_id = l.lead_id and o.state = 'sent'
               where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null
                 and o.fingerprint = p_fingerprint) then
        return query select 'unchanged', p_body, 0, null::double precision;
        return;
    end if;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    perform ops.settle_lookups(p_lead_id, p_owner, settled, absent_secs, null);
    if review is not null and ops.open_review(p_lead_id, review) is null then
        return query select ops.end_without_candidates(review), null::text, 0, null::double precision;
        return;
    end if;
    select * into strict queued from ops.queue_message(p_lead_id, p_owner, p_run_no, p_body, p_fingerprint);
    if queued.answer = 'unchanged' then
        perform ops.abandon_lookups(p_lead_id);
        perform ops.finish_lead(p_lead_id, ending, p_reason, false, steps);
    else
        update ops.outbox o set ends_as = ending, end_reason = p_reason
        where o.lead_id = p_lead_id and o.kind = 'message';
    end if;
    return query select queued.answer, queued.body, queued.unknown_sends, queued.sent_ago_secs;
end $$;
comment on function ops.queue_note(text, uuid, bigint, text, text, jsonb, jsonb, double precision, text, bytea, jsonb) is 'T4 of a run that accepts nobody and tells the CRM so: the note is being sent, the review is open.';

-- A profile that was held for a review becomes that of a stored person, unless one of these hashes is of somebody who
-- objected or was erased: then the answer is null.
create function ops.store_held(held_key jsonb, bought jsonb, suppression_hashes bytea[]) returns uuid
    language plpgsql as $$
declare
    held ops.lookups;
    party uuid;
begin
    if exists (select from ops.suppressions s where s.key_hash = any (suppression_hashes)) then
        return null;
    end if;
    -- The person's row is locked before the question's, as of a person just bought.
    select * into held from ops.lookups l
    where l.provider = held_key ->> 'provider' and l.kind = 'profile'
      and l.key_hash = decode(held_key ->> 'key_hash', 'hex') and l.state = 'found';
    if not found then
        raise exception 'the profile was withdrawn meanwhile' using errcode = 'serialization_failure';
    end if;
    party := core.store_person(held.provider, bought, held.expires_at);
    update ops.lookups l set value = jsonb_build_object('party_id', party)
    where l.provider = held.provider and l.kind = held.kind and l.key_hash = held.key_hash
      and (l.value ? 'held' or l.value ->> 'party_id' = party::text);
    if not found then
        raise exception 'the profile was withdrawn meanwhile' using errcode = 'serialization_failure';
    end if;
    return party;
end $$;
comment on function ops.store_held(jsonb, jsonb, bytea[]) is 'A profile that was held for a review becomes that of a stored person; null when they objected.';

-- What was stored of a turned-down person for this lead goes: the tie, the message about them, and the person, when they
-- were stored for this lead and no other lead has them and nobody looked them up by hand. Whoever is tied to a lead had a
-- message queued in the same transaction, so the broker may have read of them. Answers whether they were tied.
create function ops.withdraw_person(p_lead_id text, p_cpf text) returns boolean
    language plpgsql as $$
declare
    party uuid;
begin
    delete from core.lead_parties lp using core.parties p
    where lp.lead_id = p_lead_id and p.id = lp.party_id and p.cpf_cnpj = p_cpf
    returning p.id into party;
    if party is null then
        return false;
    end if;
    update ops.outbox o set body = '' where o.lead_id = p_lead_id and o.ends_as = 'completed';
    -- Whoever is about to store the person for another lead holds the row.
    perform from core.parties p where p.id = party for update;
    delete from core.parties p
    where p.id = party
      and p.created_at >= (select l.first_seen_at from ops.leads l where l.lead_id = p_lead_id)
      and not exists (select from core.lead_parties o where o.party_id = party)
      and not exists (select from ops.access_log a where a.party_id = party and a.lead_id is null);
    return true;
end $$;
comment on function ops.withdraw_person(text, text) is 'Removes what was stored of a turned-down person for this lead alone. Answers whether the broker may have read of them.';

-- As before, and `person` may be {held: {provider, key_hash}, bought: …}: a profile that a review had waited for.
create or replace function ops.persist_profile(
    p_lead_id text, p_owner uuid, p_run_no bigint, suppression_hashes bytea[], person jsonb, match jsonb,
    p_body text, p_fingerprint bytea, steps jsonb)
    returns table (answer text, party_id uuid, body text, unknown_sends integer, sent_ago_secs double precision)
    language plpgsql as $$
#variable_conflict use_column
declare
    settled jsonb := coalesce(person -> 'settled', '[]');
    party   uuid;
    expiry  timestamptz;
    queued  record;
begin
    -- Repeated after its answer was lost, when the unchanged message had ended the lead.
    select lp.party_id into party
    from ops.leads l
    join ops.outbox o on o.lead_id = l.lead_id and o.state = 'sent' and o.fingerprint = p_fingerprint
    join core.lead_parties lp on lp.lead_id = l.lead_id and lp.run_no = l.run_no
    where l.lead_id = p_lead_id and l.run_no = p_run_no and l.owner is null;
    if found then
        return query select 'unchanged', party, p_body, 0, null::double precision;
        return;
    end if;
    party := (person ->> 'party_id')::uuid;
    perform ops.hold_claim(p_lead_id, p_owner, p_run_no);
    if exists (select from ops.suppressions s where s.key_hash = any (suppression_hashes)) then
        perform ops.settle_lookups(p_lead_id, p_owner, settled, 0, null);
        return query select 'suppressed', null::uuid, null::text, 0, null::double precision;
        return;
    end if;

    if person ? 'held' then
        party := ops.store_held(person -> 'held', person -> 'bought', '{}');
    elsif person ? 'bought' then
        select l.expires_at into expiry from ops.lookups l
        where l.provider = settled -> 0 ->> 'provider' and l.kind = settled -> 0 ->> 'kind'
          and l.key_hash = decode(settled -> 0 ->> 'key_hash', 'hex');
        party := core.store_person(settled -> 0 ->> 'provider', person -> 'bought', expiry);
        perform ops.settle_lookups(p_lead_id, p_owner, settled, 0, party);
    else
        perform from core.parties p where p.id = party for key share;
        if not found then
            raise exception 'the party was erased meanwhile' using errcode = 'serialization_failure';
        end if;
    end if;

    -- The CRM may have been told of somebody else: owed until it is told of this person.
    update ops.leads l set correction_due = true
    where l.lead_id = p_lead_id
      and exists (select from core.lead_parties lp where lp.lead_id = p_lead_id and lp.party_id <> party);
    if match ->> 'matched_by' = 'review' then
        -- A person has said that it was nobody else.
        perform ops.withdraw_person(p_lead_id, p.cpf_cnpj)
        from core.lead_parties lp join core.parties p on p.id = lp.party_id
        where lp.lead_id = p_lead_id and lp.party_id <> party;
    end if;
    delete from core.lead_parties lp where lp.lead_id = p_lead_id and lp.party_id <> party;
    insert into core.lead_parties (lead_id, party_id, run_no, matched_by, provider, confidence, evidence)
    values (p_lead_id, party, p_run_no, match ->> 'matched_by', match ->> 'provider',
            (match ->> 'score')::integer / 100.0, match -> 'evidence')
    on conflict (lead_id, party_id) do update
        set run_no = excluded.run_no, matched_by = excluded.matched_by, provider = excluded.provider,
            confidence = excluded.confidence, evidence = excluded.evidence;

    select * into strict queued from ops.queue_message(p_lead_id, p_owner, p_run_no, p_body, p_fingerprint);
    if queued.answer = 'unchanged' then
        update ops.leads l set correction_due = false where l.lead_id = p_lead_id and l.correction_due;
        perform ops.abandon_lookups(p_lead_id);
        perform ops.finish_lead(p_lead_id, 'completed', null, false, steps);
    end if;
    return query select queued.answer, party, queued.body, queued.unknown_sends, queued.sent_ago_secs;
end $$;

-- A lead that does not run at the moment runs again because a person decided about it: at once, but not while a message
-- of it may still land.
create function ops.run_decided_lead(lead ops.leads) returns void
    language plpgsql as $$
begin
    if not (lead.state = 'retrying' and lead.due_at > now()
            and exists (select from ops.outbox o where o.lead_id = lead.lead_id and o.state = 'unknown')) then
        update ops.leads l
        set state = 'accepted', due_at = now(), finished_at = null, priority = 0, attempts = 0, crashes = 0,
            requested_no = greatest(l.requested_no, l.run_no + 1)
        where l.lead_id = lead.lead_id;
    end if;
end $$;
comment on function ops.run_decided_lead(ops.leads) is 'A lead, locked by the caller, runs again because a person decided about it.';

-- A person decides a review: `choose` a candidate, from 1, or `reject` them all. A choice can be taken back by rejecting:
-- that is about the chosen one alone, and the lead is looked at anew. Of whom it was decided against, name and CPF go with
-- the decision. Answers unknown (none, or the lead has a newer one), decided (otherwise, before),
-- running (the lead is being worked on: what its run has decided already could not be taken back), no_such_candidate, or
-- done (now, or the same before), with how the lead stands.
create function ops.decide_review(
    p_review_id uuid, p_decision text, p_candidate integer, p_look jsonb)
    returns table (answer text, lead_id text, state text)
    language plpgsql as $$
#variable_conflict use_column
declare
    lead      ops.leads;
    review    ops.reviews;
    candidate jsonb;
    pair      text;
    is_told   boolean := false;
begin
    -- The lead is locked before its review, as a run does.
    select l.* into lead from ops.leads l join ops.reviews r on r.lead_id = l.lead_id
    where r.review_id = p_review_id for update of l;
    select * into review from ops.reviews r where r.review_id = p_review_id for update;
    if not found then
        return query select 'unknown', null::text, null::text;
        return;
    end if;
    if review.decision = p_decision and review.chosen is not distinct from p_candidate then
        -- Who says it again is shown it again.
        insert into ops.access_log (actor, action, lead_id, reason)
        values (p_look ->> 'actor', p_look ->> 'action', lead.lead_id, p_look ->> 'reason');
        return query select 'done', lead.lead_id, lead.state;
        return;
    end if;
    if exists (select from ops.reviews n where n.lead_id = review.lead_id
                 and (n.created_at, n.review_id) > (review.created_at, review.review_id)) then
        return query select 'unknown', null::text, null::text;
        return;
    end if;
    if review.decision = 'reject' or (review.decision = 'choose' and p_decision = 'choose') then
        return query select 'decided', lead.lead_id, lead.state;
        return;
    end if;
    if lead.state = 'processing' then
        return query select 'running', lead.lead_id, lead.state;
        return;
    end if;
    if p_decision = 'choose'
       and (p_candidate < 1 or review.candidates -> (p_candidate - 1) is null
            or ops.is_suppressed_candidate(review.candidates -> (p_candidate - 1))) then
        return query select 'no_such_candidate', lead.lead_id, lead.state;
        return;
    end if;

    if p_decision = 'reject' then
        for candidate in
            select c.item from jsonb_array_elements(review.candidates) with ordinality as c (item, ordinality)
            where review.chosen is null or c.ordinality = review.chosen
        loop
            for pair in select jsonb_array_elements_text(candidate -> 'contact_hashes') loop
                insert into ops.rejected_matches (contact_hash, cpf_hash, rejected_by)
                values (decode(pair, 'hex'), decode(candidate ->> 'cpf_hash', 'hex'), p_look ->> 'actor')
                on conflict do nothing;
            end loop;
            if candidate ->> 'cpf' is not null then
                is_told := ops.withdraw_person(lead.lead_id, candidate ->> 'cpf') or is_told;
            end if;
        end loop;
        update ops.leads l set correction_due = correction_due or is_told where l.lead_id = lead.lead_id;
    end if;
    update ops.reviews r
    set decision = p_decision, chosen = p_candidate, taken_back = review.chosen is not null, decided_by = p_look ->> 'actor', decided_at = now(),
        candidates = (
            select jsonb_agg(case when c.ordinality = p_candidate then c.item else c.item - 'cpf' - 'name' - 'profile_name' end
                             order by c.ordinality)
            from jsonb_array_elements(r.candidates) with ordinality as c (item, ordinality))
    where r.review_id = p_review_id;
    if p_decision = 'reject' then
        -- An earlier review of the lead may have chosen whoever is turned down now.
        update ops.reviews r
        set candidates = (
            select jsonb_agg(case when review.candidates @> jsonb_build_array(
                                           jsonb_build_object('cpf_hash', c.item ->> 'cpf_hash'))
                                  then c.item - 'cpf' - 'name' - 'profile_name' else c.item end order by c.ordinality)
            from jsonb_array_elements(r.candidates) with ordinality as c (item, ordinality))
        where r.lead_id = review.lead_id and r.review_id <> p_review_id;
    end if;
    perform ops.drop_held(review.candidates);
    insert into ops.access_log (actor, action, lead_id, reason)
    values (p_look ->> 'actor', p_look ->> 'action', lead.lead_id, p_look ->> 'reason');
    perform ops.run_decided_lead(lead);
    return query select 'done', l.lead_id, l.state from ops.leads l where l.lead_id = lead.lead_id;
end $$;
comment on function ops.decide_review(uuid, text, integer, jsonb) is 'A person decides a review, and the lead runs on. Answers unknown, decided, running, no_such_candidate or done.';

-- Done by one instance now and then: profiles are dropped that no review waits for any more (a run that held one may have
-- ended otherwise), and the daily alert about waiting reviews is taken. Answers how many wait, when somebody is to be told.
create function ops.look_after_reviews() returns table (waiting bigint, oldest_secs double precision)
    language plpgsql as $$
begin
    update ops.daily_alerts a set due_at = now() + interval '1 hour'
    where a.kind = 'held_profiles' and a.due_at <= now();
    if found then
        delete from ops.lookups k
        where k.value ? 'held' and k.started_at < now() - interval '1 day' and not ops.is_reviewed(k.key_hash);
    end if;
    return query
        update ops.daily_alerts a set due_at = now() + interval '1 minute'
        where a.kind = 'reviews_waiting' and a.due_at <= now()
          and exists (select from ops.reviews r where r.decision is null)
        returning (select count(*) from ops.reviews r where r.decision is null),
                  (select extract(epoch from now() - min(r.created_at))::double precision
                   from ops.reviews r where r.decision is null);
end $$;
comment on function ops.look_after_reviews() is 'Drops held profiles that no review waits for, and takes the daily alert about waiting reviews.';
