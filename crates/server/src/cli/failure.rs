//! How a command ends when it does not end well.

use crate::{config::ConfigError, demo::DemoError};
use datafyme_agent::AgentError;
use datafyme_connect::ConnectError;
use datafyme_domain::{ErrorKind, RunStatus};
use datafyme_store::StoreError;
use std::process::ExitCode;

/// The user asked for something that there is not.
pub(super) const WRONG_USAGE: u8 = 2;
const FAILED: u8 = 1;
const DECLINED: u8 = 3;

/// What is printed as `error: …`, with a hint where one helps.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
    code: u8,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Failure {
    /// Exit code 1.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: FAILED }
    }

    /// Exit code 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: WRONG_USAGE, ..Self::failed(message) }
    }

    /// With what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn of(kind: ErrorKind, message: String) -> Self {
        let code = match kind {
            ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::NotFound => WRONG_USAGE,
            _ => FAILED,
        };
        let hint = match kind {
            ErrorKind::ResourceExhausted => Some("free some space, then run the same command again"),
            ErrorKind::Internal => {
                Some("this is a defect of ours: please report it with what DATAFYME_LOG__FILTER=debug prints")
            }
            _ => None,
        };
        Self { message, hint: hint.map(str::to_owned), code }
    }

    pub(super) fn print(&self) {
        if self.code == 0 {
            return;
        }
        let label = console::style("error:").for_stderr().red().bold();
        eprintln!("{label} {}", self.message);
        if let Some(hint) = &self.hint {
            eprintln!("{} {hint}", console::style("hint:").for_stderr().cyan());
        }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

/// The exit code of an answer.
pub(super) fn code_of(status: RunStatus) -> ExitCode {
    ExitCode::from(match status {
        RunStatus::Answered => 0,
        RunStatus::Declined => DECLINED,
        RunStatus::Failed | RunStatus::Cancelled | RunStatus::Running => FAILED,
    })
}

impl From<AgentError> for Failure {
    fn from(failure: AgentError) -> Self {
        if let (AgentError::Llm(_), ErrorKind::ResourceExhausted) = (&failure, failure.kind()) {
            // The provider's limit, not our disk's: the message says what to do.
            return Self::failed(failure.to_string());
        }
        Self::of(failure.kind(), failure.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(failure: StoreError) -> Self {
        Self::of(failure.kind(), failure.to_string())
    }
}

impl From<ConnectError> for Failure {
    fn from(failure: ConnectError) -> Self {
        Self::of(failure.kind(), failure.to_string())
    }
}

impl From<DemoError> for Failure {
    fn from(failure: DemoError) -> Self {
        Self::of(failure.kind(), failure.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(failure: ConfigError) -> Self {
        Self::usage(failure.to_string()).hint("`datafyme config schema` prints all keys")
    }
}

impl From<std::io::Error> for Failure {
    fn from(failure: std::io::Error) -> Self {
        // `datafyme … | head`: the reader has what it wanted.
        let code = if failure.kind() == std::io::ErrorKind::BrokenPipe { 0 } else { FAILED };
        Self { code, ..Self::failed(failure.to_string()) }
    }
}
