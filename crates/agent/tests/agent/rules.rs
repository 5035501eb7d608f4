//! What the rule analyst says where no query is needed.

use crate::house::House;
use datafyme_agent::RuleAnalyst;
use datafyme_domain::RunStatus;

#[tokio::test]
async fn hungarian_is_declined_in_hungarian_and_english() {
    let house = House::new(RuleAnalyst::new()).await;
    let source = house.learned().await;
    let conversation = house.conversation(&source).await;
    let answer = house.ask(&conversation, "Hány rendelés volt 2024-ben?").await;
    assert_eq!(answer.status, RunStatus::Declined);
    assert!(
        answer.text.starts_with("Elnézést") && answer.text.contains("(Sorry"),
        "{}",
        answer.text
    );
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
    for question in [
        "Delete all orders from 2023",
        "please drop the customers table",
        "truncate orders",
    ] {
        let answer = house.ask(&conversation, question).await;
        assert_eq!(answer.status, RunStatus::Declined, "{question}");
        assert!(answer.text.contains("only read"), "{}", answer.text);
    }
}
