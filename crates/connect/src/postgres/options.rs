//! From a location to connection options: every parameter is known or refused, and the environment adds nothing.

use crate::{ConnectError, SourceUrl, source_url::invalid};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::time::Duration;
use url::Url;

const PARAMETERS: &str = "sslmode, sslrootcert, sslcert, sslkey, schemas, connect_timeout, application_name, host, \
                          port, user, dbname, options, password";
const SSL_MODES: &str = "disable, allow, prefer, require, verify-ca, verify-full";

/// How to reach a server, and what of it to look at.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) options: PgConnectOptions,
    /// `host:port` or the socket's directory, for messages.
    pub(super) address: String,
    pub(super) user: String,
    pub(super) database: String,
    /// Introspect these schemas when the caller names none.
    pub(super) schemas: Vec<String>,
    pub(super) connect_timeout: Duration,
}

/// Refuses what [`target`] would refuse.
pub(crate) fn check(url: &SourceUrl) -> Result<(), ConnectError> {
    target(url).map(drop)
}

pub(super) fn target(source: &SourceUrl) -> Result<Target, ConnectError> {
    let url = Url::parse(&source.location).map_err(|e| invalid(format!("the location does not parse ({e})")))?;
    let mut host = decode(url.host_str().unwrap_or_default())?;
    let mut port = url.port().unwrap_or(5432);
    let mut user = decode(url.username())?;
    let mut database = decode(url.path().trim_start_matches('/'))?;
    let mut options = PgConnectOptions::new_without_pgpass()
        .application_name("datafyme")
        .ssl_mode(PgSslMode::Prefer)
        .statement_cache_capacity(0);
    let mut schemas = Vec::new();
    let mut connect_timeout = Duration::from_secs(10);
    for (key, value) in url.query_pairs() {
        match &*key {
            "host" | "hostaddr" => host = value.into_owned(),
            "port" => port = value.parse().map_err(|_| invalid("port must be a number up to 65535"))?,
            "user" => user = value.into_owned(),
            "dbname" => database = value.into_owned(),
            "schemas" => schemas = list(&value),
            "connect_timeout" => connect_timeout = seconds(&value)?,
            "application_name" => options = options.application_name(&value),
            "sslmode" => options = options.ssl_mode(ssl_mode(&value)?),
            "sslrootcert" => options = options.ssl_root_cert(&*value),
            "sslcert" => options = options.ssl_client_cert(&*value),
            "sslkey" => options = options.ssl_client_key(&*value),
            "options" => options = libpq_options(options, &value)?,
            other => {
                return Err(invalid(format!("'{other}' is no parameter of a postgres URL; there are {PARAMETERS}")));
            }
        }
    }
    if host.is_empty() {
        "localhost".clone_into(&mut host);
    }
    if user.is_empty() {
        "postgres".clone_into(&mut user);
    }
    if database.is_empty() {
        database.clone_from(&user);
    }
    // Set even when there is none: otherwise the library takes PGPASSWORD from the environment.
    options = options.username(&user).database(&database).password(source.password.as_deref().unwrap_or_default());
    let address = if host.starts_with('/') {
        options = options.port(port).socket(&host);
        format!("{host} (port {port})")
    } else {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        options = options.host(bare).port(port);
        format!("{host}:{port}")
    };
    Ok(Target { options, address, user, database, schemas, connect_timeout })
}

fn decode(text: &str) -> Result<String, ConnectError> {
    crate::source_url::percent_decode(text)
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

fn seconds(text: &str) -> Result<Duration, ConnectError> {
    match text.parse::<u64>() {
        Ok(seconds @ 1..=600) => Ok(Duration::from_secs(seconds)),
        _ => Err(invalid("connect_timeout must be a number of seconds from 1 to 600")),
    }
}

fn ssl_mode(text: &str) -> Result<PgSslMode, ConnectError> {
    text.parse().map_err(|_| invalid(format!("sslmode '{text}' is unknown; there are {SSL_MODES}")))
}

/// `-c name=value -c name=value`, as libpq reads it.
fn libpq_options(options: PgConnectOptions, text: &str) -> Result<PgConnectOptions, ConnectError> {
    let mut pairs = Vec::new();
    for part in text.split("-c").map(str::trim).filter(|p| !p.is_empty()) {
        let pair = part.split_once('=').ok_or_else(|| invalid("options must look like -c name=value"))?;
        pairs.push(pair);
    }
    Ok(options.options(pairs))
}
