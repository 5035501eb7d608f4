//! A whole conversation with a model alone, over HTTP; its trace is a reviewed snapshot.

use crate::stage::{Setting, Stage, task, trace, written};
use datafyme_domain::{Answer, AnswerKind, ChartKind, Provider, RunStatus, Value as Cell};
use datafyme_llm::double::{DoubleReply, DoubleRequest, Script};
use serde_json::{Value, json};

const PER_CITY: &str = "SELECT c.city, count(*) AS orders FROM orders o JOIN customers c ON c.customer_id = o.customer_id \
                        WHERE c.city IS NOT NULL GROUP BY c.city ORDER BY orders DESC";

/// What a model would say to each task, by the question in the prompt.
fn reply(request: &DoubleRequest) -> DoubleReply {
    let task = task(request);
    let prompt = request.prompt();
    let question = prompt.rsplit("<data>").next().unwrap_or_default().to_owned();
    let asks = |words: &str| question.contains(words);
    DoubleReply::json(&match task {
        "title" => json!({"title": "Orders of the shop"}),
        "screen" if asks("Hello") => json!({"kind": "small_talk", "reason": "", "suggestions": []}),
        "screen" => json!({"kind": "question", "reason": "", "suggestions": []}),
        "small_talk" => json!({"text": "Hello! Ask me about the shop.", "suggestions": ["How many orders are there?"]}),
        "restate" => restated(&question),
        "needs_query" => {
            let needed = !(asks("pie chart") || asks("Which of them"));
            json!({"needed": needed, "why": if needed { "it asks for data" } else { "the rows are there" }})
        }
        "needs_chart" => json!({"needed": asks("pie chart"), "why": "as it says"}),
        "answer_from_history" => json!({"text": "Budapest, with 8 orders.", "suggestions": []}),
        "choose_representation" => {
            let kind = if asks("city (text)") || prompt.contains("city (text)") { "chart" } else { "text" };
            json!({"kind": kind, "why": "as the rows are"})
        }
        "choose_chart" => {
            let kind = if prompt.contains("pie chart") { "pie" } else { "bar" };
            json!({"kind": kind, "title": "Orders per city", "x": "city", "y": ["orders"], "series": "", "size": "",
                "why": "one number per city"})
        }
        "describe_result" => described(&prompt),
        "write_query" => query(&prompt, &question),
        "repair_query" => written("SELECT avg(quantity) AS average FROM orders"),
        "repair_empty" => {
            let mut mended = written(
                "SELECT count(*) AS n FROM orders o JOIN customers c ON c.customer_id = o.customer_id WHERE c.city = 'Vienna'",
            );
            mended["assumptions"] = json!(["Wien stands in the data as Vienna."]);
            mended
        }
        other => panic!("no line for {other}"),
    })
}

fn restated(question: &str) -> Value {
    let (question, follow_up) = match question {
        q if q.contains("only the one in Vienna") => ("How many orders are there per city, only for Vienna?", true),
        q if q.contains("as a pie") => ("How many orders are there per city, as a pie chart?", true),
        q if q.contains("Which of them") => ("Which of them has the most orders?", true),
        q => (q, false),
    };
    json!({"question": question, "follow_up": follow_up})
}

fn query(prompt: &str, question: &str) -> Value {
    if question.contains("only for Vienna") {
        return written(&PER_CITY.replace("c.city IS NOT NULL", "c.city = 'Vienna'"));
    }
    if question.contains("pie chart") {
        assert!(prompt.contains("GROUP BY c.city"), "the conversation's query stands in the prompt");
        let mut again = written(PER_CITY);
        again["chart"] = json!("pie");
        return again;
    }
    written(match question {
        q if q.contains("per city") => PER_CITY,
        q if q.contains("in Wien") => {
            "SELECT count(*) AS n FROM orders o JOIN customers c USING (customer_id) WHERE c.city = 'Wien'"
        }
        q if q.contains("in 2031") => "SELECT order_id FROM orders WHERE ordered_on >= '2031-01-01'",
        q if q.contains("average") => "SELECT avg(quantity) AS average FROM orders WHERE count(*) > 1",
        q => panic!("no query for {q}"),
    })
}

fn described(prompt: &str) -> Value {
    let text = match prompt {
        p if p.contains("has 0 rows") => "No order is that late.",
        p if p.contains("only for Vienna") => "Vienna has 7 orders.",
        p if p.contains("city (text)") => "Budapest has 8 orders, Vienna 7.",
        p if p.contains("average (float)") => "On average 12.5 pieces were ordered.",
        _ => "There are 7 orders from Vienna.",
    };
    json!({"text": text, "suggestions": ["And per month?"]})
}

/// The conversation over that protocol: its trace and its answers.
async fn conversation(provider: Provider) -> (String, Vec<Answer>) {
    let setting = Setting { price: Some(2.0), provider, ..Setting::default() };
    let stage = Stage::with(Script::responding(reply), setting).await;
    let conversation = stage.house.conversation(&stage.source).await;
    let mut traces = String::new();
    let mut answers = Vec::new();
    for question in [
        "Hello!",
        "How many orders are there per city?",
        "only the one in Vienna please",
        "How many orders are there per city?",
        "as a pie",
        "Which of them has the most orders?",
        "How many orders came from customers in Wien?",
        "Which orders came in 2031?",
        "What is the average quantity?",
    ] {
        let (answer, steps) = stage.house.traced(&conversation, question).await;
        traces.push_str(&format!(
            "> {question}\n{}= {:?}, {:?}: {}\n\n",
            trace(&steps),
            answer.status,
            answer.kind,
            answer.text
        ));
        assert_eq!(answer.status, RunStatus::Answered, "{question}: {traces}");
        assert_eq!(answer.usage.analyst, "small", "{question}");
        let calls: Vec<_> = steps.iter().flat_map(|s| &s.calls).collect();
        assert_eq!(answer.usage.model_calls, calls.len() as u64);
        assert_eq!(answer.usage.prompt_tokens, calls.iter().map(|c| c.prompt_tokens).sum::<u64>());
        assert_eq!(answer.usage.cost_micros, calls.iter().map(|c| c.cost_micros).sum::<Option<u64>>());
        assert!(calls.iter().all(|c| c.prompt_hash.len() == 16 && c.prompt_tokens > 0), "{calls:?}");
        answers.push(answer);
    }
    (traces, answers)
}

#[tokio::test]
async fn a_whole_conversation_leaves_a_trace_of_every_call() {
    let (traces, answers) = conversation(Provider::OpenAi).await;
    insta::assert_snapshot!(traces);
    assert_eq!(answers[1].kind, AnswerKind::Chart);
    assert_eq!(answers[1].relations.len(), 1);
    assert_eq!(answers[4].chart.as_ref().map(|c| c.kind), Some(ChartKind::Pie));
    assert_eq!(answers[6].rows, [[Cell::Int(7)]]);
    assert!(answers[6].checks.iter().any(|c| c.detail.contains("Wien stands in the data as Vienna")));
    assert!(answers[7].rows.is_empty());
    assert_eq!(answers[8].rows, [[Cell::Float(12.5)]]);
}

#[tokio::test]
async fn the_conversation_is_the_same_over_every_protocol() {
    let (expected, _) = conversation(Provider::OpenAi).await;
    for provider in [Provider::Azure, Provider::Anthropic, Provider::Gemini] {
        let (traces, _) = conversation(provider).await;
        assert_eq!(traces, expected, "{provider:?}");
    }
}
