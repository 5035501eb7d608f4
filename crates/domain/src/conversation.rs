//! Threads of questions and answers.

use crate::{ConversationId, DataSourceId, MessageId, RunId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A thread over one data source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Who sees it.
    pub owner_id: UserId,
    /// The data source it asks.
    pub source_id: DataSourceId,
    /// Short title, from the first question or given by the user.
    pub title: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When its last message was written.
    pub updated_at: DateTime<Utc>,
}

/// One utterance. An assistant's message belongs to the run that made it; its content is that run's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The conversation it stands in.
    pub conversation_id: ConversationId,
    /// Who speaks.
    pub role: Role,
    /// The words.
    pub text: String,
    /// The run it started (a user's message) or came from (an assistant's).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A person.
    User,
    /// Datafyme.
    Assistant,
}
