//! The engines of this test process: those of `DATAFYME_TEST_MILVUS_URL` and `DATAFYME_TEST_NEO4J_URL`, else such as
//! `scripts/milvus.sh` and `scripts/neo4j.sh` start, which end with the process.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// An engine that a script of ours starts.
pub(crate) struct Engine {
    script: &'static str,
    dir: PathBuf,
}

impl Engine {
    /// One of its own, in a directory that goes away with this process.
    pub(crate) fn own(script: &'static str, name: &str) -> Self {
        let process = std::process::id();
        Self { script, dir: std::env::temp_dir().join(format!("datafyme-store-{name}-{process}")) }
    }

    /// Starts it; on a port that it had, so that it is found again.
    pub(crate) fn start(&self, port: Option<u16>) -> String {
        let mut arguments = vec!["--owner".to_owned(), std::process::id().to_string()];
        if let Some(port) = port {
            arguments.extend(["--port".to_owned(), port.to_string()]);
        }
        let output = self.run("start", &arguments);
        assert!(output.status.success(), "{}: {}", self.script, String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Kills it.
    pub(crate) fn kill(&self) {
        assert!(self.run("stop", &[]).status.success());
    }

    fn run(&self, command: &str, arguments: &[String]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(self.script);
        Command::new("bash").arg(script).arg(command).arg(&self.dir).args(arguments).output().unwrap()
    }
}

pub(crate) fn port_of(url: &str) -> u16 {
    url.rsplit(':').next().unwrap().parse().unwrap()
}

/// The URL of the engine that the tests of this process share.
pub(crate) fn shared(
    variable: &str,
    script: &'static str,
    name: &str,
    started: &'static OnceLock<String>,
) -> &'static str {
    started.get_or_init(|| match std::env::var(variable) {
        Ok(url) if !url.is_empty() => url,
        _ => Engine::own(script, name).start(None),
    })
}
