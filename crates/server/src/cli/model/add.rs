//! `datafyme model add`

use super::KeyArgs;
use crate::{
    App,
    cli::{Failure, Session},
    config::ProviderName,
    models::admin,
};
use clap::Args;
use datafyme_domain::{LanguageModel, ModelId};
use datafyme_llm::Secret;
use std::{io::Write, process::ExitCode};

/// What `model add` takes.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Short unique name
    name: String,
    /// Whose protocol it speaks
    #[arg(long)]
    provider: ProviderName,
    /// The provider's name of it; Azure's deployment
    #[arg(long, value_name = "MODEL")]
    model: String,
    /// Where it is reached, e.g. `http://localhost:11434/v1` [default: the provider's own address]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    key: KeyArgs,
    /// Header sent with every call, no secret; may be given several times
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Price of a million tokens sent
    #[arg(long, value_name = "PRICE")]
    input_price: Option<f64>,
    /// Price of a million tokens that come back
    #[arg(long, value_name = "PRICE")]
    output_price: Option<f64>,
}

pub(super) async fn run(session: &Session, app: &App, args: AddArgs) -> Result<ExitCode, Failure> {
    let key = args.key.key(session)?;
    let model = LanguageModel {
        id: ModelId::generate(),
        owner_id: session.caller.user_id,
        name: args.name,
        provider: args.provider.into(),
        model: args.model,
        base_url: args.base_url,
        headers: args.headers.into_iter().collect(),
        has_key: false,
        input_price: args.input_price,
        output_price: args.output_price,
        roles: Vec::new(),
        abilities: None,
        created_at: app.clock.now(),
    };
    let added = admin::add(app, session.caller, model, key.as_ref().map(Secret::expose)).await?;
    let name = added.name;
    let key = if added.has_key { "with a key" } else { "without a key" };
    writeln!(
        std::io::stdout(),
        "{name} is configured, {key}\nnext: `datafyme model test {name}`, then `datafyme model use {name}`"
    )?;
    Ok(ExitCode::SUCCESS)
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a header is NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
