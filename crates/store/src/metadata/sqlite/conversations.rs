//! Conversations and their messages.

use super::column::micros;
use super::row::{code, get_code, get_id, get_optional_id, get_time};
use super::{OWNS_SOURCE, SqliteMetadata, no_source};
use crate::StoreError;
use crate::metadata::{Conversations, Page, PageRequest};
use crate::sqlite_file::{Statements, WriteError};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, Conversation, ConversationId, DataSourceId, ErrorKind, Message, UserId};
use rusqlite::{Connection, Row};

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
            $4, $5, $6, $7)
    RETURNING position";

const TOUCH: &str = "
    UPDATE conversations SET updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at END WHERE id = $1";

/// Longest page.
const MAX_PAGE: u32 = 200;

fn read_conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        source_id: get_id(row, "source_id")?,
        title: row.get("title")?,
        created_at: get_time(row, "created_at")?,
        updated_at: get_time(row, "updated_at")?,
    })
}

fn read_message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: get_id(row, "id")?,
        conversation_id: get_id(row, "conversation_id")?,
        role: get_code(row, "role")?,
        text: row.get("content")?,
        run_id: get_optional_id(row, "run_id")?,
        created_at: get_time(row, "created_at")?,
    })
}

/// Puts a message at the end of its conversation and moves the conversation to its time. Returns its position, from 0.
pub(super) fn append_message(connection: &Connection, owner: UserId, message: &Message) -> Result<i64, WriteError> {
    let (conversation, at) = (message.conversation_id.to_string(), micros(message.created_at));
    let values: [&dyn rusqlite::ToSql; 7] = [
        &message.id.to_string(),
        &owner.to_string(),
        &conversation,
        &code(&message.role)?,
        &message.text,
        &message.run_id.map(|id| id.to_string()),
        &at,
    ];
    let position = connection.row(CREATE_MESSAGE, &values, |row| row.get("position"))?;
    connection.run(TOUCH, &[&conversation, &at])?;
    Ok(position.unwrap_or_default())
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
        let conversation = conversation.clone();
        let write = move |connection: &Connection| {
            let (owner, source) = (conversation.owner_id.to_string(), conversation.source_id.to_string());
            if connection.row(OWNS_SOURCE, &[&source, &owner], |_| Ok(()))?.is_none() {
                return Err(no_source(conversation.source_id).into());
            }
            let values: [&dyn rusqlite::ToSql; 6] = [
                &conversation.id.to_string(),
                &owner,
                &source,
                &conversation.title,
                &micros(conversation.created_at),
                &micros(conversation.updated_at),
            ];
            connection.run(CREATE, &values)?;
            Ok(())
        };
        self.file.write_together(write).await
    }

    async fn conversation(&self, caller: Caller, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.file.read_here(|connection| connection.row(GET, &[&id, &owner], read_conversation))
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
        let (owner, source) = (caller.user_id.to_string(), source.map(|id| id.to_string()).unwrap_or_default());
        let most = i64::from(limit) + 1;
        let values: [&dyn rusqlite::ToSql; 5] = [&owner, &source, &before, &before_id, &most];
        let mut items = self.file.read_here(|connection| connection.rows(LIST, &values, read_conversation))?;
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
        let (id, owner, title, at) = (id.to_string(), caller.user_id.to_string(), title.to_owned(), micros(at));
        let write = move |connection: &Connection| Ok(connection.run(RENAME, &[&id, &owner, &title, &at])? > 0);
        self.file.write_together(write).await
    }

    async fn delete_conversation(&self, caller: Caller, id: ConversationId) -> Result<bool, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        let write = move |connection: &Connection| Ok(connection.run(DELETE, &[&id, &owner])? > 0);
        self.file.write_together(write).await
    }

    async fn messages(&self, caller: Caller, id: ConversationId) -> Result<Vec<Message>, StoreError> {
        let (id, owner) = (id.to_string(), caller.user_id.to_string());
        self.file.read_here(|connection| connection.rows(MESSAGES, &[&id, &owner], read_message))
    }
}
