//! `[graph]`

use super::{ApiKey, engine_url};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the relation graph lives. The embedded one in the data directory is always kept: it answers while the engine is
/// away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GraphConfig {
    /// `neo4j://user@host:7687/database`, without the password; `neo4j+s://` with TLS, `bolt://` without routing by the
    /// server. User and database may be left out. Neo4j 5; needs a build with the feature `neo4j`. The embedded graph
    /// alone when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// File that holds the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// The password, in the environment only: `DATAFYME_GRAPH__PASSWORD`. In a file it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<ApiKey>,
}

/// As Neo4j's own drivers write them.
const SCHEMES: [&str; 6] = ["neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"];

impl GraphConfig {
    /// What is wrong with it as a whole, if anything. Repeats no secret.
    pub(crate) fn fault(&self) -> Option<String> {
        engine_url::fault("graph", self.url.as_deref()?, "Neo4j", &SCHEMES, "neo4j://user@host:7687")
    }
}
