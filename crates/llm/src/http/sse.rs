//! Server-sent events (WHATWG HTML, section 9.2.6) from bytes that come cut anywhere.

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SseEvent {
    /// Its name; empty when it has none.
    pub name: String,
    /// Its data, lines joined.
    pub data: String,
}

/// Turns bytes into events. Lines end in LF, CRLF or CR; bytes that are not UTF-8 become replacement characters.
#[derive(Debug, Default)]
pub(crate) struct SseParser {
    line: Vec<u8>,
    event: SseEvent,
    has_data: bool,
    after_cr: bool,
    begun: bool,
}

impl SseParser {
    /// The events that end in these bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<SseEvent> {
        let mut events = Vec::new();
        for &byte in bytes {
            match byte {
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    events.extend(self.end_line());
                }
                _ => {
                    self.after_cr = false;
                    self.line.push(byte);
                }
            }
        }
        events
    }

    /// An event whose empty line never came: some servers end without it.
    pub(crate) fn finish(&mut self) -> Option<SseEvent> {
        let last = self.end_line();
        last.or_else(|| self.dispatch())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let mut line = text.as_ref();
        if !std::mem::replace(&mut self.begun, true) {
            line = line.trim_start_matches('\u{feff}');
        }
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
                self.has_data = true;
            }
            // Comments keep connections alive; ids and retry times are for reconnecting, which a reply cannot.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let event = std::mem::take(&mut self.event);
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(chunks: &[&[u8]]) -> Vec<SseEvent> {
        let mut parser = SseParser::default();
        let mut events: Vec<_> = chunks.iter().flat_map(|c| parser.push(c)).collect();
        events.extend(parser.finish());
        events
    }

    fn event(name: &str, data: &str) -> SseEvent {
        SseEvent { name: name.into(), data: data.into() }
    }

    const STREAM: &str = "\u{feff}: hello\r\nevent: delta\r\ndata: {\"t\":\"árvíz\"}\r\n\r\ndata:a\ndata: b\n\n\rid: 7\rdata\r\rdata: [DONE]";

    #[test]
    fn all_line_ends_comments_and_an_unfinished_last_event_are_read() {
        assert_eq!(
            parsed(&[STREAM.as_bytes()]),
            [event("delta", "{\"t\":\"árvíz\"}"), event("", "a\nb"), event("", ""), event("", "[DONE]")]
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_within_their_line() {
        assert_eq!(parsed(&[b"data: a\xff\xfeb\n\ndata: c\n\n"]), [event("", "a\u{fffd}\u{fffd}b"), event("", "c")]);
    }

    proptest! {
        #[test]
        fn where_chunks_are_cut_does_not_matter(cuts in proptest::collection::vec(0..STREAM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let mut chunks = Vec::new();
            let mut from = 0;
            for cut in cuts {
                chunks.push(&STREAM.as_bytes()[from..cut]);
                from = cut;
            }
            chunks.push(&STREAM.as_bytes()[from..]);
            prop_assert_eq!(parsed(&chunks), parsed(&[STREAM.as_bytes()]));
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            parsed(&[&bytes]);
        }
    }
}
