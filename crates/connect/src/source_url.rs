//! Where a data source is, with its password kept apart.

use crate::ConnectError;
use datafyme_domain::Dialect;
use std::fmt;

/// A parsed data source URL. `Debug` and `Display` never show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceUrl {
    /// SQL flavour, from the scheme.
    pub dialect: Dialect,
    /// The URL without its password: what is stored, listed and logged.
    pub location: String,
    /// The password, decoded; stored encrypted.
    pub password: Option<String>,
}

impl SourceUrl {
    /// Parses `postgres://user:password@host:port/database?sslmode=…&schemas=a,b`, `sqlite:///path/to/file`,
    /// `sqlite://relative/file` or a bare path to a file.
    ///
    /// # Errors
    /// `InvalidInput` or `Unsupported`, saying which schemes there are.
    pub fn parse(text: &str) -> Result<Self, ConnectError> {
        let _ = text;
        Err(ConnectError::unsupported("no connector in this build"))
    }
}

impl fmt::Display for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.location)
    }
}

impl fmt::Debug for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceUrl")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}
