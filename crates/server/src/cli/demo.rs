//! `datafyme demo`: from nothing to answers, in one command.

use super::{
    Failure, Session, answer,
    ask::{self, Question},
    serve::{listen, serve},
    source::learn,
};
use crate::{App, demo};
use clap::Args;
use console::style;
use datafyme_connect::SourceUrl;
use datafyme_domain::{
    DataSource, RunStatus, SourceStatus,
    names::{identifier_words, stem, text_words},
};
use std::{collections::HashSet, io::Write, net::SocketAddr, path::Path, process::ExitCode};

/// What `demo` takes.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Ends after the answers, without serving
    #[arg(long)]
    once: bool,
    /// Asks this instead of the demo's own questions; may be repeated
    #[arg(long, value_name = "QUESTION")]
    ask: Vec<String>,
    /// Address and port of the web UI; port 0 takes a free one [default: 127.0.0.1:7777]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Loads the demo data into this PostgreSQL server, and uses it from there
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Replaces what stands in the PostgreSQL server under the demo's names
    #[arg(long, requires = "postgres")]
    force: bool,
}

/// A demo database and where it is.
struct Place {
    name: String,
    url: String,
}

pub(super) async fn run(session: Session, args: DemoArgs) -> Result<ExitCode, Failure> {
    session.start_log("error")?;
    // Before any work: a taken port is better said at once.
    let listener = match args.once {
        true => None,
        false => Some(listen(args.listen.unwrap_or(session.config.server.listen), false).await?),
    };
    let dir = session.data_dir("datafyme-demo")?;
    let app = session.app_in(dir.clone()).await?;
    let mut sources = Vec::new();
    for place in places(&dir, &args).await? {
        sources.push(prepare(&session, &app, &place).await?);
    }
    let mut all_answered = true;
    for (source, question) in questions(&session, &app, &sources, &args.ask).await? {
        let mut out = std::io::stdout();
        writeln!(out, "\n{} {}", style(format!("{}>", source.name)).cyan(), style(&question).bold())?;
        let asked = Question { text: &question, conversation: None, effort: None };
        let (_, answer) = ask::ask(&session, &app, &source, asked).await?;
        answer::print_text(session.terminal, &question, &answer)?;
        all_answered &= answer.status == RunStatus::Answered;
    }
    match listener {
        Some(listener) => {
            writeln!(std::io::stdout())?;
            serve(app, listener).await
        }
        None if all_answered || !args.ask.is_empty() => Ok(ExitCode::SUCCESS),
        None => Err(Failure::failed("a question of the demo was not answered")),
    }
}

/// Makes sure that the demo databases are there.
async fn places(dir: &Path, args: &DemoArgs) -> Result<Vec<Place>, Failure> {
    if let Some(url) = &args.postgres {
        let loaded = demo::load_postgres(url, args.force).await?;
        return Ok(loaded.into_iter().map(|d| Place { name: d.name.to_owned(), url: d.url }).collect());
    }
    let dir = std::path::absolute(dir.join("demo"))?;
    let written = tokio::task::spawn_blocking(move || demo::write_sqlite(&dir)).await;
    let written = written.map_err(|e| Failure::failed(format!("the demo data could not be made: {e}")))??;
    let place =
        |source: demo::DemoSource| Place { name: source.name.to_owned(), url: source.path.display().to_string() };
    Ok(written.into_iter().map(place).collect())
}

/// Registers and learns a demo database, unless that was done before; a database elsewhere under the same name takes
/// its place.
async fn prepare(session: &Session, app: &App, place: &Place) -> Result<DataSource, Failure> {
    let caller = session.caller;
    let url = SourceUrl::parse(&place.url)?;
    let mut standing = app.metadata.find_source(caller, &place.name).await?;
    if let Some(source) = standing.take_if(|s| s.location != url.location) {
        app.agent.remove_source(caller, source.id).await?;
    }
    let job = match standing {
        Some(source) if source.status == SourceStatus::Ready => return Ok(source),
        Some(source) if source.status == SourceStatus::Paused => {
            return Ok(app.agent.resume_source(caller, source.id).await?);
        }
        Some(source) => app.agent.relearn(caller, source.id).await?,
        None => app.agent.add_source(caller, &place.name, &url).await?.1,
    };
    learn(session, app, &place.name, job).await?;
    let source = session.source(app, &place.name).await?;
    let relations = app.metadata.list_relations(caller, source.id).await?.len();
    let mark = style("✓").green();
    let mut out = std::io::stdout();
    writeln!(out, "{mark} {}: {} tables, {relations} relations", source.name, source.table_count)?;
    Ok(source)
}

/// What is asked, and of which data source: that one whose tables fit a question best.
async fn questions(
    session: &Session,
    app: &App,
    sources: &[DataSource],
    asked: &[String],
) -> Result<Vec<(DataSource, String)>, Failure> {
    let mut questions = Vec::new();
    if asked.is_empty() {
        for (name, question) in demo::QUESTIONS {
            let source = sources.iter().find(|s| s.name == name);
            questions.extend(source.map(|s| (s.clone(), question.to_owned())));
        }
        return Ok(questions);
    }
    for question in asked {
        let best = best_source(session, app, sources, question).await?;
        questions.extend(best.map(|source| (source.clone(), question.clone())));
    }
    Ok(questions)
}

/// The data source whose tables and columns name most of a question's words; among equals, the one whose first table
/// fits better.
async fn best_source<'a>(
    session: &Session,
    app: &App,
    sources: &'a [DataSource],
    question: &str,
) -> Result<Option<&'a DataSource>, Failure> {
    let words: HashSet<String> = text_words(question).iter().map(|word| stem(word)).collect();
    let mut best: Option<((usize, f64), &DataSource)> = None;
    for source in sources {
        let catalog = app.metadata.catalog(session.caller, source.id).await?;
        let tables = catalog.iter().flat_map(|c| &c.tables);
        let names = tables.flat_map(|t| t.columns.iter().map(|c| &c.name).chain([&t.name.table]));
        let vocabulary: HashSet<String> = names.flat_map(|n| identifier_words(n)).map(|word| stem(&word)).collect();
        let hits = app.agent.link_tables(session.caller, source.id, question).await?;
        let score = (words.intersection(&vocabulary).count(), hits.first().map_or(0.0, |hit| hit.score));
        if best.is_none_or(|(other, _)| score > other) {
            best = Some((score, source));
        }
    }
    Ok(best.map(|(_, source)| source))
}
