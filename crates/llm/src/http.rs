//! One HTTP client for all protocols: sending, bounded reading, and errors that say what a person can do.

mod failure;
mod retry_after;
mod sse;
mod trust;

pub(crate) use failure::{HttpFailure, Refusal};
pub(crate) use sse::{SseEvent, SseParser};

use crate::{HttpOptions, LlmCause, LlmError, ModelSpec};
use datafyme_domain::ErrorKind;
use failure::Told;
use reqwest::{
    Client, Method, NoProxy, Proxy, RequestBuilder, Response,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Bytes of a reply that are read before it is given up: no contract of ours comes near.
pub(crate) const LONGEST_REPLY: usize = 4 * 1024 * 1024;
/// Bytes of an error's body that are read.
const LONGEST_ERROR: usize = 64 * 1024;

/// Header of a protocol, e.g. the key's.
pub(crate) type Header = (&'static str, String);

/// A client for one configured model.
#[derive(Debug)]
pub(crate) struct HttpClient {
    client: Client,
    headers: HeaderMap,
    told: Told,
}

/// One call: where to, with what, until when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub url: &'a Url,
    pub headers: &'a [Header],
    /// Sent as JSON; a `GET` without.
    pub body: Option<&'a Value>,
    /// What the call says of people's data: taken out of what the provider says back.
    pub prompts: &'a [&'a str],
    pub end: Instant,
}

/// A client with the trust, the proxy and the patience of the models' clients, for what else goes to servers of the
/// operator's: a collector of traces.
///
/// # Errors
/// `InvalidInput` for a proxy or a certificate file that cannot be used.
pub fn plain_client(http: &HttpOptions) -> Result<Client, LlmError> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(trust::tls(http.extra_ca.as_deref())?)
        .connect_timeout(http.connect_timeout)
        .redirect(Policy::none())
        .user_agent(concat!("datafyme/", env!("CARGO_PKG_VERSION")))
        .no_proxy();
    if let Some(proxy) = &http.proxy {
        builder = builder.proxy(proxy_of(proxy, http.no_proxy.as_deref())?);
    }
    builder.build().map_err(|e| LlmError::new(ErrorKind::InvalidInput, format!("it cannot be set up: {}", deepest(&e))))
}

impl HttpClient {
    /// # Errors
    /// `InvalidInput` for headers, a proxy or a certificate file that cannot be used.
    pub(crate) fn new(spec: &ModelSpec, http: &HttpOptions) -> Result<Self, LlmError> {
        let client = plain_client(http)
            .map_err(|e| LlmError::new(e.kind(), format!("the client of model `{}`: {e}", spec.name)))?;
        Ok(Self { client, headers: headers_of(spec)?, told: Told::new(spec, http) })
    }

    /// Sends, and gives back the reply once its head says success.
    ///
    /// # Errors
    /// Everything that providers and networks answer instead.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Response, HttpFailure> {
        let sent = timeout_at(call.end, self.request(call)?.send()).await.map_err(|_| self.too_late(call.url))?;
        let response = sent.map_err(|e| self.told.unsent(call.url, &e))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        // A body that breaks off says less, but the status says enough.
        let body = self.read(response, call, LONGEST_ERROR).await.unwrap_or_default();
        Err(self.told.refused(call, status, &headers, &body))
    }

    /// Sends, and reads the whole reply as JSON. Bytes that are not UTF-8 become replacement characters.
    ///
    /// # Errors
    /// As [`Self::send`]; `Unavailable` when the reply breaks off or is not JSON.
    pub(crate) async fn json(&self, call: Call<'_>) -> Result<Value, HttpFailure> {
        let response = self.send(call).await?;
        let body = self.read(response, call, LONGEST_REPLY).await?;
        if body.len() >= LONGEST_REPLY {
            return Err(self.too_long(call.url).into());
        }
        self.parsed(call, &body)
    }

    /// The rest of a reply that turned out not to be a stream, as JSON.
    pub(crate) async fn rest(&self, response: Response, call: Call<'_>) -> Result<Value, HttpFailure> {
        let body = self.read(response, call, LONGEST_REPLY).await?;
        self.parsed(call, &body)
    }

    fn parsed(&self, call: Call<'_>, body: &[u8]) -> Result<Value, HttpFailure> {
        let value: Value = serde_json::from_str(&String::from_utf8_lossy(body)).map_err(|_| {
            let error =
                LlmError::caused(LlmCause::Reply, format!("{}: the reply is not JSON", self.told.place(call.url)));
            HttpFailure::from(error)
        })?;
        match self.told.error_within(call, &value) {
            Some(failure) => Err(failure),
            None => Ok(value),
        }
    }

    /// An error that came as part of a stream.
    pub(crate) fn streamed_error(&self, call: Call<'_>, body: &Value) -> Option<LlmError> {
        self.told.error_within(call, body).map(|failure| failure.error)
    }

    pub(crate) fn cut(&self, url: &Url) -> LlmError {
        LlmError::caused(LlmCause::Cut, format!("{}: the reply broke off", self.told.place(url)))
    }

    pub(crate) fn too_long(&self, url: &Url) -> LlmError {
        let place = self.told.place(url);
        LlmError::caused(LlmCause::ReplyTooLong, format!("{place}: the reply is longer than {LONGEST_REPLY} bytes"))
    }

    pub(crate) fn silent(&self, url: &Url) -> LlmError {
        LlmError::caused(LlmCause::Silence, format!("{}: nothing was heard for too long", self.told.place(url)))
    }

    pub(crate) fn too_late(&self, url: &Url) -> LlmError {
        LlmError::caused(LlmCause::Deadline, format!("{}: no whole reply within the time given", self.told.place(url)))
    }

    fn request(&self, call: Call<'_>) -> Result<RequestBuilder, LlmError> {
        let method = if call.body.is_some() { Method::POST } else { Method::GET };
        let mut headers = self.headers.clone();
        for (name, value) in call.headers {
            let mut value = HeaderValue::from_str(value).map_err(|_| {
                LlmError::caused(
                    LlmCause::Key,
                    format!("{}: the key holds characters that no key has", self.told.place(call.url)),
                )
            })?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(name), value);
        }
        let mut request = self.client.request(method, call.url.clone()).headers(headers);
        if let Some(body) = call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        Ok(request)
    }

    async fn read(&self, mut response: Response, call: Call<'_>, most: usize) -> Result<Vec<u8>, LlmError> {
        let mut body = Vec::new();
        while body.len() < most {
            let next = timeout_at(call.end, response.chunk()).await.map_err(|_| self.too_late(call.url))?;
            match next.map_err(|_| self.cut(call.url))? {
                Some(chunk) => body.extend_from_slice(&chunk),
                None => break,
            }
        }
        Ok(body)
    }
}

/// Scheme, host and port: what a limit is counted by and an error names.
pub(crate) fn address_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn proxy_of(proxy: &str, without: Option<&str>) -> Result<Proxy, LlmError> {
    // The proxy's address may hold a password: it is not repeated.
    let refused =
        |_| LlmError::new(ErrorKind::InvalidInput, "the proxy's address does not parse: write it as http://host:port");
    let url = Url::parse(proxy).map_err(|_| refused(()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(()));
    }
    let proxy = Proxy::all(url).map_err(|_| refused(()))?;
    Ok(proxy.no_proxy(without.and_then(NoProxy::from_string)))
}

fn headers_of(spec: &ModelSpec) -> Result<HeaderMap, LlmError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &spec.headers {
        let refused = || {
            LlmError::new(
                ErrorKind::InvalidInput,
                format!("header `{name}` of model `{}` cannot be sent as it is", spec.name),
            )
        };
        let parsed = HeaderName::try_from(name.as_str()).map_err(|_| refused())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| refused())?;
        value.set_sensitive(true);
        headers.insert(parsed, value);
    }
    Ok(headers)
}

/// The innermost cause: what the operating system or TLS says.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut at = error;
    while let Some(source) = at.source() {
        at = source;
    }
    at.to_string()
}
