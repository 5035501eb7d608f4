//! Conversations and their messages.

use super::{LOCK_SOURCE, PostgresMetadata, no_source};
use crate::StoreError;
use crate::metadata::columns::{code, micros};
use crate::metadata::statements::conversations::{
    CREATE, DELETE, GET, LIST, MESSAGES, RENAME, begin_of, create_message, page_of, read_conversation, read_message,
    rows_of,
};
use crate::metadata::{Conversations, Page, PageRequest};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, Conversation, ConversationId, DataSourceId, Message, UserId};
use sqlx::{PgConnection, Row};

/// A message and the time of its conversation, in one statement.
const APPEND: &str = concat!(
    "WITH touched AS (
        UPDATE conversations SET updated_at = CASE WHEN updated_at < $7 THEN $7 ELSE updated_at END WHERE id = $3) ",
    create_message!()
);

/// Puts a message at the end of its conversation and moves the conversation to its time. Returns its position, from 0.
/// The conversation is locked before the position is read.
pub(super) async fn append_message(
    connection: &mut PgConnection,
    owner: UserId,
    message: &Message,
) -> Result<i64, sqlx::Error> {
    let (conversation, at) = (message.conversation_id.to_string(), micros(message.created_at));
    let row = sqlx::query(APPEND)
        .bind(message.id.to_string())
        .bind(owner.to_string())
        .bind(&conversation)
        .bind(code(&message.role)?)
        .bind(&message.text)
        .bind(message.run_id.map(|id| id.to_string()))
        .bind(at)
        .fetch_one(connection)
        .await?;
    row.try_get("position")
}

async fn create(connection: &mut PgConnection, conversation: &Conversation) -> Result<(), sqlx::Error> {
    sqlx::query(CREATE)
        .bind(conversation.id.to_string())
        .bind(conversation.owner_id.to_string())
        .bind(conversation.source_id.to_string())
        .bind(&conversation.title)
        .bind(micros(conversation.created_at))
        .bind(micros(conversation.updated_at))
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait]
impl Conversations for PostgresMetadata {
    async fn create_conversation(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let failed = |error| self.failed("write to", error);
        let mut tx = self.write().await?;
        let source = sqlx::query(LOCK_SOURCE)
            .bind(conversation.source_id.to_string())
            .bind(conversation.owner_id.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(failed)?;
        if source.is_none() {
            return Err(no_source(conversation.source_id));
        }
        create(&mut tx, conversation).await.map_err(failed)?;
        self.commit(tx).await
    }

    async fn conversation(&self, caller: Caller, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.row(GET, &[&id, &owner], |row| read_conversation(row)).await
    }

    async fn list_conversations(
        &self,
        caller: Caller,
        source: Option<DataSourceId>,
        page: &PageRequest,
    ) -> Result<Page<Conversation>, StoreError> {
        let (before, before_id) = begin_of(page)?;
        let rows = sqlx::query(LIST)
            .bind(caller.user_id.to_string())
            .bind(source.map(|id| id.to_string()).unwrap_or_default())
            .bind(before)
            .bind(before_id)
            .bind(rows_of(page))
            .fetch_all(&self.pool)
            .await;
        Ok(page_of(page, self.read_rows(rows, |row| read_conversation(row))?))
    }

    async fn rename_conversation(
        &self,
        caller: Caller,
        id: ConversationId,
        title: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let written = sqlx::query(RENAME)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .bind(title)
            .bind(micros(at))
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed("write to", error))?;
        Ok(written.rows_affected() > 0)
    }

    async fn delete_conversation(&self, caller: Caller, id: ConversationId) -> Result<bool, StoreError> {
        let removed = sqlx::query(DELETE)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed("write to", error))?;
        Ok(removed.rows_affected() > 0)
    }

    async fn messages(&self, caller: Caller, id: ConversationId) -> Result<Vec<Message>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.rows(MESSAGES, &[&id, &owner], |row| read_message(row)).await
    }
}
