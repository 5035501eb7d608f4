use super::*;
use datafyme_domain::{
    Cardinality, DataSourceId, RelationCondition, RelationEvidence, RelationId, RelationKind, RelationTier,
};

fn relation(from: (&str, &[&str]), to: (&str, &[&str]), evidence: RelationEvidence) -> Relation {
    let own = |columns: &[&str]| columns.iter().map(|c| (*c).to_owned()).collect();
    Relation {
        id: RelationId::generate(),
        source_id: DataSourceId::generate(),
        from_table: TableRef::bare(from.0),
        from_columns: own(from.1),
        to_table: TableRef::bare(to.0),
        to_columns: own(to.1),
        kind: RelationKind::Inferred,
        cardinality: Cardinality::ManyToOne,
        confidence: 0.9,
        tier: RelationTier::Likely,
        role: None,
        condition: Some(RelationCondition { column: "owner_type".to_owned(), value: "Customer".to_owned() }),
        evidence,
    }
}

fn counted(orphans: u64, basis: EvidenceBasis) -> RelationEvidence {
    RelationEvidence {
        child_rows: Some(200),
        orphan_rows: Some(orphans),
        containment: Some(0.975),
        containment_before: Some(1.0),
        basis,
        ..RelationEvidence::default()
    }
}

/// What is said of orders.customer_id → customers.id in both languages.
fn said(reason: RelationReason, evidence: RelationEvidence) -> [String; 2] {
    let evidence = RelationEvidence { reasons: vec![reason], ..evidence };
    let relation = relation(("orders", &["customer_id"]), ("customers", &["id"]), evidence);
    [Language::En, Language::Hu].map(|language| reasons(&relation, language).concat())
}

#[test]
fn every_reason_has_words_in_both_languages() {
    let all = |basis| counted(0, basis);
    let table = [
        (
            RelationReason::Declared,
            all(EvidenceBasis::AllRows),
            "declared as a foreign key in the database",
            "az adatbázisban idegen kulcsként van megadva",
        ),
        (RelationReason::AddedByPerson, all(EvidenceBasis::Unknown), "added by a person", "egy ember vette fel"),
        (
            RelationReason::RowsMatched,
            all(EvidenceBasis::AllRows),
            "all 200 rows of orders with a customer_id have a match in customers.id",
            "az orders tábla sorai közül mind a(z) 200, amelyben van customer_id, párra talál itt: customers.id",
        ),
        (
            RelationReason::RowsMatched,
            counted(5, EvidenceBasis::SampledRows),
            "97.5 % of the rows of orders looked at with a customer_id have a match in customers.id; 5 have none",
            "az orders tábla azon megnézett sorainak 97,5 %-a, amelyekben van customer_id, párra talál itt: customers.id; 5 sornak nincs párja",
        ),
        (
            RelationReason::ValuesEstimated,
            all(EvidenceBasis::Estimate),
            "about 98 % of the values of customer_id are in customers.id, by samples of both",
            "a customer_id értékeinek kb. 98 %-a megvan itt: customers.id, mindkettő mintái alapján",
        ),
        (
            RelationReason::NotCompared,
            all(EvidenceBasis::Unknown),
            "no values of customer_id and customers.id could be compared",
            "customer_id és customers.id értékeit nem lehetett összevetni",
        ),
        (
            RelationReason::FewerMatches,
            all(EvidenceBasis::AllRows),
            "fewer values have a match than before: 97.5 % instead of 100.0 %",
            "kevesebb értéknek van párja, mint korábban: 100,0 % helyett 97,5 %",
        ),
        (
            RelationReason::NameFits,
            all(EvidenceBasis::AllRows),
            "the name customer_id names customers.id",
            "a customer_id név ezt nevezi meg: customers.id",
        ),
        (
            RelationReason::NameAlike,
            all(EvidenceBasis::AllRows),
            "the name customer_id resembles the name of customers.id",
            "a customer_id név hasonlít ennek a nevére: customers.id",
        ),
        (
            RelationReason::TypeNamesParent,
            all(EvidenceBasis::AllRows),
            "owner_type = Customer names the table customers",
            "owner_type = Customer ezt a táblát nevezi meg: customers",
        ),
        (
            RelationReason::PrimaryKey,
            all(EvidenceBasis::AllRows),
            "customers.id is a primary key",
            "customers.id elsődleges kulcs",
        ),
        (
            RelationReason::UniqueInData,
            all(EvidenceBasis::AllRows),
            "customers.id is unique in the data",
            "customers.id az adatokban egyedi",
        ),
        (
            RelationReason::SameType { declared_type: "integer".to_owned() },
            all(EvidenceBasis::AllRows),
            "both are integer",
            "mindkettő típusa integer",
        ),
        (
            RelationReason::ModelOpinion { likely: true, reason: "Orders are placed by customers.".to_owned() },
            all(EvidenceBasis::AllRows),
            "a language model holds it for likely: Orders are placed by customers.",
            "egy nyelvi modell valószínűnek tartja: Orders are placed by customers.",
        ),
        (
            RelationReason::Text { text: "the names fit".to_owned() },
            all(EvidenceBasis::AllRows),
            "the names fit",
            "the names fit",
        ),
    ];
    for (reason, evidence, english, hungarian) in table {
        assert_eq!(said(reason, evidence), [english, hungarian]);
    }
    let [english, hungarian] = said(RelationReason::ToBeConfirmed, RelationEvidence::default());
    assert!(english.contains("confirmed") && hungarian.contains("megerősítette"), "{english}; {hungarian}");
}

#[test]
fn a_key_of_several_columns_is_told_as_a_whole_and_reasons_keep_their_order() {
    let reasons_of = vec![RelationReason::RowsMatched, RelationReason::NamedLikeKey];
    let evidence = RelationEvidence { reasons: reasons_of, ..counted(0, EvidenceBasis::AllRows) };
    let relation = relation(("shipments", &["order_id", "line"]), ("order_lines", &["order_id", "line"]), evidence);
    let told = ToldRelation::new(relation, Language::En);
    assert_eq!(
        told.reasons,
        [
            "all 200 rows of shipments with a order_id and line have a match in order_lines.(order_id, line)",
            "the columns are named like order_lines.(order_id, line), a primary key"
        ]
    );
    let served = serde_json::to_value(&told).unwrap();
    assert_eq!(served["evidence"]["reasons"][1], serde_json::json!({ "kind": "named_like_key" }));
    assert_eq!(served["reasons"][0], told.reasons[0]);
}
