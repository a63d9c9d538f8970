//! What the routes about leads ask, wired to the services.

use crate::handlers::{Call, LeadCalls, ListRequest};
use crate::services::lead_overview::LeadOverview;
use crate::services::lead_processing::LeadProcessing;
use crate::storage::LeadFilter;

pub(super) fn lead_calls(processing: &LeadProcessing, overview: LeadOverview) -> LeadCalls {
    let (list, show, enriched) = (overview.clone(), overview.clone(), overview);
    let (process, dry_run) = (processing.clone(), processing.clone());
    let accept = processing.clone();
    LeadCalls {
        process: Call::new(move |(request, wait)| {
            let processing = process.clone();
            async move { processing.process(request, wait).await }
        }),
        dry_run: Call::new(move |(lead_id, anew)| {
            let processing = dry_run.clone();
            async move { processing.dry_run(&lead_id, anew).await }
        }),
        accept: Call::new(move |(lead_ids, caller): (Vec<_>, _)| {
            let processing = accept.clone();
            async move { processing.accept(&lead_ids, caller).await }
        }),
        enriched: Call::new(move |lead_id| {
            let overview = enriched.clone();
            async move { overview.enriched(&lead_id).await }
        }),
        list: Call::new(move |asked: ListRequest| {
            let overview = list.clone();
            async move {
                let filter = LeadFilter {
                    state: asked.state,
                    search: asked.search.as_ref(),
                };
                let limit = i64::from(asked.limit);
                overview.list(filter, limit, asked.cursor.as_ref()).await
            }
        }),
        show: Call::new(move |lead_id| {
            let overview = show.clone();
            async move { overview.show(&lead_id).await }
        }),
    }
}
