//! A key, and text from which keys and prompts are taken out before anybody else reads it.

use std::fmt;

/// A key. Shown as `[secret]` and nothing else; only a protocol reads it, to send it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// That key, without the white space that files and terminals leave around it.
    #[must_use]
    pub fn new(key: impl AsRef<str>) -> Self {
        Self(key.as_ref().trim().to_owned())
    }

    /// The key itself. Not for logs, errors or traces.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

const LONGEST: usize = 300;
/// Characters in a row that a provider's message may share with a prompt before they count as quoted from it.
const QUOTE: usize = 12;
/// Shorter keys are not looked for: they would hit words.
const SHORTEST_KEY: usize = 6;

/// What a provider said, fit for an error: one line, without the keys, without what it quotes of the prompt, cut.
///
/// Providers mask keys (`sk-ab***yz`) or quote them, and some quote the request that they refuse, rows and all.
pub(crate) fn presentable(said: &str, keys: &[&str], prompts: &[&str]) -> String {
    let mut text: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for key in keys.iter().filter(|k| k.len() >= SHORTEST_KEY) {
        text = text.replace(key, "[secret]");
    }
    let text: Vec<char> = text.chars().take(LONGEST + QUOTE).collect();
    let kept = without_quotes(&text, prompts);
    let mut short: String = kept.chars().take(LONGEST).collect();
    if kept.chars().count() > LONGEST {
        short.push('…');
    }
    short
}

/// Every stretch of [`QUOTE`] or more characters that stands in a prompt becomes `…`.
fn without_quotes(text: &[char], prompts: &[&str]) -> String {
    let prompts: Vec<String> = prompts
        .iter()
        .map(|p| p.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|p| p.len() >= QUOTE)
        .collect();
    let mut quoted = vec![false; text.len()];
    for (start, window) in text.windows(QUOTE).enumerate() {
        let window: String = window.iter().collect();
        if prompts.iter().any(|p| p.contains(&window)) {
            quoted.iter_mut().skip(start).take(QUOTE).for_each(|q| *q = true);
        }
    }
    let mut kept = String::new();
    for (c, quoted) in text.iter().zip(quoted) {
        match quoted {
            false => kept.push(*c),
            true if !kept.ends_with('…') => kept.push('…'),
            true => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_shows_itself() {
        let secret = Secret::new(" sk-planted-1234 \n");
        assert_eq!(format!("{secret:?} {secret}"), "[secret] [secret]");
        assert_eq!(secret.expose(), "sk-planted-1234");
    }

    #[test]
    fn keys_are_taken_out_of_what_a_provider_says() {
        let said = presentable("Incorrect API key provided:\n sk-planted-1234.", &["sk-planted-1234"], &[]);
        assert_eq!(said, "Incorrect API key provided: [secret].");
    }

    #[test]
    fn what_a_provider_quotes_of_the_prompt_is_taken_out() {
        let prompt = "Rows:\nMargit Planted-Kovács, 120000 HUF";
        let said = presentable("invalid input 'Margit Planted-Kovács, 120000 HUF' at messages[0]", &[], &[prompt]);
        assert_eq!(said, "invalid input '…' at messages[0]");
    }

    #[test]
    fn long_messages_are_cut() {
        let said = presentable(&"x".repeat(5_000), &[], &[]);
        assert_eq!(said.chars().count(), LONGEST + 1);
    }
}
