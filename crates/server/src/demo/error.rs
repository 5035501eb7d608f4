use datafyme_domain::ErrorKind;
use std::path::PathBuf;

/// Why a demo data source could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file or directory of the demo.
    #[error("cannot write the demo file {}: {source}; check that the directory exists, is writable and has space", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("cannot write the demo file {}: {source}; check the free space and the rights of its directory", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The URL cannot be used.
    #[error("not a usable PostgreSQL URL: {0}; it should look like postgres://user:password@host:5432/postgres")]
    Url(String),
    /// The server cannot be reached or refuses the login.
    #[error("cannot connect to PostgreSQL at {server}: {cause}; check host, port, user and password")]
    Connect {
        /// Host and port.
        server: String,
        /// What was said.
        cause: String,
        /// Whether the login was refused.
        refused: bool,
    },
    /// The login may not create databases.
    #[error(
        "user {user} may not create the database {database}; run `ALTER ROLE {user} CREATEDB` as an administrator, or connect as another user"
    )]
    NotPermitted {
        /// Login role.
        user: String,
        /// The database.
        database: String,
    },
    /// There is something in the way.
    #[error(
        "the database {database} exists already and has {tables} tables; load with force to replace the demo's schemas in it, or rename it"
    )]
    Occupied {
        /// The database.
        database: String,
        /// How many tables it has outside the system schemas.
        tables: i64,
    },
    /// PostgreSQL refused a statement.
    #[error("cannot load the demo into the database {database}: {cause}")]
    Load {
        /// The database.
        database: String,
        /// What PostgreSQL said.
        cause: String,
    },
}

impl DemoError {
    /// Kind of the failure.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::File { .. } | Self::Sqlite { .. } => ErrorKind::ResourceExhausted,
            Self::Url(_) => ErrorKind::InvalidInput,
            Self::Connect { refused: true, .. } => ErrorKind::Unauthenticated,
            Self::Connect { .. } => ErrorKind::Unavailable,
            Self::NotPermitted { .. } => ErrorKind::Forbidden,
            Self::Occupied { .. } => ErrorKind::Conflict,
            Self::Load { .. } => ErrorKind::QueryFailed,
        }
    }

    /// Whether the same call may succeed later without a change by the user.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.kind().is_retryable()
    }
}
