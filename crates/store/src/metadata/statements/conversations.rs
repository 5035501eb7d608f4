//! What is asked about conversations and their messages, and how their pages are cut.

use crate::StoreError;
use crate::metadata::columns::{Columns, get_code, get_id, get_optional_id, get_text, get_time, micros};
use crate::metadata::{Page, PageRequest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use datafyme_domain::{Conversation, ConversationId, ErrorKind, Message};

/// Longest page.
const MAX_PAGE: u32 = 200;

pub(in crate::metadata) const CREATE: &str = "
    INSERT INTO conversations (id, owner_id, source_id, title, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)";

pub(in crate::metadata) const GET: &str = "SELECT * FROM conversations WHERE id = $1 AND owner_id = $2";

pub(in crate::metadata) const LIST: &str = "
    SELECT * FROM conversations c
    WHERE c.owner_id = $1
      AND ($2 = '' OR c.source_id = $2)
      AND (c.updated_at < $3 OR (c.updated_at = $3 AND c.id < $4))
      AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id)
    ORDER BY c.updated_at DESC, c.id DESC
    LIMIT $5";

pub(in crate::metadata) const RENAME: &str = "
    UPDATE conversations SET title = $3, updated_at = CASE WHEN updated_at < $4 THEN $4 ELSE updated_at END
    WHERE id = $1 AND owner_id = $2";

pub(in crate::metadata) const DELETE: &str = "DELETE FROM conversations WHERE id = $1 AND owner_id = $2";

pub(in crate::metadata) const MESSAGES: &str = "
    SELECT * FROM messages WHERE conversation_id = $1 AND owner_id = $2 ORDER BY position";

macro_rules! create_message {
    () => {
        "INSERT INTO messages (id, owner_id, conversation_id, position, role, content, run_id, created_at)
         VALUES ($1, $2, $3, (SELECT COALESCE(MAX(position) + 1, 0) FROM messages WHERE conversation_id = $3),
                 $4, $5, $6, $7)
         RETURNING position"
    };
}
pub(in crate::metadata) use create_message;

pub(in crate::metadata) fn read_conversation<R: Columns>(row: &R) -> Result<Conversation, R::Error> {
    Ok(Conversation {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        source_id: get_id(row, "source_id")?,
        title: get_text(row, "title")?,
        created_at: get_time(row, "created_at")?,
        updated_at: get_time(row, "updated_at")?,
    })
}

pub(in crate::metadata) fn read_message<R: Columns>(row: &R) -> Result<Message, R::Error> {
    Ok(Message {
        id: get_id(row, "id")?,
        conversation_id: get_id(row, "conversation_id")?,
        role: get_code(row, "role")?,
        text: get_text(row, "content")?,
        run_id: get_optional_id(row, "run_id")?,
        created_at: get_time(row, "created_at")?,
    })
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

fn limit_of(page: &PageRequest) -> u32 {
    page.limit.clamp(1, MAX_PAGE)
}

/// Rows to read: one more than the page shows whether there is a next one.
pub(in crate::metadata) fn rows_of(page: &PageRequest) -> i64 {
    i64::from(limit_of(page)) + 1
}

/// The time and the id that the page comes after.
///
/// # Errors
/// `InvalidInput` for a cursor that is none of ours.
pub(in crate::metadata) fn begin_of(page: &PageRequest) -> Result<(i64, String), StoreError> {
    let Some(cursor) = &page.cursor else { return Ok((i64::MAX, String::new())) };
    read_cursor(cursor).ok_or_else(|| {
        let text = "the cursor is none of ours: take next_cursor of the page before, or leave it out";
        StoreError::new(ErrorKind::InvalidInput, text)
    })
}

/// The page that those rows make.
pub(in crate::metadata) fn page_of(page: &PageRequest, mut items: Vec<Conversation>) -> Page<Conversation> {
    let limit = limit_of(page) as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    Page { next_cursor: items.last().filter(|_| more).map(cursor_after), items }
}
