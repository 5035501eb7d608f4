//! Who asks. Every handler and every store look-up takes one, so that accounts and grants change no signature.

use crate::UserId;

/// The identity on whose behalf something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Owner of whatever is created, and filter of whatever is read.
    pub user_id: UserId,
}

impl Caller {
    /// The local user of an installation without accounts.
    #[must_use]
    pub const fn local() -> Self {
        Self { user_id: UserId::LOCAL }
    }
}
