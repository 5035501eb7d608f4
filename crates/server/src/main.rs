//! The binary.

use std::io::Write;

fn main() -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&datafyme_server::http::document())?;
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
