//! Calls of a Milvus over gRPC.

use super::MilvusOptions;
use super::wire::{Answer, Nothing, Version};
use crate::StoreError;
use base64::{Engine, prelude::BASE64_STANDARD};
use datafyme_domain::ErrorKind;
use prost::Message;
use std::time::Duration;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request};
use tonic_prost::ProstCodec;
use url::Url;

const HINT: &str = "write milvus://host:19530 or milvus://user@host:19530/database?tls=true";

const CONNECTING: Duration = Duration::from_secs(3);
/// A connection that is silent is asked this often whether it still stands, and given up after as long again.
const ALIVE: Duration = Duration::from_secs(10);
/// As much as Milvus itself takes.
const MESSAGE_BYTES: usize = 256 * 1024 * 1024;

/// What Milvus says to a call that it does not do.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is no such collection.
    NoCollection,
    /// The collection is there, and not in memory.
    NotLoaded,
    /// It failed.
    Failed(StoreError),
}

impl From<Refused> for StoreError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NoCollection => Self::new(ErrorKind::Unavailable, "a collection of Milvus is gone: try again"),
            Refused::NotLoaded => Self::new(ErrorKind::Unavailable, "a collection of Milvus is not loaded: try again"),
            Refused::Failed(error) => error,
        }
    }
}

/// One Milvus.
#[derive(Debug)]
pub(super) struct Client {
    channel: Channel,
    credentials: Option<MetadataValue<Ascii>>,
    database: Option<MetadataValue<Ascii>>,
    /// Host and port, for messages.
    place: String,
}

impl Client {
    /// Of the server of that URL. Nothing is asked of it yet.
    pub(super) fn at(url: &Url, options: &MilvusOptions) -> Result<Self, StoreError> {
        let invalid = |why: &str| StoreError::new(ErrorKind::InvalidInput, format!("search.url {why}: {HINT}"));
        if url.scheme() != "milvus" {
            return Err(invalid("is not of Milvus"));
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| invalid("names no host"))?;
        let place = format!("{host}:{}", url.port().unwrap_or(19530));
        let tls = url.query_pairs().any(|(key, value)| key == "tls" && value == "true") || options.ca_pem.is_some();
        let scheme = if tls { "https" } else { "http" };
        let mut endpoint = Endpoint::from_shared(format!("{scheme}://{place}"))
            .map_err(|_| invalid("is no URL"))?
            .connect_timeout(CONNECTING)
            .http2_keep_alive_interval(ALIVE)
            .keep_alive_timeout(ALIVE)
            .keep_alive_while_idle(true)
            .tcp_nodelay(true);
        if tls {
            let trusted = match &options.ca_pem {
                Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
                None => ClientTlsConfig::new().with_webpki_roots(),
            };
            endpoint = endpoint.tls_config(trusted).map_err(|error| {
                StoreError::new(ErrorKind::InvalidInput, format!("search.ca_file cannot be used: {error}"))
            })?;
        }
        let database = url.path().trim_matches('/');
        Ok(Self {
            channel: endpoint.connect_lazy(),
            credentials: credentials(url.username(), options.password.as_deref())?,
            database: (!database.is_empty())
                .then(|| database.parse())
                .transpose()
                .map_err(|_| invalid("names no database"))?,
            place,
        })
    }

    /// Name and version of the server.
    pub(super) async fn version(&self, limit: Duration) -> Result<String, Refused> {
        let answer: Version = self.call(method("GetVersion"), Nothing {}, limit).await?;
        Ok(answer.version)
    }

    /// Calls a method, which takes no longer than `limit`.
    pub(super) async fn call<Q, A>(&self, method: PathAndQuery, question: Q, limit: Duration) -> Result<A, Refused>
    where
        Q: Message + 'static,
        A: Answer,
    {
        let mut request = Request::new(question);
        request.set_timeout(limit);
        for (name, value) in [("authorization", &self.credentials), ("dbname", &self.database)] {
            if let Some(value) = value {
                request.metadata_mut().insert(name, value.clone());
            }
        }
        let mut grpc = Grpc::new(self.channel.clone())
            .max_decoding_message_size(MESSAGE_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES);
        let calling = async {
            grpc.ready().await.map_err(|error| self.failed(ErrorKind::Unavailable, &describe(&error)))?;
            let answer = grpc.unary(request, method, ProstCodec::<Q, A>::default()).await;
            answer.map_err(|status| self.failed(kind_of(status.code()), &describe(&status)))
        };
        let answer = match tokio::time::timeout(limit, calling).await {
            Ok(answer) => answer?.into_inner(),
            Err(_) => {
                let text = format!("it does not answer within {} s", limit.as_secs());
                return Err(self.failed(ErrorKind::Unavailable, &text));
            }
        };
        match self.refusal(&answer) {
            Some(refused) => Err(refused),
            None => Ok(answer),
        }
    }

    fn refusal(&self, answer: &impl Answer) -> Option<Refused> {
        let status = answer.status()?;
        match (status.code, status.error_code) {
            (0, 0) => None,
            (100, _) | (0, 4) => Some(Refused::NoCollection),
            (101 | 103, _) | (0, 101) => Some(Refused::NotLoaded),
            // The first codes are of a server that is not ready, overloaded or shutting down.
            (code, _) => {
                let kind = if (1..10).contains(&code) { ErrorKind::Unavailable } else { ErrorKind::Internal };
                Some(self.failed(kind, &format!("{} (code {code})", status.reason)))
            }
        }
    }

    fn failed(&self, kind: ErrorKind, cause: &str) -> Refused {
        let text = match kind {
            ErrorKind::Unauthenticated | ErrorKind::Forbidden => format!(
                "Milvus at {} refuses the credentials ({cause}): check search.url and search.password_file",
                self.place
            ),
            ErrorKind::Unavailable => format!("Milvus at {} cannot be reached: {cause}", self.place),
            _ => format!("Milvus at {} failed: {cause}", self.place),
        };
        Refused::Failed(StoreError::new(kind, text))
    }
}

/// The path of a method.
pub(super) fn method(name: &'static str) -> PathAndQuery {
    PathAndQuery::try_from(format!("/milvus.proto.milvus.MilvusService/{name}"))
        .unwrap_or_else(|_| PathAndQuery::from_static("/"))
}

/// `user:password`, or an API key where no user is named; as Milvus wants it.
fn credentials(user: &str, password: Option<&str>) -> Result<Option<MetadataValue<Ascii>>, StoreError> {
    let Some(password) = password else { return Ok(None) };
    let token = if user.is_empty() { password.to_owned() } else { format!("{user}:{password}") };
    let value = BASE64_STANDARD.encode(token).parse::<MetadataValue<Ascii>>();
    let mut value =
        value.map_err(|_| StoreError::new(ErrorKind::InvalidInput, "the password of search.url cannot be sent"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// An error with what it rests on: `transport error` alone tells nobody anything.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

fn kind_of(code: Code) -> ErrorKind {
    match code {
        Code::Unauthenticated => ErrorKind::Unauthenticated,
        Code::PermissionDenied => ErrorKind::Forbidden,
        Code::Unimplemented => ErrorKind::Unsupported,
        Code::ResourceExhausted => ErrorKind::ResourceExhausted,
        Code::InvalidArgument | Code::OutOfRange | Code::DataLoss | Code::FailedPrecondition => ErrorKind::Internal,
        // The rest is of the way there: refused, cut, too late.
        _ => ErrorKind::Unavailable,
    }
}
