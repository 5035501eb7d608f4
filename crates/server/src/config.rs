//! What the process runs with: one file per section.
mod server;
pub use server::ServerConfig;

/// All sections.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Listening and limits.
    pub server: ServerConfig,
}
