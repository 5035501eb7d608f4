//! What the rule analyst says where no query is needed.

use crate::house::House;
use datafyme_agent::RuleAnalyst;
use datafyme_domain::{AnswerKind, ChartKind, RunStatus, Value};

#[tokio::test]
async fn hungarian_is_answered_by_the_rules() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "Hány rendelés volt 2024-ben?").await;
    assert_eq!((answer.status, &answer.rows), (RunStatus::Answered, &vec![vec![Value::Int(24)]]), "{}", answer.text);
    let said = answer.interpretation.unwrap_or_default();
    assert!(said.starts_with("Orders száma, ahol ordered on"), "{said}");
}

#[tokio::test]
async fn an_explanation_links_its_phrases_to_the_schema() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "What is the average price of the products?").await;
    let said = |language: &str| -> Vec<(String, String)> {
        let found = answer.explanations.iter().find(|e| e.language == language).unwrap();
        let target = |p: &datafyme_domain::Phrase| {
            p.target
                .as_ref()
                .map_or_else(String::new, |t| format!("{}.{}", t.table, t.column.clone().unwrap_or_default()))
        };
        found.phrases.iter().map(|p| (p.text.clone(), target(p))).collect()
    };
    let pair = |text: &str, target: &str| (text.to_owned(), target.to_owned());
    assert_eq!(
        said("en"),
        [pair("Average ", ""), pair("price", "products.price"), pair(" of ", ""), pair("products", "products.")]
    );
    assert_eq!(
        said("hu"),
        [pair("Products", "products."), pair(": ", ""), pair("price", "products.price"), pair(" átlaga", "")]
    );
}

#[tokio::test]
async fn an_answer_keeps_the_reasons_of_its_joins_in_both_languages() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "How many orders are there per customer name?").await;
    assert_eq!(answer.relations.len(), 1, "{}: {:?}", answer.text, answer.sql);
    let told: Vec<(&str, usize, usize)> =
        answer.relation_reasons.iter().map(|t| (t.language.as_str(), t.reasons.len(), t.reasons[0].len())).collect();
    let facts = answer.relations[0].evidence.reasons.len();
    assert_eq!(told, [("en", 1, facts), ("hu", 1, facts)]);
    assert!(facts > 0 && answer.relation_reasons[0].reasons != answer.relation_reasons[1].reasons, "{told:?}");
    let alone = house.ask(&conversation, "What is the average price of the products?").await;
    assert_eq!((alone.relations.len(), alone.relation_reasons), (0, Vec::new()));
}

#[tokio::test]
async fn sql_and_requests_to_change_data_are_declined() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    for question in ["SELECT * FROM orders", "please show me; drop table orders"] {
        let answer = house.ask(&conversation, question).await;
        assert_eq!(answer.status, RunStatus::Declined, "{question}");
        assert!(answer.text.contains("plain words"), "{}", answer.text);
    }
    for question in ["Delete all orders from 2023", "please drop the customers table", "truncate orders"] {
        let answer = house.ask(&conversation, question).await;
        assert_eq!(answer.status, RunStatus::Declined, "{question}");
        assert!(answer.text.contains("only read"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_question_about_a_dropped_table_is_not_answered_from_others() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    house.sql("DROP TABLE customers");
    let conversation = house.conversation(&source).await;
    for question in ["How many customers are there?", "How many customers are there per city?"] {
        let answer = house.ask(&conversation, question).await;
        assert_eq!(answer.status, RunStatus::Failed, "{question}: {}", answer.text);
        assert!(answer.text.starts_with("Table customers is gone"), "{}", answer.text);
    }
    let answer = house.ask(&conversation, "How many products are there?").await;
    assert_eq!(answer.status, RunStatus::Answered, "{}", answer.text);
}

#[tokio::test]
async fn a_source_that_is_no_database_any_more_fails_with_its_cause() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    std::fs::rename(house.shop(), house.shop().with_extension("away")).unwrap();
    let conversation = house.conversation(&source).await;
    let elsewhere = datafyme_agent::Agent::new(house.parts.clone());
    for garbage in [None, Some("this is no database ".repeat(200))] {
        if let Some(garbage) = garbage {
            std::fs::write(house.shop(), garbage).unwrap();
        }
        let run = house.start(&conversation, "How many orders are there?").await;
        let quiet = |_: datafyme_domain::RunEvent| {};
        let answer = elsewhere.execute_run(crate::house::ME, run.id, "worker", &quiet).await.unwrap();
        assert_eq!(answer.status, RunStatus::Failed, "{}", answer.text);
        assert!(answer.text.contains("shop.sqlite"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_question_is_answered_with_its_grounds() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "How many orders are there?").await;
    assert_eq!(answer.text, "The number of orders is 24.");
    assert_eq!(answer.usage.analyst, "rules");
    assert_eq!(answer.interpretation.as_deref(), Some("Number of orders"));
    let answer = house.ask(&conversation, "What is the total quantity of orders by product name?").await;
    assert_eq!(answer.status, RunStatus::Answered, "{}", answer.text);
    assert_eq!(answer.relations.len(), 1);
    assert!(answer.checks.iter().any(|c| c.code == "relations_known"));
    assert!(answer.chart.is_some());
}

#[tokio::test]
async fn a_conversation_goes_on_from_what_was_answered() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let hello = house.ask(&conversation, "hello").await;
    assert_eq!((hello.status, hello.text.as_str()), (RunStatus::Answered, "Hello! Ask me anything about shop."));
    let nothing = house.ask(&conversation, "as a pie").await;
    assert_eq!(nothing.status, RunStatus::Declined, "{}", nothing.text);

    let first = house.ask(&conversation, "What is the total quantity of orders by product name?").await;
    assert_eq!(first.status, RunStatus::Answered, "{}", first.text);
    let pie = house.ask(&conversation, "as a pie").await;
    assert_eq!((pie.kind, pie.chart.as_ref().map(|c| c.kind)), (AnswerKind::Chart, Some(ChartKind::Pie)));
    assert_eq!(pie.rows, first.rows);
    let table = house.ask(&conversation, "as a table").await;
    assert_eq!((table.kind, &table.rows), (AnswerKind::Table, &first.rows));

    let highest = house.ask(&conversation, "what was the highest value?").await;
    assert!(highest.text.starts_with("The highest total quantity was 108 ("), "{}", highest.text);
    let sql = house.ask(&conversation, "which SQL did you use?").await;
    assert!(sql.text.ends_with(first.sql.as_deref().unwrap()), "{}", sql.text);
    let asked = house.ask(&conversation, "what did I ask before?").await;
    assert!(asked.text.contains("2. as a pie (not answered)\n3. What is the total quantity"), "{}", asked.text);
}
