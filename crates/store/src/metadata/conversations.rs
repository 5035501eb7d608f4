//! Conversations and their messages.

use super::{Page, PageRequest};
use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, Conversation, ConversationId, DataSourceId, Message};

/// Conversations and their messages.
#[async_trait]
pub trait Conversations {
    /// Begins one.
    ///
    /// # Errors
    /// `NotFound` when its source does not exist.
    async fn create_conversation(&self, conversation: &Conversation) -> Result<(), StoreError>;

    /// By id.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn conversation(&self, caller: Caller, id: ConversationId) -> Result<Option<Conversation>, StoreError>;

    /// The caller's, last used first; of one data source where given. Those without a message are left out.
    ///
    /// # Errors
    /// `InvalidInput` for a cursor that is none of ours.
    async fn list_conversations(
        &self,
        caller: Caller,
        source: Option<DataSourceId>,
        page: &PageRequest,
    ) -> Result<Page<Conversation>, StoreError>;

    /// Gives it another title. Returns whether it exists.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn rename_conversation(
        &self,
        caller: Caller,
        id: ConversationId,
        title: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Removes it with its messages and runs. Returns whether it existed.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn delete_conversation(&self, caller: Caller, id: ConversationId) -> Result<bool, StoreError>;

    /// Its messages, oldest first.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn messages(&self, caller: Caller, id: ConversationId) -> Result<Vec<Message>, StoreError>;
}
