//! Sending spans to a collector.

use super::span::{self, Span};
use crate::config::TelemetryConfig;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};
use datafyme_agent::AgentError;
use datafyme_domain::ErrorKind;
use datafyme_llm::{HttpOptions, plain_client};
use reqwest::{Client, StatusCode};
use std::time::Duration;
use url::Url;

/// Where spans go below the collector's address.
const PATH: &str = "v1/traces";
/// Spans in one request.
const BATCH: usize = 512;
/// Time of one request.
const PATIENCE: Duration = Duration::from_secs(10);
/// Waits before a request is made again.
const WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// A collector that takes OTLP/JSON over HTTP.
#[derive(Debug)]
pub(super) struct Collector {
    client: Client,
    url: Url,
    headers: HeaderMap,
    service: String,
}

impl Collector {
    /// # Errors
    /// `InvalidInput` for an address, headers or a certificate file that cannot be used.
    pub(super) fn new(endpoint: &str, config: &TelemetryConfig, http: &HttpOptions) -> Result<Self, AgentError> {
        let refused = |why: &str| AgentError::refused(ErrorKind::InvalidInput, why);
        let url = address(endpoint).ok_or_else(|| {
            refused("telemetry.endpoint is no HTTP address: write it as http://localhost:4318, without a password")
        })?;
        let mut headers = HeaderMap::new();
        for (name, value) in &config.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|_| refused("telemetry.headers has a bad name"))?;
            let value = HeaderValue::try_from(value.expose());
            let mut value = value.map_err(|_| refused("telemetry.headers has a value that no header can have"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Self { client: plain_client(http)?, url, headers, service: config.service_name.clone() })
    }

    /// Sends the spans; what the collector cannot take right now is tried again.
    ///
    /// # Errors
    /// `Unavailable` with what the collector answered instead.
    pub(super) async fn send(&self, spans: &[Span]) -> Result<(), AgentError> {
        for batch in spans.chunks(BATCH) {
            let body = span::request(&self.service, batch).to_string();
            let mut waits = WAITS.iter();
            while let Err(cause) = self.post(body.clone()).await {
                let Some(wait) = waits.next().filter(|_| cause.is_passing()) else {
                    let host = self.url.host_str().unwrap_or_default();
                    let text = format!("the collector of traces at {host} {}", cause.words());
                    return Err(AgentError::refused(ErrorKind::Unavailable, text));
                };
                tokio::time::sleep(*wait).await;
            }
        }
        Ok(())
    }

    async fn post(&self, body: String) -> Result<(), Refusal> {
        let request = self.client.post(self.url.clone()).headers(self.headers.clone()).timeout(PATIENCE).body(body);
        match request.send().await {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(Refusal::Status(response.status())),
            Err(_) => Err(Refusal::Unreached),
        }
    }
}

/// Why spans were not taken.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    Status(StatusCode),
    Unreached,
}

impl Refusal {
    /// Whether the protocol says to try again.
    fn is_passing(self) -> bool {
        match self {
            Self::Status(status) => matches!(status.as_u16(), 429 | 502..=504),
            Self::Unreached => true,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Status(status) => format!("answered {}", status.as_u16()),
            Self::Unreached => "cannot be reached".to_owned(),
        }
    }
}

fn address(endpoint: &str) -> Option<Url> {
    let mut url = Url::parse(endpoint.trim()).ok()?;
    let is_usable = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none();
    if is_usable && !url.path().ends_with(PATH) {
        url.path_segments_mut().ok()?.pop_if_empty().extend(PATH.split('/'));
    }
    is_usable.then_some(url)
}
