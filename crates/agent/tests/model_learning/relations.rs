//! Judgement of relations: asked of what the data left open, heard within bounds, and never inventing.

use crate::study::{ME, Setting, Study, asked_table, obliging, whole};
use datafyme_domain::{Relation, RelationKind, RelationReason};
use datafyme_llm::{ChatReply, ChatRequest, double::ScriptedModel};
use serde_json::{Value, json};
use std::sync::Arc;

/// One relation that is measured and sure, several that only names speak for since there are no rows.
const SOURCE: &str = "
    CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
    INSERT INTO customers SELECT 1000 + 7 * i, 'c' || i FROM n;
    CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_id INTEGER);
    INSERT INTO orders SELECT customer_id - 990, customer_id FROM customers;
    CREATE TABLE regions (region_id INTEGER PRIMARY KEY, title TEXT);
    CREATE TABLE shops (shop_id INTEGER PRIMARY KEY, main_region INTEGER, label TEXT);
    CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, sales_region_nr INTEGER, first_shop INTEGER);
";

/// The candidates of a request, by number: `shops.main_region → regions.region_id`.
fn candidates(request: &ChatRequest) -> Vec<(usize, String)> {
    let text = whole(request);
    let numbered = text.lines().filter(|l| l.contains(" → ")).filter_map(|l| l.split_once(". "));
    numbered.filter_map(|(n, label)| Some((n.parse().ok()?, label.to_owned()))).collect()
}

/// Learns `SOURCE` with a model that gives those verdicts.
async fn judged(
    verdicts: impl Fn(&[(usize, String)]) -> Value + Send + Sync + 'static,
) -> (Vec<Relation>, Arc<ScriptedModel>) {
    let model = Arc::new(ScriptedModel::responding(move |request| match asked_table(request) {
        Some(_) => obliging(request),
        None => Ok(ChatReply::of_text(json!({"verdicts": verdicts(&candidates(request))}).to_string())),
    }));
    let study = Study::new(SOURCE, &model, Setting::default()).await;
    let (source, _) = study.learned().await;
    (study.parts.metadata.list_relations(ME, source.id).await.unwrap(), model)
}

fn labels(relations: &[Relation]) -> Vec<String> {
    let mut labels: Vec<String> = relations.iter().map(Relation::label).collect();
    labels.sort();
    labels
}

fn all_with(probability: f64) -> impl Fn(&[(usize, String)]) -> Value + Send + Sync + 'static {
    move |candidates| {
        let verdict =
            |(n, _): &(usize, String)| json!({"candidate": n, "probability": probability, "reason": "Names."});
        candidates.iter().map(verdict).collect()
    }
}

fn asked(model: &ScriptedModel) -> Vec<String> {
    let requests = model.requests();
    let judging = requests.iter().filter(|r| asked_table(r).is_none());
    judging.flat_map(candidates).map(|(_, label)| label).collect()
}

#[tokio::test]
async fn only_what_the_data_left_open_is_asked_about() {
    let (relations, model) = judged(all_with(0.5)).await;
    let asked = asked(&model);
    assert!(!asked.is_empty());
    assert!(!asked.iter().any(|label| label.contains("customers")), "{asked:?}");
    assert!(labels(&relations).contains(&"orders.customer_id → customers.customer_id".to_owned()));
}

#[tokio::test]
async fn judged_relations_cannot_invent() {
    let nonsense = |_: &[(usize, String)]| {
        json!([
            {"candidate": 0, "probability": 1.0, "reason": "There is none of that number."},
            {"candidate": 99, "probability": 1.0, "reason": "customers.name refers to warehouses.id"},
            {"candidate": 7, "probability": 1.0, "reason": "x", "from": "a.b", "to": "c.d"},
        ])
    };
    let (by_evidence, _) = judged(|_| json!([])).await;
    let (relations, _) = judged(nonsense).await;
    assert_eq!(labels(&relations), labels(&by_evidence));
    let (relations, model) = judged(all_with(1.0)).await;
    let mut possible = asked(&model);
    possible.extend(labels(&by_evidence));
    assert!(labels(&relations).iter().all(|label| possible.contains(label)), "{relations:?}");
}

#[tokio::test]
async fn where_only_names_speak_the_model_decides() {
    let (liked, model) = judged(all_with(1.0)).await;
    let (disliked, _) = judged(all_with(0.0)).await;
    let open = asked(&model);
    assert!(open.iter().all(|label| labels(&liked).contains(label)), "{open:?} {:?}", labels(&liked));
    assert!(!open.iter().any(|label| labels(&disliked).contains(label)), "{open:?} {:?}", labels(&disliked));
    let judged = liked.iter().find(|r| r.label() == open[0]).unwrap();
    assert_eq!(judged.kind, RelationKind::Inferred);
    let opinion = judged.evidence.reasons.last().unwrap();
    assert!(matches!(opinion, RelationReason::ModelOpinion { likely: true, .. }), "{judged:?}");
}

#[tokio::test]
async fn a_malformed_judgement_leaves_the_evidence_as_it_was() {
    let (by_evidence, _) = judged(|_| json!([])).await;
    let (relations, _) = judged(|_| json!("they all hold")).await;
    let confidence = |relations: &[Relation]| -> Vec<(String, f64)> {
        relations.iter().map(|r| (r.label(), r.confidence)).collect()
    };
    assert_eq!(confidence(&relations), confidence(&by_evidence));
}

#[tokio::test]
async fn people_have_the_last_word_and_the_model_is_not_asked_again() {
    let model = Arc::new(ScriptedModel::responding(obliging));
    let study = Study::new(SOURCE, &model, Setting::default()).await;
    let (source, _) = study.learned().await;
    let before = asked(&model);
    let relations = study.parts.metadata.list_relations(ME, source.id).await.unwrap();
    let rejected = relations.iter().find(|r| before.contains(&r.label())).unwrap();
    study.parts.metadata.set_relation_kind(ME, rejected.id, RelationKind::Rejected).await.unwrap();
    let job = study.agent.relearn(ME, source.id).await.unwrap();
    study.work(&job).await;
    let again = asked(&model);
    let times = again.iter().filter(|label| **label == rejected.label()).count();
    assert_eq!(times, 1, "{again:?}");
}
