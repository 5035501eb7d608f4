//! Conversations and their messages.

use super::column::{code, get_code, get_id, get_optional_id, get_time, micros};
use super::{SqliteMetadata, no_source};
use crate::StoreError;
use crate::metadata::{Conversations, Page, PageRequest};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, Conversation, ConversationId, DataSourceId, ErrorKind, Message, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

const CREATE: &str = "
    INSERT INTO conversations (id, owner_id, source_id, title, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)";

const GET: &str = "SELECT * FROM conversations WHERE id = $1 AND owner_id = $2";

const LIST: &str = "
    SELECT * FROM conversations c
    WHERE c.owner_id = $1
      AND ($2 = '' OR c.source_id = $2)
      AND (c.updated_at < $3 OR (c.updated_at = $3 AND c.id < $4))
      AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id)
    ORDER BY c.updated_at DESC, c.id DESC
    LIMIT $5";

const RENAME: &str = "
    UPDATE conversations SET title = $3, updated_at = CASE WHEN updated_at < $4 THEN $4 ELSE updated_at END
    WHERE id = $1 AND owner_id = $2";

const DELETE: &str = "DELETE FROM conversations WHERE id = $1 AND owner_id = $2";

const MESSAGES: &str = "
    SELECT * FROM messages WHERE conversation_id = $1 AND owner_id = $2 ORDER BY position";

const CREATE_MESSAGE: &str = "
    INSERT INTO messages (id, owner_id, conversation_id, position, role, content, run_id, created_at)
    VALUES ($1, $2, $3, (SELECT COALESCE(MAX(position) + 1, 0) FROM messages WHERE conversation_id = $3),
            $4, $5, $6, $7)";

const TOUCH: &str = "
    UPDATE conversations SET updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at END WHERE id = $1";

/// Longest page.
const MAX_PAGE: u32 = 200;

fn read_conversation(row: &SqliteRow) -> Result<Conversation, sqlx::Error> {
    Ok(Conversation {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        source_id: get_id(row, "source_id")?,
        title: row.try_get("title")?,
        created_at: get_time(row, "created_at")?,
        updated_at: get_time(row, "updated_at")?,
    })
}

fn read_message(row: &SqliteRow) -> Result<Message, sqlx::Error> {
    Ok(Message {
        id: get_id(row, "id")?,
        conversation_id: get_id(row, "conversation_id")?,
        role: get_code(row, "role")?,
        text: row.try_get("content")?,
        run_id: get_optional_id(row, "run_id")?,
        created_at: get_time(row, "created_at")?,
    })
}

/// Puts a message at the end of its conversation and moves the conversation to its time.
pub(super) async fn append_message(
    connection: &mut SqliteConnection,
    owner: UserId,
    message: &Message,
) -> Result<(), sqlx::Error> {
    sqlx::query(CREATE_MESSAGE)
        .bind(message.id.to_string())
        .bind(owner.to_string())
        .bind(message.conversation_id.to_string())
        .bind(code(&message.role)?)
        .bind(&message.text)
        .bind(message.run_id.map(|id| id.to_string()))
        .bind(micros(message.created_at))
        .execute(&mut *connection)
        .await?;
    sqlx::query(TOUCH)
        .bind(message.conversation_id.to_string())
        .bind(micros(message.created_at))
        .execute(connection)
        .await?;
    Ok(())
}

/// The last item of a page: where the next one goes on.
fn cursor_after(last: &Conversation) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{}", micros(last.updated_at), last.id))
}

fn read_cursor(cursor: &str) -> Option<(i64, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (updated_at, id) = text.split_once('/')?;
    let id: ConversationId = id.parse().ok()?;
    Some((updated_at.parse().ok()?, id.to_string()))
}

#[async_trait]
impl Conversations for SqliteMetadata {
    async fn create_conversation(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let mut tx = self.file.write().await?;
        let (owner, source) = (conversation.owner_id, conversation.source_id);
        if !self.owns_source(&mut tx, owner, source).await? {
            return Err(no_source(source));
        }
        sqlx::query(CREATE)
            .bind(conversation.id.to_string())
            .bind(owner.to_string())
            .bind(source.to_string())
            .bind(&conversation.title)
            .bind(micros(conversation.created_at))
            .bind(micros(conversation.updated_at))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await
    }

    async fn conversation(&self, caller: Caller, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        let row = sqlx::query(GET)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .fetch_optional(self.file.readers())
            .await;
        self.read_row(row, read_conversation)
    }

    async fn list_conversations(
        &self,
        caller: Caller,
        source: Option<DataSourceId>,
        page: &PageRequest,
    ) -> Result<Page<Conversation>, StoreError> {
        let limit = page.limit.clamp(1, MAX_PAGE);
        let (before, before_id) = match &page.cursor {
            None => (i64::MAX, String::new()),
            Some(cursor) => read_cursor(cursor).ok_or_else(|| {
                StoreError::new(
                    ErrorKind::InvalidInput,
                    "the cursor is none of ours: take next_cursor of the page before, or leave it out",
                )
            })?,
        };
        let rows = sqlx::query(LIST)
            .bind(caller.user_id.to_string())
            .bind(source.map(|id| id.to_string()).unwrap_or_default())
            .bind(before)
            .bind(before_id)
            .bind(i64::from(limit) + 1)
            .fetch_all(self.file.readers())
            .await;
        let mut items = self.read_rows(rows, read_conversation)?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        Ok(Page { next_cursor: items.last().filter(|_| more).map(cursor_after), items })
    }

    async fn rename_conversation(
        &self,
        caller: Caller,
        id: ConversationId,
        title: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.file.write().await?;
        let written = sqlx::query(RENAME)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .bind(title)
            .bind(micros(at))
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await?;
        Ok(written.rows_affected() > 0)
    }

    async fn delete_conversation(&self, caller: Caller, id: ConversationId) -> Result<bool, StoreError> {
        let mut tx = self.file.write().await?;
        let removed = sqlx::query(DELETE)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.file.commit(tx).await?;
        Ok(removed.rows_affected() > 0)
    }

    async fn messages(&self, caller: Caller, id: ConversationId) -> Result<Vec<Message>, StoreError> {
        let rows = sqlx::query(MESSAGES)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .fetch_all(self.file.readers())
            .await;
        self.read_rows(rows, read_message)
    }
}
