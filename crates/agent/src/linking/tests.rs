use super::*;
use chrono::DateTime;
use datafyme_domain::*;

fn table(name: &str, columns: &[&str]) -> Table {
    let name = match name.split_once('.') {
        Some((schema, table)) => TableRef::new(schema, table),
        None => TableRef::bare(name),
    };
    let column = |name: &&str| Column {
        name: (*name).to_owned(),
        column_type: ColumnType::Text,
        declared_type: "text".to_owned(),
        nullable: true,
        default: None,
        comment: None,
        enum_values: Vec::new(),
    };
    Table {
        name,
        kind: TableKind::Table,
        comment: None,
        columns: columns.iter().map(column).collect(),
        primary_key: Vec::new(),
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        row_estimate: None,
        partitions: None,
        profile: None,
    }
}

fn relation(from: &TableRef, to: &TableRef) -> Relation {
    Relation {
        id: RelationId::generate(),
        source_id: DataSourceId::generate(),
        from_table: from.clone(),
        from_columns: vec!["x".to_owned()],
        to_table: to.clone(),
        to_columns: vec!["y".to_owned()],
        kind: RelationKind::Declared,
        cardinality: Cardinality::ManyToOne,
        confidence: 1.0,
        tier: datafyme_domain::RelationTier::Certain,
        role: None,
        condition: None,
        evidence: RelationEvidence::default(),
    }
}

fn described(table: &TableRef, text: &str, synonyms: &[&str]) -> TableDocumentation {
    TableDocumentation {
        source_id: DataSourceId::generate(),
        table: table.clone(),
        business_description: text.to_owned(),
        technical_description: String::new(),
        columns: Vec::new(),
        use_cases: Vec::new(),
        common_questions: Vec::new(),
        synonyms: synonyms.iter().map(|s| (*s).to_owned()).collect(),
        hidden: false,
        generated_at: DateTime::UNIX_EPOCH,
    }
}

/// Two worlds in one catalog, each with people, towns and what they do.
fn catalog() -> (Catalog, Vec<Relation>) {
    let tables = vec![
        table("farm.city", &["city_id", "official_name", "population"]),
        table("farm.competition", &["competition_id", "theme", "host_city_id"]),
        table("store.customer", &["customer_id", "first_name", "address_id"]),
        table("store.address", &["address_id", "street", "city_id"]),
        table("store.city", &["city_id", "city"]),
        table("store.film", &["film_id", "title", "length"]),
        table("store.actor", &["actor_id", "first_name"]),
        table("store.film_actor", &["film_id", "actor_id"]),
        table("hr.useracct", &["uid", "login"]),
    ];
    let name = |at: usize| &tables[at].name;
    let joined = [(1, 0), (2, 3), (3, 4), (7, 5), (7, 6)];
    let relations = joined.iter().map(|(from, to)| relation(name(*from), name(*to))).collect();
    (Catalog { dialect: Dialect::Postgres, tables }, relations)
}

fn linked(question: &str, documentation: &[TableDocumentation], searched: &[&str]) -> Vec<FoundTable> {
    let (catalog, relations) = catalog();
    let linker = SchemaLinker::build(&catalog, &relations, documentation, &[]);
    let searched: Vec<FoundTable> = searched
        .iter()
        .map(|name| FoundTable {
            table: catalog.find(name).unwrap().name.clone(),
            score: 1.0,
            columns: Vec::new(),
            words: Vec::new(),
        })
        .collect();
    linker.link(&catalog, &ValueIndex::build(&catalog), question, &searched, 4)
}

fn names(found: &[FoundTable]) -> Vec<String> {
    found.iter().map(|f| f.table.to_string()).collect()
}

#[test]
fn of_tables_of_one_name_the_one_beside_the_rest_of_the_question_is_meant() {
    let asked = |question: &str| names(&linked(question, &[], &[]));
    let store = asked("In which cities do customers live?");
    let farm = asked("In which cities were competitions held?");
    let place = |of: &[String], name: &str| of.iter().position(|n| n == name).unwrap_or(usize::MAX);
    assert!(place(&store, "store.city") < place(&store, "farm.city"), "{store:?}");
    assert!(place(&farm, "farm.city") < place(&farm, "store.city"), "{farm:?}");
    // Nobody names the table between them.
    assert!(store.contains(&"store.address".to_owned()), "{store:?}");
}

#[test]
fn a_link_table_between_named_ones_comes_along() {
    let mut first = names(&linked("Which actors played in the film ACADEMY?", &[], &[])[..3]);
    first.sort();
    assert_eq!(first, ["store.actor", "store.film", "store.film_actor"]);
}

#[test]
fn words_that_are_cut_short_misspelled_or_mean_the_same_find_their_table() {
    assert_eq!(names(&linked("How many users are there?", &[], &[]))[0], "hr.useracct");
    assert_eq!(names(&linked("all compettition themes", &[], &[]))[0], "farm.competition");
    assert_eq!(names(&linked("all movies", &[], &[]))[0], "store.film");
}

#[test]
fn a_description_and_a_synonym_make_a_table_findable() {
    let account = TableRef::new("hr", "useracct");
    assert_eq!(names(&linked("Who has a badge?", &[], &[])), [""; 0]);
    let text = described(&account, "People who hold a badge of the gym.", &[]);
    assert_eq!(names(&linked("Who has a badge?", &[text], &[])), ["hr.useracct"]);
    let synonym = described(&account, "", &["gym badge"]);
    let found = linked("Who has a badge?", &[synonym], &[]);
    assert_eq!((names(&found), &found[0].words), (vec!["hr.useracct".to_owned()], &vec!["badge".to_owned()]));
}

#[test]
fn what_the_search_index_found_counts_where_words_do_not_tell() {
    assert_eq!(names(&linked("zzz", &[], &["store.film", "hr.useracct"]))[0], "store.film");
    let found = linked("customers", &[], &["hr.useracct"]);
    assert!(names(&found).contains(&"hr.useracct".to_owned()), "{found:?}");
    assert!(found.iter().all(|f| f.score > 0.0 && f.score <= 1.0), "{found:?}");
}

#[test]
fn nothing_is_found_for_nothing() {
    for question in ["", "   ", "how many are there?", "???", "\u{1F980}"] {
        assert_eq!(names(&linked(question, &[], &[])), [""; 0], "{question:?}");
    }
    let empty = Catalog { dialect: Dialect::Sqlite, tables: Vec::new() };
    let linker = SchemaLinker::build(&empty, &[], &[], &[]);
    assert!(linker.link(&empty, &ValueIndex::default(), "customers", &[], 9).is_empty());
}
