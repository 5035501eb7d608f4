//! The command line: one file per command.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 answered or done, 1 failed,
//! 2 wrong usage, 3 declined. Start at [`main`].

mod answer;
mod ask;
mod backup;
mod bench;
mod config;
mod demo;
mod docs;
mod doctor;
mod eval;
mod failure;
mod graph;
mod help_markdown;
mod migrate_metadata;
mod model;
mod openapi;
mod progress;
mod reindex;
mod relations;
mod restore;
mod run;
mod serve;
mod session;
mod source;
mod tables;
mod terminal;
mod verified;
mod worker;

use clap::{Args, Parser, Subcommand, ValueEnum};
use failure::Failure;
use session::Session;
use std::{ffi::OsString, path::PathBuf, process::ExitCode};

/// Turns a database into answers: questions in plain language, checked SQL, tables and charts.
#[derive(Debug, Parser)]
#[command(name = "datafyme", version, max_term_width = 110, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct GlobalArgs {
    /// Directory of our own state [default: `datafyme` in the user's data directory]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Configuration file [default: `datafyme.toml` in the working directory, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Colours: `auto` means on a terminal without NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorWhen,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

/// Form of what a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes, learns and serves two demo data sources, and answers three questions about them
    Demo(demo::DemoArgs),
    /// Serves the HTTP API and the web UI, and works in the background
    Serve(serve::ServeArgs),
    /// Works in the background without serving
    Worker,
    /// Registers and looks after data sources
    #[command(subcommand)]
    Source(source::SourceCommand),
    /// Configures language models, and says what each is used for
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Answers a question
    Ask(ask::AskArgs),
    /// Shows how questions were answered
    #[command(subcommand)]
    Run(run::RunCommand),
    /// Lists the tables that a question is about, best first
    Tables(tables::TablesArgs),
    /// Lists how the tables of a data source join
    Relations(relations::RelationsArgs),
    /// Exports and imports what people know of a data source
    #[command(subcommand)]
    Docs(docs::DocsCommand),
    /// Looks after approved queries
    #[command(subcommand)]
    Verified(verified::VerifiedCommand),
    /// Measures answers against known ones
    #[command(subcommand)]
    Eval(eval::EvalCommand),
    /// Rebuilds the search index and the relation graph from metadata
    Reindex(reindex::ReindexArgs),
    /// Moves metadata from a data directory to PostgreSQL, and compares what arrived
    MigrateMetadata(migrate_metadata::MigrateMetadataArgs),
    /// Saves all metadata in one file, while everything goes on
    Backup(backup::BackupArgs),
    /// Puts back what `backup` saved, in place of nothing
    Restore(restore::RestoreArgs),
    /// Prints the three graphs as Mermaid
    Graph,
    /// Opens every back end and says in one line each what works
    Doctor,
    /// Checks or describes the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Prints the description of the HTTP API
    #[command(hide = true)]
    Openapi,
    /// Prints this help as Markdown
    #[command(hide = true)]
    HelpMarkdown,
    /// Measures the overhead of a question and the memory of an idle server
    #[command(hide = true)]
    Bench(bench::BenchArgs),
}

/// Runs the command line `arguments`, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::WRONG_USAGE));
        }
    };
    match start(cli) {
        Ok(code) => code,
        Err(failure) => {
            failure.print();
            failure.exit_code()
        }
    }
}

fn start(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        // These need neither configuration nor data, and must work when either is broken.
        Command::Openapi => return openapi::run(),
        Command::HelpMarkdown => return help_markdown::run(),
        Command::Graph => return graph::run(),
        Command::Config(command) => return config::run(&command, &cli.global),
        _ => {}
    }
    let session = Session::open(&cli.global)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Failure::failed(format!("cannot start: {e}")))?;
    let ended = runtime.block_on(execute(cli.command, session));
    // Blocking work of a cancelled question must neither hold the process nor find its runtime gone: it ends with the
    // process.
    std::mem::forget(runtime);
    ended
}

async fn execute(command: Command, session: Session) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(args) => demo::run(session, args).await,
        Command::Serve(args) => serve::run(session, args).await,
        Command::Worker => worker::run(session).await,
        Command::Source(command) => source::run(session, command).await,
        Command::Model(command) => model::run(session, command).await,
        Command::Ask(args) => ask::run(session, args).await,
        Command::Run(command) => run::run(session, command).await,
        Command::Tables(args) => tables::run(session, args).await,
        Command::Relations(args) => relations::run(session, args).await,
        Command::Docs(command) => docs::run(session, command).await,
        Command::Verified(command) => verified::run(session, command).await,
        Command::Eval(command) => eval::run(session, command).await,
        Command::Reindex(args) => reindex::run(session, args).await,
        Command::MigrateMetadata(args) => migrate_metadata::run(session, args).await,
        Command::Backup(args) => backup::run(session, args).await,
        Command::Restore(args) => restore::run(session, args).await,
        Command::Doctor => doctor::run(session).await,
        Command::Bench(args) => bench::run(session, args).await,
        Command::Graph | Command::Config(_) | Command::Openapi | Command::HelpMarkdown => Ok(ExitCode::SUCCESS),
    }
}
