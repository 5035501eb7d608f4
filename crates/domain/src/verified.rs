//! Reviewed question → SQL pairs.

use crate::{DataSourceId, UserId, VerifiedQueryId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A question whose SQL a person has approved; reused as an example and as a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VerifiedQuery {
    /// Its id.
    pub id: VerifiedQueryId,
    /// Who approved it.
    pub owner_id: UserId,
    /// The data source it asks.
    pub source_id: DataSourceId,
    /// The question.
    pub question: String,
    /// Its SQL.
    pub sql: String,
    /// When it was approved.
    pub created_at: DateTime<Utc>,
}
