//! `datafyme graph`

use super::Failure;
use std::{io::Write, process::ExitCode};

pub(super) fn run() -> Result<ExitCode, Failure> {
    writeln!(std::io::stdout(), "{}", datafyme_agent::graphs::mermaid().trim_end())?;
    Ok(ExitCode::SUCCESS)
}
