//! The environment, read once.

use std::{ffi::OsString, path::PathBuf};

/// Variables of ours, `DATAFYME_SECTION__KEY`.
const PREFIX: &str = "DATAFYME_";

/// What the process found in its environment.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `(name, value)` of every `DATAFYME_SECTION__KEY`, by name.
    pub settings: Vec<(String, String)>,
    /// Where a user's data goes on this machine.
    pub user_data: Option<PathBuf>,
    /// Whether colours are refused (<https://no-color.org>).
    pub no_color: bool,
}

impl Environment {
    /// That of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::of(std::env::vars_os())
    }

    /// That of these variables.
    #[must_use]
    pub fn of(variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let mut found = Self::default();
        let mut home = None;
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            let is_set = !value.is_empty();
            match name {
                "NO_COLOR" => found.no_color = is_set,
                "XDG_DATA_HOME" if is_set => found.user_data = Some(PathBuf::from(value)),
                "HOME" if is_set => home = Some(PathBuf::from(value)),
                // A setting names its section and key; other variables of ours (tests, scripts) have no `__`.
                _ if name.starts_with(PREFIX) && name.contains("__") => {
                    let value = value.to_string_lossy().into_owned();
                    found.settings.push((name.to_owned(), value));
                }
                _ => {}
            }
        }
        found.settings.sort();
        found.user_data = found.user_data.or_else(|| home.map(|h| h.join(".local/share")));
        found
    }

    /// The section and key that a variable sets.
    pub(super) fn key_of(name: &str) -> Option<(String, String)> {
        let (section, key) = name.strip_prefix(PREFIX)?.split_once("__")?;
        Some((section.to_ascii_lowercase(), key.to_ascii_lowercase()))
    }
}
