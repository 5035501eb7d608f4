//! A model that takes no time: the double of the providers as a server of its own, for `make bench`.
//! `provider_double REPLIES.json CALLS.jsonl`: replies to each task with what stands under its name in the one file, and
//! writes the bodies of the first question's calls to the other. Prints its address; ends with its standard input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_llm::double::{DoubleReply, DoubleRequest, Fault, ProviderDouble, Script};
use serde_json::{Map, Value};
use std::{collections::HashSet, io::Write, sync::Mutex};
use tokio::io::AsyncReadExt;

/// The calls of the first question: all up to the first task that comes a second time.
struct Recorder {
    file: std::fs::File,
    seen: HashSet<String>,
    is_over: bool,
}

impl Recorder {
    fn record(&mut self, task: &str, body: &Value) {
        self.is_over |= !self.seen.insert(task.to_owned());
        if !self.is_over {
            writeln!(self.file, "{body}").unwrap();
        }
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let replies: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(&paths[0]).unwrap()).unwrap();
    let recorder =
        Mutex::new(Recorder { file: std::fs::File::create(&paths[1]).unwrap(), seen: HashSet::new(), is_over: false });
    let script = Script::responding(move |request: &DoubleRequest| {
        let task = request.output_name().unwrap_or_default();
        let mut recorder = recorder.lock().unwrap();
        if !recorder.is_over {
            recorder.record(task, &request.body);
        }
        match replies.get(task) {
            Some(reply) => DoubleReply::json(reply),
            None => DoubleReply::fault(Fault::Refused { status: 409, said: format!("no reply for {task}") }),
        }
    });
    let double = ProviderDouble::start(script.keeping(0)).await.unwrap();
    println!("{}/v1", double.base_url());
    let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
}
