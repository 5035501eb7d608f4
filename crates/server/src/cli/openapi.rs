//! `datafyme openapi`

use super::Failure;
use std::{io::Write, process::ExitCode};

pub(super) fn run() -> Result<ExitCode, Failure> {
    let text = serde_json::to_string_pretty(&crate::http::document()).map_err(|e| Failure::failed(e.to_string()))?;
    writeln!(std::io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}
