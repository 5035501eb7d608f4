//! What a command starts from: configuration, data directory, terminal, and the application once it is needed.

use super::{Failure, GlobalArgs, terminal::Terminal};
use crate::{
    App,
    config::{Config, Environment, LogFormat, load},
};
use datafyme_domain::{Caller, DataSource};
use std::{path::PathBuf, sync::Arc};
use tracing_subscriber::EnvFilter;

/// One command's surroundings.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) config: Config,
    pub(crate) terminal: Terminal,
    /// Whose data it is about.
    pub(crate) caller: Caller,
    given_data_dir: Option<PathBuf>,
    user_data: Option<PathBuf>,
}

impl Session {
    /// Reads the configuration, and looks at the terminal. Touches no data.
    pub(crate) fn open(args: &GlobalArgs) -> Result<Self, Failure> {
        let environment = Environment::of_process();
        let terminal = Terminal::detect(args.color, &environment);
        let config = load(args.config.as_deref(), &environment)?;
        Ok(Self {
            given_data_dir: args.data_dir.clone().or_else(|| config.data.dir.clone()),
            user_data: environment.user_data,
            caller: Caller::local(),
            terminal,
            config,
        })
    }

    /// The data directory: given, or `default_name` in the user's data directory.
    pub(crate) fn data_dir(&self, default_name: &str) -> Result<PathBuf, Failure> {
        let default = || self.user_data.as_ref().map(|dir| dir.join(default_name));
        self.given_data_dir
            .clone()
            .or_else(default)
            .ok_or_else(|| Failure::usage("there is no HOME to keep data in").hint("give a directory with --data-dir"))
    }

    /// Starts logging to standard error; `default_filter` counts where the configuration says nothing.
    pub(crate) fn start_log(&self, default_filter: &str) -> Result<(), Failure> {
        let filter = self.config.log.filter.as_deref().unwrap_or(default_filter);
        let mut filter = EnvFilter::try_new(filter).map_err(|e| Failure::usage(format!("log.filter: {e}")))?;
        // The SQL parser logs what it parses, with the values in it: no filter asks for that.
        if let Ok(silence) = "sqlparser=off".parse() {
            filter = filter.add_directive(silence);
        }
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        // Only a second start in one process fails, and then a log is there already.
        let _ = match self.config.log.format {
            LogFormat::Text => log.with_ansi(console::colors_enabled_stderr()).try_init(),
            LogFormat::Json => log.json().try_init(),
        };
        Ok(())
    }

    /// Opens the application on the default data directory, logging errors only. Ctrl-C ends it in good order.
    pub(crate) async fn app(&self) -> Result<Arc<App>, Failure> {
        self.start_log("error")?;
        self.app_in(self.data_dir("datafyme")?).await
    }

    /// Opens the application on `data_dir`. Ctrl-C and SIGTERM end it in good order; a second one at once.
    pub(crate) async fn app_in(&self, data_dir: PathBuf) -> Result<Arc<App>, Failure> {
        let app = Arc::new(App::open(self.config.clone(), &data_dir).await?);
        tokio::spawn(end_on_signal(app.shutdown.clone()));
        Ok(app)
    }

    /// The data source of that name.
    pub(crate) async fn source(&self, app: &App, name: &str) -> Result<DataSource, Failure> {
        if let Some(source) = app.metadata.find_source(self.caller, name).await? {
            return Ok(source);
        }
        let known = app.metadata.list_sources(self.caller).await?;
        let names: Vec<&str> = known.iter().map(|s| s.name.as_str()).collect();
        let failure = Failure::usage(format!("there is no data source `{name}`"));
        Err(if names.is_empty() {
            failure.hint("register one with `datafyme source add NAME URL`")
        } else {
            failure.hint(format!("there are: {}", names.join(", ")))
        })
    }
}

async fn end_on_signal(shutdown: tokio_util::sync::CancellationToken) {
    for _ in 0..2 {
        wait_for_signal().await;
        if shutdown.is_cancelled() {
            std::process::exit(130);
        }
        shutdown.cancel();
    }
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
