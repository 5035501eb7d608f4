//! Whatever is asked, the parser comes back: no panic, bounded time, the same answer twice.

use super::shop;
use crate::{
    CatalogIndex, Context, Interpretation, Plan, Question, Trial, TrialOutcome, answer, detect_language, link,
};
use chrono::NaiveDate;
use datafyme_domain::{ColumnType, RowSet, RowSetColumn, Value};
use proptest::prelude::*;
use std::{
    sync::{LazyLock, Mutex},
    time::{Duration, Instant},
};

static SHOP: LazyLock<CatalogIndex> = LazyLock::new(shop::index);

/// Every query gives one row that only depends on the query.
struct OneRow;

impl Trial for OneRow {
    fn run(&self, sql: &str) -> TrialOutcome {
        let columns = vec![RowSetColumn { name: "n".to_owned(), column_type: ColumnType::Integer }];
        let cell = Value::Int(i64::try_from(sql.len()).unwrap());
        TrialOutcome::Rows(RowSet { columns, rows: vec![vec![cell]], truncated: false })
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn ask(text: &str, context: Option<&Context>) -> Interpretation {
    answer(&SHOP, &Question { text, today: today(), context }, &OneRow)
}

/// The longest that one question may take; unoptimised, on a busy machine, it is given more.
const BOUND: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 200 });

/// Tells each question that took longer than all before it; with `--nocapture`, the last one told is the slowest.
fn tell_slowest(took: Duration, text: &str) {
    static SLOWEST: Mutex<Duration> = Mutex::new(Duration::ZERO);
    let mut slowest = SLOWEST.lock().unwrap();
    if took > *slowest {
        *slowest = took;
        println!("slowest so far: {took:?} for {:?}", text.chars().take(300).collect::<String>());
    }
}

fn assert_bounded(what: &str, text: &str) {
    let started = Instant::now();
    let first = ask(text, None);
    let took = started.elapsed();
    assert!(took < BOUND, "{what}: {took:?} for {} bytes", text.len());
    assert_eq!(first, ask(text, None), "{what}: two answers to one question");
    let _ = detect_language(text);
    assert!(link(&SHOP, text).len() <= SHOP.tables.len(), "{what}");
}

/// `piece` until 50 kB are full.
fn fifty_kilobytes(piece: &str) -> String {
    piece.repeat(50_000 / piece.len() + 1)
}

#[test]
fn fifty_kilobytes_of_anything_are_read_in_time() {
    for piece in [
        "how many orders ",
        "orders customers products price quantity Germany ",
        "a",
        "average ",
        "not ",
        "and ",
        "\"",
        "'open' ",
        "\"Novaro 5\" or ",
        "(((((",
        ")]}>",
        "2025 ",
        "9",
        "1,",
        "-",
        "last month ",
        "top 5 ",
        "orders in 2024 and ",
        "\n",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} ",
        "مرحبا كم عدد الطلبات ",
        "\u{202e}redro ",
        "e\u{301}\u{327}\u{20dd}",
        "日本語",
        "\u{0}",
        "SELECT * FROM orders; DROP TABLE orders; -- ",
        "' OR 1=1 -- ",
        "more than 5 orders between 3 and 7 ",
        "customers who have no orders ",
    ] {
        assert_bounded(piece, &fifty_kilobytes(piece));
    }
}

#[test]
fn a_hundred_questions_of_context_are_read_in_time() {
    let plan: Plan = match ask("How many orders are there?", None) {
        Interpretation::Understood { plan, .. } => plan,
        Interpretation::Declined { reason, .. } => panic!("{reason}"),
    };
    let context = Context { question: "only for 2024\n".repeat(100), plan };
    let started = Instant::now();
    ask("and by month?", Some(&context));
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
}

/// Words that rules look for, cells, fragments of SQL, and what keyboards and scripts add.
fn piece() -> impl Strategy<Value = String> {
    let words: &[&str] = &[
        "how many",
        "orders",
        "customers",
        "the",
        "of",
        "by",
        "per month",
        "in 2024",
        "last quarter",
        "between",
        "and",
        "most",
        "least",
        "top 3",
        "average",
        "total",
        "price",
        "quantity",
        "without",
        "no",
        "not",
        "never",
        "than",
        "more",
        "5",
        "1,000",
        "3.5",
        "Germany",
        "\"open\"",
        "Novaro 5",
        "percentage of",
        "ratio",
        "from",
        "to",
        "first",
        "sorted by",
        "descending",
        "and what about",
        "only",
        "them",
        "?",
        "!",
        ".",
        ",",
        "(",
        ")",
        "'",
        "\"",
        "`",
        "“",
        "hány rendelés",
        "mennyi",
        "átlagos",
        "az egyes",
        "termékenként",
        "2025-ben",
        "és",
        "között",
        "nagyobb",
        "50 000-nél",
        "vezeték- és",
        "szerint",
        "százaléka",
        "SELECT",
        "FROM orders",
        "WHERE 1=1",
        ";--",
        "UNION ALL",
        "flights from Ostvik to Calder Bay",
        "👩‍🚀",
        "🇭🇺",
        "كم",
        "עברית",
        "\u{202e}",
        "e\u{301}",
        "ß",
        "İ",
        "ﬁ",
        "\u{feff}",
        "\t",
        "\r\n",
        "\u{0}",
    ];
    prop_oneof![
        6 => prop::sample::select(words).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ]
}

fn text() -> impl Strategy<Value = String> {
    (prop::collection::vec(piece(), 0..24), prop::bool::ANY)
        .prop_map(|(pieces, spaced)| pieces.join(if spaced { " " } else { "" }))
}

/// Ninety-six of each, or as many as PROPTEST_CASES says: `PROPTEST_CASES=10000 cargo test --release -p datafyme-nlq any_text -- --nocapture`.
fn cases() -> u32 {
    match ProptestConfig::default().cases {
        256 => 96,
        wanted => wanted,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_one_answer_in_time(text in text()) {
        let started = Instant::now();
        let first = ask(&text, None);
        let took = started.elapsed();
        tell_slowest(took, &text);
        prop_assert!(took < BOUND, "{took:?}");
        prop_assert_eq!(first, ask(&text, None));
    }

    #[test]
    fn any_follow_up_has_one_answer_in_time(before in text(), after in text()) {
        let Interpretation::Understood { plan, .. } = ask("How many orders are there?", None) else {
            return Err(TestCaseError::fail("the first question is declined"));
        };
        let context = Context { question: before, plan };
        let started = Instant::now();
        let first = ask(&after, Some(&context));
        prop_assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
        prop_assert_eq!(first, ask(&after, Some(&context)));
    }

    #[test]
    fn links_point_at_the_words_that_they_quote(text in text()) {
        if let Interpretation::Understood { links, .. } = ask(&text, None) {
            for link in links {
                prop_assert_eq!(text.get(link.start..link.end), Some(link.text.as_str()));
            }
        }
    }

    #[test]
    fn confidence_is_a_share(text in text()) {
        if let Interpretation::Understood { confidence, .. } = ask(&text, None) {
            prop_assert!((0.0..=1.0).contains(&confidence), "{confidence}");
        }
    }
}
