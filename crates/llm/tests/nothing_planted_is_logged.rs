//! Everything that the crate and its HTTP client log, at the finest level, over replies and failures of all kinds.
//!
//! Alone in its file: the subscriber is the whole process's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::Provider;
use datafyme_llm::{
    StructuredModeCell, StructuredRequest, ask,
    conformance::{Bench, PLANTED_KEY, PLANTED_VALUE, contracts::Counted, request},
    double::{DoubleReply, Fault},
};
use futures::StreamExt;
use serde_json::json;
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn neither_keys_nor_prompts_nor_replies_are_logged() {
    let log = Log::default();
    tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(log.clone()).init();
    let echo = format!("refused {PLANTED_KEY}: {PLANTED_VALUE}");
    for provider in Provider::ALL {
        for first in [
            DoubleReply::fault(Fault::RateLimited { retry_after: None }),
            DoubleReply::fault(Fault::Refused { status: 400, said: echo.clone() }),
            DoubleReply::fault(Fault::Refused { status: 503, said: echo.clone() }),
            DoubleReply::fault(Fault::Reset),
            DoubleReply::json(&json!({"count": PLANTED_VALUE, "unit": "orders"})),
        ] {
            let good = || DoubleReply::json(&json!({"count": 3, "unit": "orders"}));
            let bench = Bench::saying(provider, [first, good(), good()]).await;
            let asking = StructuredRequest {
                name: "counted".into(),
                purpose: "Gives the count.".into(),
                messages: request().messages,
                max_tokens: 200,
                temperature: None,
                deadline: Duration::from_secs(10),
            };
            let asked = ask::<Counted>(bench.model.as_ref(), &StructuredModeCell::default(), asking).await;
            assert!(asked.result.is_ok(), "{:?}", asked.result);
            if let Ok(events) = bench.model.stream(&request()).await {
                events.collect::<Vec<_>>().await;
            }
        }
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("llm.retry") && log.contains("llm.mode_refused"), "nothing was logged: {log}");
    for planted in [PLANTED_KEY, "Margit", "orders"] {
        let line = log.lines().find(|line| line.contains(planted));
        assert_eq!(line, None, "`{planted}` is logged");
    }
}
