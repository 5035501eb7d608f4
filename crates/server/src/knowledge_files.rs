//! What people know of a data source as YAML files, made to be kept in Git: stable order, one file a table.
//!
//! A table's file shows what counts, generated or written by people. A checksum under `generated` tells a text that is
//! still Datafyme's own: importing it changes nothing, also when it was generated anew meanwhile. Every other text is a
//! person's, and is written. What a file does not mention stays as it is. Start at [`export`] and [`import`].

mod checksum;
mod export;
mod form;
mod import;
mod place;

pub use export::export;
pub use import::{Imported, import};
pub use place::Place;

use datafyme_agent::AgentError;

/// Why files cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The disk, or the path.
    #[error("{path}: {cause}")]
    Io {
        /// Where.
        path: String,
        /// Why.
        cause: std::io::Error,
    },
    /// What stands in files cannot be imported: `file:line: what is wrong`, all of it. Nothing was changed.
    #[error("{}", .0.join("\n"))]
    Content(Vec<String>),
    /// It could not be read from or written to our state.
    #[error(transparent)]
    Agent(#[from] AgentError),
}
