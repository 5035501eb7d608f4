//! Where the databases of an evaluation are.

use datafyme_connect::{ConnectError, SourceUrl};
use datafyme_domain::ErrorKind;
use std::path::PathBuf;

/// A directory of SQLite files, or a URL with `{db}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Databases {
    /// Holds `<db>/<db>.sqlite` or `<db>.sqlite`.
    Directory(PathBuf),
    /// `{db}` stands for the name.
    Template(String),
}

impl Databases {
    /// From the command line.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.contains("{db}") { Self::Template(text.to_owned()) } else { Self::Directory(PathBuf::from(text)) }
    }

    /// The database of that name.
    ///
    /// # Errors
    /// `NotFound` when there is no such file; `InvalidInput` for a template that makes no URL.
    pub fn url(&self, db: &str) -> Result<SourceUrl, ConnectError> {
        match self {
            Self::Template(template) => SourceUrl::parse(&template.replace("{db}", db)),
            Self::Directory(dir) => {
                let nested = dir.join(db).join(format!("{db}.sqlite"));
                let flat = dir.join(format!("{db}.sqlite"));
                let file = [nested, flat].into_iter().find(|f| f.is_file()).ok_or_else(|| {
                    let words = format!("there is no {db}.sqlite in {}", dir.display());
                    ConnectError::new(ErrorKind::NotFound, words)
                })?;
                SourceUrl::parse(&file.display().to_string())
            }
        }
    }
}
