//! Lists as they are served.

use super::Problem;
use datafyme_domain::ErrorKind;
use datafyme_store::metadata::{Page, PageRequest};
use serde::Serialize;

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one. Opaque.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list that fits on one page.
    #[must_use]
    pub const fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}

impl<T> From<Page<T>> for List<T> {
    fn from(page: Page<T>) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor }
    }
}

/// Items of a page when nobody says how many.
pub const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

/// The page that a request asks for.
///
/// # Errors
/// `InvalidInput` for a limit out of 1 to 200.
pub fn page_request(cursor: Option<String>, limit: Option<u32>) -> Result<PageRequest, Problem> {
    Ok(PageRequest { cursor, limit: checked_limit(limit)? })
}

/// A limit, checked.
///
/// # Errors
/// `InvalidInput` out of 1 to 200.
pub fn checked_limit(limit: Option<u32>) -> Result<u32, Problem> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::new(ErrorKind::InvalidInput, format!("limit must be 1 to {MAX_LIMIT}, not {limit}")))
}
