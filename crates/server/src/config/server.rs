//! `[server]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

/// Where the HTTP API and the web UI listen, and to whom they answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port; port 0 takes a free one. Only loopback addresses, unless
    /// `behind_proxy` is set: there are no accounts in this build.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// Whether other addresses than loopback may be listened on: only where nothing but a proxy that says who may come in
    /// reaches them, as in a network of containers of its own.
    pub behind_proxy: bool,
    /// Host names besides `localhost` under which browsers may reach it, e.g. behind a proxy on this machine.
    pub allowed_hosts: Vec<String>,
    /// Seconds after which a request ends with a problem; event streams have no limit.
    #[schemars(range(min = 1))]
    pub request_timeout_seconds: u64,
}

impl ServerConfig {
    /// The limit of one request.
    #[must_use]
    pub const fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7777)),
            behind_proxy: false,
            allowed_hosts: Vec::new(),
            request_timeout_seconds: 60,
        }
    }
}
