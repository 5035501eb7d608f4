//! Leaves out the thoughts that reasoning models of local servers write before their reply: `<think>...</think>`.

/// Reads a reply piece by piece.
#[derive(Debug, Default)]
pub(super) struct Thoughts {
    held: String,
    state: State,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    /// Too little came to tell.
    #[default]
    Beginning,
    Thinking,
    Replying,
}

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

impl Thoughts {
    /// What of these words belongs to the reply, as far as it can be told.
    pub(super) fn push(&mut self, words: &str) -> String {
        if self.state == State::Replying {
            return words.to_owned();
        }
        self.held.push_str(words);
        if self.state == State::Beginning {
            let begun = self.held.trim_start();
            if begun.starts_with(OPEN) {
                self.state = State::Thinking;
            } else if !OPEN.starts_with(begun) {
                self.state = State::Replying;
                return std::mem::take(&mut self.held);
            }
        }
        match self.held.split_once(CLOSE) {
            Some((_, reply)) if self.state == State::Thinking => {
                let reply = reply.trim_start().to_owned();
                self.held.clear();
                self.state = State::Replying;
                reply
            }
            _ => String::new(),
        }
    }

    /// What was held back at the end: a beginning that was none. Unended thoughts are no reply.
    pub(super) fn finish(&mut self) -> String {
        match self.state {
            State::Beginning => std::mem::take(&mut self.held),
            State::Thinking | State::Replying => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str]) -> String {
        let mut thoughts = Thoughts::default();
        let mut out: String = pieces.iter().map(|p| thoughts.push(p)).collect();
        out.push_str(&thoughts.finish());
        out
    }

    #[test]
    fn thoughts_are_left_out_wherever_they_are_cut() {
        assert_eq!(read(&["<th", "ink>a {\"b\"", ": 1}</thi", "nk>\n\nHello", " you"]), "Hello you");
        assert_eq!(read(&["Hello <think> is", " a tag"]), "Hello <think> is a tag");
        assert_eq!(read(&["<t"]), "<t");
        assert_eq!(read(&["<think>never done"]), "");
    }
}
