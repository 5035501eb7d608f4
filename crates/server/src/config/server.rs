use std::time::Duration;

/// `[server]`
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// Host names
    pub allowed_hosts: Vec<String>,
}

impl ServerConfig {
    /// x
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(60)
    }
}
