//! The routes of `/api/v1`.

use super::{conversations, health, jobs, me, models, openapi, runs, sources, verified_queries};
use crate::App;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every route of the API with its description.
pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    let api = OpenApiRouter::new()
        .routes(routes!(health::get_health))
        .routes(routes!(health::get_ready))
        .routes(routes!(me::get_me))
        .routes(routes!(openapi::get_openapi))
        .merge(source_routes())
        .merge(knowledge_routes())
        .merge(model_routes())
        .routes(routes!(jobs::list_jobs))
        .routes(routes!(jobs::get_job))
        .routes(routes!(jobs::cancel_job))
        .routes(routes!(jobs::list_job_calls))
        .routes(routes!(jobs::events::get_job_events))
        .routes(routes!(conversations::create_conversation, conversations::list_conversations))
        .routes(routes!(
            conversations::get_conversation,
            conversations::update_conversation,
            conversations::delete_conversation
        ))
        .routes(routes!(conversations::list_messages))
        .routes(routes!(conversations::create_run))
        .routes(routes!(runs::get_run))
        .routes(routes!(runs::list_steps))
        .routes(routes!(runs::cancel_run))
        .routes(routes!(runs::reading::choose_reading, runs::reading::forget_reading))
        .routes(routes!(runs::events::get_run_events))
        .routes(routes!(runs::chart::get_chart))
        .routes(routes!(runs::chart::list_chart_kinds))
        .routes(routes!(runs::rows::get_rows_csv));
    OpenApiRouter::with_openapi(openapi::frame()).nest("/api/v1", api)
}

fn source_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(sources::list_sources, sources::create_source))
        .routes(routes!(sources::connection::test_source_url))
        .routes(routes!(sources::get_source, sources::delete_source))
        .routes(routes!(sources::connection::test_source))
        .routes(routes!(sources::learn_source))
        .routes(routes!(sources::resync::get_resync, sources::resync::set_resync))
        .routes(routes!(sources::pause_source))
        .routes(routes!(sources::resume_source))
        .routes(routes!(sources::knowledge::list_suggestions))
        .routes(routes!(sources::tables::list_tables))
        .routes(routes!(sources::tables::get_table))
}

fn knowledge_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(sources::documentation::update_documentation))
        .routes(routes!(sources::documentation::list_edits))
        .routes(routes!(sources::knowledge::list_relations, sources::knowledge::create_relation))
        .routes(routes!(sources::knowledge::update_relation))
        .routes(routes!(sources::terms::list_terms, sources::terms::create_term))
        .routes(routes!(sources::terms::update_term, sources::terms::delete_term))
        .routes(routes!(verified_queries::list_verified_queries))
        .routes(routes!(verified_queries::create_verified_query))
        .routes(routes!(verified_queries::update_verified_query, verified_queries::delete_verified_query))
}

fn model_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(models::list_models, models::create_model))
        .routes(routes!(models::discover_models))
        .routes(routes!(models::assign_roles))
        .routes(routes!(models::get_model_spend))
        .routes(routes!(models::get_model, models::update_model, models::delete_model))
        .routes(routes!(models::test_model))
}
