//! Who the caller is.

use super::Identity;
use axum::Json;
use datafyme_domain::UserId;
use serde::Serialize;

/// The caller.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Me {
    /// Whose things are created and listed.
    pub user_id: UserId,
    /// Name to show.
    pub name: String,
    /// Whether this installation has no accounts: whoever reaches the loopback interface is the local user.
    pub loopback: bool,
}

/// Who the caller is.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, body = Me)))]
pub(crate) async fn get_me(Identity(caller): Identity) -> Json<Me> {
    Json(Me { user_id: caller.user_id, name: "local".to_owned(), loopback: true })
}
