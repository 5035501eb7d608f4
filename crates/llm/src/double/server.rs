//! The HTTP double of the providers.

use super::{
    DoubleReply, DoubleRequest, Fault, Spoken,
    exchange::{read_request, write_chunk, write_chunked_head, write_whole},
    render::{Said, embeddings, error, models},
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    fmt, io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// What the double replies: from a queue, then from a function of the request.
pub struct Script {
    queue: Mutex<VecDeque<DoubleReply>>,
    respond: Box<Respond>,
    models: Vec<String>,
    latency: Duration,
    /// Requests that are remembered: the first ones.
    kept: usize,
}

type Respond = dyn Fn(&DoubleRequest) -> DoubleReply + Send + Sync;

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}

impl Script {
    /// These replies to chat requests in order, then failures that say that the script is over.
    #[must_use]
    pub fn queue(replies: impl IntoIterator<Item = DoubleReply>) -> Self {
        let over = Fault::Refused { status: 409, said: "the script has no reply left".into() };
        let script = Self::responding(move |_| DoubleReply::fault(over.clone()));
        script.queue.lock().unwrap_or_else(PoisonError::into_inner).extend(replies);
        script
    }

    /// What the function says to each chat request.
    #[must_use]
    pub fn responding(respond: impl Fn(&DoubleRequest) -> DoubleReply + Send + Sync + 'static) -> Self {
        Self {
            queue: Mutex::default(),
            respond: Box::new(respond),
            models: Vec::new(),
            latency: Duration::ZERO,
            kept: usize::MAX,
        }
    }

    /// The same, listing these models.
    #[must_use]
    pub fn with_models(mut self, names: &[&str]) -> Self {
        self.models = names.iter().map(|n| (*n).to_owned()).collect();
        self
    }

    /// The same, with that much latency for every reply beside its own.
    #[must_use]
    pub fn with_latency(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// The same, remembering no more than the first requests: for load.
    #[must_use]
    pub fn keeping(self, kept: usize) -> Self {
        Self { kept, ..self }
    }

    fn next(&self, request: &DoubleRequest) -> DoubleReply {
        let queued = self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        queued.unwrap_or_else(|| (self.respond)(request))
    }
}

/// A server on a free port of the loopback that speaks all providers' protocols. It stops when it is dropped.
#[derive(Debug)]
pub struct ProviderDouble {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    script: Script,
    requests: Mutex<Vec<DoubleRequest>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

impl State {
    fn remember(&self, request: &DoubleRequest) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() < self.script.kept {
            requests.push(request.clone());
        }
    }
}

impl ProviderDouble {
    /// Starts one.
    ///
    /// # Errors
    /// The operating system's, when no port is free.
    pub async fn start(script: Script) -> io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            script,
            requests: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { address, state, accepting })
    }

    /// An address of the loopback at which connections are refused.
    ///
    /// # Errors
    /// The operating system's, when no port is free.
    pub async fn refusing_address() -> io::Result<String> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(format!("http://{}", listener.local_addr()?))
    }

    /// `http://127.0.0.1:PORT`: clients add the path of their protocol's version themselves.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<DoubleRequest> {
        self.state.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The most requests that were under way at a time.
    #[must_use]
    pub fn most_concurrent(&self) -> usize {
        self.state.most_under_way.load(Ordering::SeqCst)
    }
}

impl Drop for ProviderDouble {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let state = Arc::clone(&state);
        connections.spawn(async move {
            // A client that goes away in the middle is no failure of the double.
            let _ = serve(stream, &state).await;
        });
    }
}

async fn serve(mut stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    while let Some(request) = read_request(&mut stream).await? {
        state.remember(&request);
        let now = state.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_under_way.fetch_max(now, Ordering::SeqCst);
        let more = answer(&mut stream, &request, &state.script).await;
        state.under_way.fetch_sub(1, Ordering::SeqCst);
        if !more? {
            break;
        }
    }
    Ok(())
}

/// Answers one request; `false` when the connection is to be closed.
async fn answer(stream: &mut TcpStream, request: &DoubleRequest, script: &Script) -> io::Result<bool> {
    let json = [("content-type", "application/json".to_owned())];
    let path = request.path();
    if request.method == "GET" && path.ends_with("/models") {
        let body = models(request, &script.models).to_string();
        return write_whole(stream, 200, &json, body.as_bytes()).await.map(|()| true);
    }
    let is_embedding = path.ends_with("/embeddings") || path.ends_with(":batchEmbedContents");
    let reply = match is_embedding {
        true => script
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
            .unwrap_or_else(|| DoubleReply::text("")),
        false => script.next(request),
    };
    let latency = script.latency + reply.latency;
    if !latency.is_zero() {
        sleep(latency).await;
    }
    match &reply.fault {
        Some(fault) => return fail(stream, request, &reply, fault).await,
        None if is_embedding => {
            write_whole(stream, 200, &json, embeddings(request).to_string().as_bytes()).await?;
        }
        None => say(stream, request, &reply).await?,
    }
    Ok(true)
}

async fn say(stream: &mut TcpStream, request: &DoubleRequest, reply: &DoubleReply) -> io::Result<()> {
    let said = Said::new(request, reply);
    if !request.streams() {
        return write_whole(stream, 200, &[("content-type", "application/json".to_owned())], &said.whole()).await;
    }
    write_chunked_head(stream, &[("content-type", "text/event-stream".to_owned())]).await?;
    for piece in said.pieces() {
        write_chunk(stream, &piece).await?;
    }
    write_chunk(stream, b"").await
}

async fn fail(stream: &mut TcpStream, request: &DoubleRequest, reply: &DoubleReply, fault: &Fault) -> io::Result<bool> {
    let (status, code, said) = match fault {
        Fault::InvalidUtf8 => return say(stream, request, reply).await.map(|()| true),
        Fault::Status { status, body } => {
            let kind = if body.starts_with(['{', '[']) { "application/json" } else { "text/event-stream" };
            write_whole(stream, *status, &[("content-type", kind.to_owned())], body.as_bytes()).await?;
            return Ok(true);
        }
        Fault::Redirect(to) => {
            write_whole(stream, 308, &[("location", to.clone())], b"").await?;
            return Ok(true);
        }
        Fault::Reset | Fault::Silence | Fault::ResetMidReply | Fault::HalfBody => {
            return break_off(stream, request, reply, fault).await.map(|()| false);
        }
        Fault::RateLimited { retry_after } => {
            let body = error(request.spoken(), 429, "rate_limit_exceeded", "Too many requests.").to_string();
            let mut headers = vec![("content-type", "application/json".to_owned())];
            headers.extend(retry_after.iter().map(|after| ("retry-after", after.clone())));
            write_whole(stream, 429, &headers, body.as_bytes()).await?;
            return Ok(true);
        }
        Fault::Quota => (429, "insufficient_quota", "You exceeded your current quota."),
        Fault::ContextOverflow => match request.spoken() {
            Spoken::OpenAi => (400, "context_length_exceeded", "The maximum context length is 8192 tokens."),
            Spoken::Anthropic => (400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
            Spoken::Gemini => (400, "invalid_argument", "The input token count exceeds the maximum number of tokens."),
        },
        Fault::Refused { status, said } => (*status, "invalid_request_error", said.as_str()),
    };
    let body: Value = error(request.spoken(), status, code, said);
    let headers = [("content-type", "application/json".to_owned())];
    write_whole(stream, status, &headers, body.to_string().as_bytes()).await?;
    Ok(true)
}

/// What a connection does that does not end well.
async fn break_off(
    stream: &mut TcpStream,
    request: &DoubleRequest,
    reply: &DoubleReply,
    fault: &Fault,
) -> io::Result<()> {
    let said = Said::new(request, reply);
    match fault {
        Fault::Silence => {
            sleep(Duration::from_secs(60)).await;
            return Ok(());
        }
        Fault::HalfBody => {
            let body = if request.streams() { said.pieces().concat() } else { said.whole() };
            let kind = if request.streams() { "text/event-stream" } else { "application/json" };
            let half = body.get(..body.len() / 2).unwrap_or_default();
            let headers = [("content-type", kind.to_owned()), ("connection", "close".to_owned())];
            return write_whole(stream, 200, &headers, half).await;
        }
        Fault::ResetMidReply if request.streams() => {
            write_chunked_head(stream, &[("content-type", "text/event-stream".to_owned())]).await?;
            let pieces = said.pieces();
            for piece in pieces.iter().take(pieces.len() / 2) {
                write_chunk(stream, piece).await?;
            }
        }
        Fault::ResetMidReply => {
            let body = said.whole();
            let half = body.get(..body.len() / 2).unwrap_or_default();
            write_chunked_head(stream, &[("content-type", "application/json".to_owned())]).await?;
            write_chunk(stream, half).await?;
        }
        _ => {}
    }
    // What was written is let through before the reset.
    sleep(Duration::from_millis(20)).await;
    stream.set_zero_linger()
}
