//! `datafyme help-markdown`: the committed reference of the command line, made from its definition.

use super::{Cli, Failure};
use clap::{Command, CommandFactory};
use std::{fmt::Write as _, io::Write, process::ExitCode};

pub(super) fn run() -> Result<ExitCode, Failure> {
    write!(std::io::stdout(), "{}", page())?;
    Ok(ExitCode::SUCCESS)
}

fn page() -> String {
    let mut text = "# The command line\n\nPrinted by `datafyme help-markdown`.\n\n\
        Exit codes: 0 answered or done, 1 failed, 2 wrong usage, 3 declined.\n"
        .to_owned();
    let mut root = Cli::command().term_width(100);
    root.build();
    section(&mut text, &mut root, "");
    text
}

fn section(text: &mut String, command: &mut Command, parents: &str) {
    let name = format!("{parents}{}", command.get_name());
    if !parents.is_empty() {
        // Said once, on top.
        *command = std::mem::take(command).mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
    }
    let help = command.render_help().to_string();
    let help = help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let _ = write!(text, "\n## `{name}`\n\n```text\n{}\n```\n", help.trim_end());
    for sub in command.get_subcommands_mut() {
        if !sub.is_hide_set() && sub.get_name() != "help" {
            section(text, sub, &format!("{name} "));
        }
    }
}
