//! What leaves the house: as much as the privacy setting lets through.

use crate::study::{SHOP, Setting, Study, asked_table, obliging, whole};
use datafyme_agent::{ModelAnalystOptions, Privacy};
use datafyme_llm::{ChatRole, double::ScriptedModel};
use std::sync::Arc;

/// With a pair of columns that only names speak for, so that relations are judged too.
const UNSURE: &str = "
    CREATE TABLE regions (region_id INTEGER PRIMARY KEY, title TEXT, mood TEXT CHECK (mood IN ('Grimtown')));
    INSERT INTO regions VALUES (700100, 'Planted-region', 'Grimtown'), (700200, 'Planted-other', NULL);
    CREATE TABLE shops (shop_id INTEGER PRIMARY KEY, main_region INTEGER, label TEXT DEFAULT 'Planted-default');
    CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, sales_region_nr INTEGER, first_shop INTEGER);
";

/// Values of the rows; none is a name.
const VALUES: &[&str] =
    &["Planted", "Zanzibar", "Xanten", "1987", "1988", "77001", "77002", "77655", "700100", "700200", "Grimtown"];
/// Figures about the rows, and words that go with them.
const FIGURES: &[&str] = &["321", "654", " distinct,", "missing in", "each once", "Rows:", "rows looked at"];

async fn sent(privacy: Privacy) -> (Arc<ScriptedModel>, String) {
    let model = Arc::new(ScriptedModel::responding(obliging));
    let options = ModelAnalystOptions { privacy, ..ModelAnalystOptions::default() };
    let setting = Setting { options, ..Setting::default() };
    Study::new(&format!("{SHOP}{UNSURE}"), &model, setting).await.learned().await;
    let text = model.requests().iter().map(whole).collect();
    (model, text)
}

fn found(text: &str, needles: &[&'static str]) -> Vec<&'static str> {
    needles.iter().filter(|n| text.contains(**n)).copied().collect()
}

#[tokio::test]
async fn names_only_puts_no_value_and_no_statistic_into_a_prompt() {
    let (model, text) = sent(Privacy::NamesOnly).await;
    assert_eq!(found(&text, VALUES), Vec::<&str>::new());
    assert_eq!(found(&text, FIGURES), Vec::<&str>::new());
    assert!(text.contains("customer_id INTEGER"));
    assert!(model.requests().iter().any(|r| asked_table(r).is_none()), "no relation was judged");
}

#[tokio::test]
async fn statistics_put_no_value_into_a_prompt() {
    let (model, text) = sent(Privacy::Statistics).await;
    assert_eq!(found(&text, VALUES), Vec::<&str>::new());
    assert_eq!(found(&text, &["321", "654", " distinct,", "missing in", "each once"]).len(), 5);
    assert!(model.requests().iter().any(|r| asked_table(r).is_none()), "no relation was judged");
}

#[tokio::test]
async fn samples_show_some_values_and_not_all() {
    let (model, text) = sent(Privacy::Samples).await;
    assert!(!found(&text, &["Planted-0", "Planted-1", "Planted-2", "Zanzibar"]).is_empty());
    let shown = (0..7).filter(|i| text.contains(&format!("Planted-{i}"))).count();
    assert!(shown <= 5, "{shown} of 7 values were shown");
    assert!(model.requests().iter().any(|r| asked_table(r).is_none()), "no relation was judged");
}

#[tokio::test]
async fn prompts_are_as_reviewed() {
    for (privacy, name) in
        [(Privacy::NamesOnly, "names_only"), (Privacy::Statistics, "statistics"), (Privacy::Samples, "samples")]
    {
        let (model, _) = sent(privacy).await;
        let requests = model.requests();
        let text = |request: &datafyme_llm::ChatRequest, role: ChatRole| {
            let said = request.messages.iter().filter(|m| m.role == role);
            said.map(|m| m.text.clone()).collect::<Vec<_>>().join("\n")
        };
        let orders = requests.iter().find(|r| asked_table(r).as_deref() == Some("orders")).unwrap();
        let judged = requests.iter().find(|r| asked_table(r).is_none()).unwrap();
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "snapshots"}, {
            insta::assert_snapshot!(format!("document_table_{name}"), text(orders, ChatRole::User));
            insta::assert_snapshot!(format!("judge_relations_{name}"), text(judged, ChatRole::User));
            if privacy == Privacy::Samples {
                insta::assert_snapshot!("document_table_system", text(orders, ChatRole::System));
                insta::assert_snapshot!("judge_relations_system", text(judged, ChatRole::System));
            }
        });
    }
}
