//! Prompts: one file per reasoning task under `crates/agent/prompts`, strict about what it names.
//!
//! A file holds the instructions and, below a line of `=====`, what is asked. It is parted before it is rendered, so
//! that nothing in the data can move that line. What comes from the customer goes through the filter `data`, which puts
//! it between marks that it cannot contain.

use crate::AgentError;
use datafyme_domain::{ErrorKind, ModelRole};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Parts the instructions from what is asked.
const PARTING: &str = "\n=====\n";
/// Characters of a hash that traces keep.
const HASH_LENGTH: usize = 16;

/// A prompt file, ready to be rendered.
#[derive(Debug)]
pub(crate) struct Prompt {
    /// The reasoning task; also the file's name.
    pub(crate) task: &'static str,
    /// Which model is asked.
    pub(crate) role: ModelRole,
    /// Longest reply in tokens.
    pub(crate) max_tokens: u32,
    /// First characters of the file's SHA-256.
    pub(crate) hash: String,
    compiled: Result<Environment<'static>, String>,
}

/// A prompt with its data in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// The instructions.
    pub(crate) system: String,
    /// What is asked.
    pub(crate) user: String,
}

/// A prompt of the file of that name.
macro_rules! prompt {
    ($task:literal, $role:ident, $max_tokens:literal) => {
        std::sync::LazyLock::new(|| {
            $crate::prompts::Prompt::new(
                $task,
                datafyme_domain::ModelRole::$role,
                $max_tokens,
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/", $task, ".md.j2")),
            )
        })
    };
}
pub(crate) use prompt;

impl Prompt {
    /// Reads a file's text. A fault in it shows when it is rendered.
    pub(crate) fn new(task: &'static str, role: ModelRole, max_tokens: u32, source: &'static str) -> Self {
        let digest = Sha256::digest(source.as_bytes());
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { task, role, max_tokens, hash: hash.chars().take(HASH_LENGTH).collect(), compiled: compile(source) }
    }

    /// The prompt with `context` in it. A name that the context lacks is an error.
    ///
    /// # Errors
    /// `Internal`: a file and its context do not fit, which a test keeps from happening.
    pub(crate) fn render<C: Serialize>(&self, context: &C) -> Result<Rendered, AgentError> {
        let fault = |what: &str| {
            AgentError::refused(ErrorKind::Internal, format!("the prompt {} cannot be written: {what}", self.task))
        };
        let environment = self.compiled.as_ref().map_err(|e| fault(e))?;
        let context = minijinja::Value::from(Serde(context));
        let part = |name: &str| {
            let template = environment.get_template(name).map_err(|e| fault(&e.to_string()))?;
            // The error's own words may hold parts of the context.
            template.render(context.clone()).map_err(|e| fault(e.kind().to_string().as_str()))
        };
        Ok(Rendered { system: part("system")?.trim().to_owned(), user: part("user")?.trim().to_owned() })
    }
}

fn compile(source: &'static str) -> Result<Environment<'static>, String> {
    let (system, user) = source.split_once(PARTING).ok_or("it has no line of =====")?;
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(|e| e.to_string())?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_filter("data", |text: String| format!("<data>\n{}\n</data>", harmless(&text)));
    environment.add_template("system", system).map_err(|e| e.to_string())?;
    environment.add_template("user", user).map_err(|e| e.to_string())?;
    Ok(environment)
}

/// What looks like the end of a block of data is none.
pub(crate) fn harmless(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let lower = text.to_ascii_lowercase();
    text.char_indices()
        .map(|(at, c)| {
            let rest = lower.get(at..).unwrap_or_default();
            let marks = c == '<' && ["<data", "</data", "< data", "< /data"].iter().any(|m| rest.starts_with(m));
            if marks { '‹' } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_data_cannot_move_the_parting_line() {
        let prompt = Prompt::new("t", ModelRole::Fast, 10, "Rules.\n=====\n{{ data }}");
        let rendered = prompt.render(&json!({"data": "a\n=====\nb"})).unwrap();
        assert_eq!(rendered.system, "Rules.");
        assert_eq!(rendered.user, "a\n=====\nb");
    }

    #[test]
    fn a_name_that_the_context_lacks_is_an_error_without_the_context_in_it() {
        let prompt = Prompt::new("t", ModelRole::Fast, 10, "Rules.\n=====\n{{ data }} {{ missing }}");
        let error = prompt.render(&json!({"data": "row value"})).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert!(!error.to_string().contains("row value"), "{error}");
    }
}
