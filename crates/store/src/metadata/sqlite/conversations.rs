//! Conversations and their messages.

use super::{OWNS_SOURCE, SqliteMetadata, no_source, rusqlite_code};
use crate::StoreError;
use crate::metadata::columns::micros;
use crate::metadata::statements::conversations::{
    CREATE, DELETE, GET, LIST, MESSAGES, RENAME, begin_of, create_message, page_of, read_conversation, read_message,
    rows_of,
};
use crate::metadata::{Conversations, Page, PageRequest};
use crate::sqlite_file::{Statements, WriteError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, Conversation, ConversationId, DataSourceId, Message, UserId};
use rusqlite::Connection;

const CREATE_MESSAGE: &str = create_message!();

const TOUCH: &str = "
    UPDATE conversations SET updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at END WHERE id = $1";

/// Puts a message at the end of its conversation and moves the conversation to its time. Returns its position, from 0.
pub(super) fn append_message(connection: &Connection, owner: UserId, message: &Message) -> Result<i64, WriteError> {
    let (conversation, at) = (message.conversation_id.to_string(), micros(message.created_at));
    let values: [&dyn rusqlite::ToSql; 7] = [
        &message.id.to_string(),
        &owner.to_string(),
        &conversation,
        &rusqlite_code(&message.role)?,
        &message.text,
        &message.run_id.map(|id| id.to_string()),
        &at,
    ];
    let position = connection.row(CREATE_MESSAGE, &values, |row| row.get("position"))?;
    connection.run(TOUCH, &[&conversation, &at])?;
    Ok(position.unwrap_or_default())
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
        self.file.read_here(|connection| connection.row(GET, &[&id, &owner], |row| read_conversation(row)))
    }

    async fn list_conversations(
        &self,
        caller: Caller,
        source: Option<DataSourceId>,
        page: &PageRequest,
    ) -> Result<Page<Conversation>, StoreError> {
        let (before, before_id) = begin_of(page)?;
        let (owner, source) = (caller.user_id.to_string(), source.map(|id| id.to_string()).unwrap_or_default());
        let most = rows_of(page);
        let values: [&dyn rusqlite::ToSql; 5] = [&owner, &source, &before, &before_id, &most];
        let items = self.file.read_here(|connection| connection.rows(LIST, &values, |row| read_conversation(row)))?;
        Ok(page_of(page, items))
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
        self.file.read_here(|connection| connection.rows(MESSAGES, &[&id, &owner], |row| read_message(row)))
    }
}
