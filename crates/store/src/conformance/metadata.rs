//! The suite of [`MetadataStore`], one file per aggregate.

pub mod conversations;
pub mod data_sources;
pub mod jobs;
pub mod knowledge;
pub mod models;
pub mod runs;

use super::sample;
use crate::MetadataStore;
use crate::metadata::RunStart;
use datafyme_domain::{Caller, Conversation, DataSourceId};
use std::sync::Arc;

/// A store as the suite drives it.
pub type Store = Arc<dyn MetadataStore>;
/// The seam, as [`Harness`](super::Harness) names it.
pub type Seam = dyn MetadataStore;

/// Registers a data source of that name.
pub async fn source(store: &Store, owner: Caller, name: &str) -> DataSourceId {
    let new = sample::source(owner, name);
    store.create_source(&new).await.unwrap();
    new.source.id
}

/// Begins a conversation over a new data source.
pub async fn conversation(store: &Store, owner: Caller, name: &str) -> Conversation {
    let source = source(store, owner, name).await;
    let conversation = sample::conversation(owner, source, 0);
    store.create_conversation(&conversation).await.unwrap();
    conversation
}

/// Takes the lease of a run that was started, for [`sample::WORKER`].
pub async fn hold(store: &Store, start: &RunStart) -> bool {
    let caller = Caller { user_id: start.run.owner_id };
    store.claim_run(caller, start.run.id, sample::lease(sample::WORKER, 0, 10)).await.unwrap().is_some()
}

/// Emits the suite's cases as tests over a harness.
#[macro_export]
macro_rules! metadata_conformance {
    ($harness:ty) => {
        $crate::conformance_cases! { $harness, dyn $crate::MetadataStore, $crate::conformance::metadata::data_sources,
            data_sources:
            a_check_passes,
            a_source_reads_back_as_created,
            a_name_is_taken_once_per_owner,
            sources_are_listed_by_name,
            another_users_source_is_invisible,
            a_password_opens_and_none_stays_none,
            a_status_moves_with_its_detail,
            learning_ends_in_one_step,
            a_catalog_grows_changes_and_shrinks,
            a_catalog_that_is_learned_again_is_as_it_was_found,
            drafts_are_of_one_job_and_end_with_the_learning,
            sources_are_due_after_their_interval,
            a_paused_source_stays_paused_when_its_learning_ends,
            removing_a_source_takes_all_with_it,
            what_was_written_survives_reopening,
        }
        $crate::conformance_cases! { $harness, dyn $crate::MetadataStore, $crate::conformance::metadata::knowledge,
            knowledge:
            documentation_is_replaced_and_listed_by_table,
            documentation_of_other_tables_is_pruned,
            documentation_of_another_user_is_invisible,
            found_relations_replace_found_ones,
            a_persons_word_on_a_relation_outlives_learning,
            a_rejected_join_is_not_found_again_the_other_way_round,
            relations_are_listed_surest_first,
            a_persons_word_can_be_taken_back,
            of_relations_over_the_same_columns_the_surest_stays,
            relations_of_another_user_are_invisible,
            relations_follow_a_renamed_table,
            verified_queries_are_listed_newest_first_and_removed,
            verified_queries_of_another_user_are_invisible,
            edits_show_over_whatever_is_generated_and_outlive_it,
            edits_that_rest_on_an_older_version_are_refused_whole,
            of_edits_at_once_one_wins,
            edits_of_another_user_are_invisible,
            terms_are_written_changed_and_removed,
            a_term_is_there_once_whatever_its_case,
            terms_of_another_user_are_invisible,
            a_relation_that_a_person_adds_is_confirmed_and_stays,
            a_verified_query_is_changed_once_per_version,
        }
        $crate::conformance_cases! { $harness, dyn $crate::MetadataStore, $crate::conformance::metadata::conversations,
            conversations:
            a_conversation_needs_a_source_of_its_owner,
            a_conversation_is_renamed_and_removed,
            another_users_conversation_is_invisible,
            conversations_are_listed_last_used_first_without_empty_ones,
            pages_give_every_conversation_once,
            a_foreign_cursor_is_refused,
            a_list_can_be_of_one_source,
            messages_stay_in_order_at_the_same_time,
        }
        $crate::conformance_cases! { $harness, dyn $crate::MetadataStore, $crate::conformance::metadata::runs,
            runs:
            a_run_starts_with_its_message,
            a_second_unfinished_run_is_refused_and_leaves_nothing,
            of_runs_started_at_once_one_stands,
            a_run_needs_a_conversation_of_its_caller,
            a_lease_is_held_until_it_ends,
            of_claims_at_once_one_wins,
            a_lost_lease_is_not_renewed,
            a_cancel_reaches_the_worker,
            unheld_unfinished_runs_are_abandoned,
            who_takes_a_run_over_goes_on_from_its_steps,
            a_claim_needs_a_run_of_its_caller,
            steps_are_kept_in_order_and_replaced,
            steps_are_written_together_or_not_at_all,
            a_worker_that_lost_its_lease_writes_nothing,
            a_run_ends_with_its_last_steps,
            the_first_end_wins,
            of_ends_at_once_one_wins,
            runs_of_another_user_are_invisible,
            a_dropped_write_leaves_all_or_nothing,
        }
        $crate::conformance_cases! { $harness, dyn $crate::MetadataStore, $crate::conformance::metadata::jobs,
            jobs:
            a_job_reads_back_as_put_in,
            the_same_work_is_queued_once,
            of_jobs_put_in_at_once_one_stands,
            a_job_needs_a_source_of_its_owner,
            the_oldest_job_is_claimed_first,
            each_job_is_claimed_once,
            a_dead_workers_job_is_taken_over,
            a_job_is_claimed_by_id_unless_held,
            progress_is_kept_and_a_lost_lease_told,
            a_job_ends_once,
            a_queued_job_is_cancelled_at_once_a_running_one_asked,
            jobs_are_listed_newest_first,
            jobs_of_another_user_are_invisible,
        }
        $crate::conformance_cases! { $harness, dyn $crate::MetadataStore, $crate::conformance::metadata::models,
            models:
            a_model_reads_back_as_configured,
            a_models_name_is_taken_once_per_owner,
            a_key_is_kept_replaced_and_removed,
            what_was_configured_survives_reopening,
            a_role_has_one_model,
            a_removed_model_leaves_its_roles_to_nobody,
            what_probing_found_is_remembered,
            models_of_another_user_are_invisible,
            a_runs_effort_is_kept,
            a_steps_calls_are_kept_in_order_and_replaced,
            calls_of_a_step_made_anew_stay_counted,
            a_jobs_calls_are_added_in_order,
            documentation_is_written_with_the_calls_that_it_cost_or_not_at_all,
            calls_recorded_at_once_are_all_kept,
            a_days_spend_is_summed,
            spend_outlives_what_it_was_for,
        }
    };
}
