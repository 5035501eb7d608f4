//! `datafyme serve`

use super::{Failure, Session};
use crate::{App, http, jobs::worker, metrics};
use clap::Args;
use std::{io::Write, net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// How long connections may take to end once the process is told to.
const GRACE: Duration = Duration::from_secs(10);

/// How the line begins that says that it serves; the address follows.
pub(super) const READY: &str = "Datafyme is at http://";

/// What `serve` takes.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:7777]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

pub(super) async fn run(session: Session, args: ServeArgs) -> Result<ExitCode, Failure> {
    session.start_log("info,sqlx=warn")?;
    let server = &session.config.server;
    let listener = listen(args.listen.unwrap_or(server.listen), server.behind_proxy).await?;
    let app = session.app_in(session.data_dir("datafyme")?).await?;
    serve(app, listener).await
}

/// Takes the address, with words for why not.
pub(super) async fn listen(address: SocketAddr, behind_proxy: bool) -> Result<TcpListener, Failure> {
    if !address.ip().is_loopback() && !behind_proxy {
        let refused = format!("{address} can be reached from other machines, and this build has no accounts");
        return Err(Failure::usage(refused)
            .hint("listen on 127.0.0.1, and let a tunnel or a proxy that authenticates on this machine do the rest; where nothing but such a \
                   proxy reaches this address, set server.behind_proxy"));
    }
    TcpListener::bind(address).await.map_err(|e| {
        let failure = Failure::failed(format!("cannot listen on {address}: {e}"));
        match e.kind() {
            std::io::ErrorKind::AddrInUse => failure.hint("choose another port with --listen 127.0.0.1:0"),
            _ => failure,
        }
    })
}

/// Serves what is counted, where that is configured.
pub(super) async fn start_metrics(app: &Arc<App>) -> Result<(), Failure> {
    metrics::listener::start(app).await.map_err(|e| {
        let address = app.config.metrics.listen.map(|address| address.to_string()).unwrap_or_default();
        Failure::failed(format!("cannot listen on {address}: {e}"))
            .hint("choose another address as metrics.listen, or leave it out: then nothing is served there")
    })
}

/// Serves and works until the application shuts down.
pub(super) async fn serve(app: Arc<App>, listener: TcpListener) -> Result<ExitCode, Failure> {
    let address = listener.local_addr()?;
    start_metrics(&app).await?;
    writeln!(std::io::stdout(), "{READY}{address} (Ctrl-C ends it)")?;
    std::io::stdout().flush()?;
    let work = tokio::spawn(worker::work(Arc::clone(&app)));
    let shutdown = app.shutdown.clone();
    let serving = axum::serve(listener, http::router(&app)).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let limit = async {
        shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = serving.into_future() => ended?,
        () = limit => tracing::warn!("http.connections_cut"),
    }
    app.shutdown.cancel();
    let _ = tokio::time::timeout(GRACE, work).await;
    Ok(ExitCode::SUCCESS)
}
