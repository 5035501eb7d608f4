//! The PostgreSQL connector: the conformance suite, and what only a server has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_connect::{
    Connector, ProfileBudget, QueryLimits, RowItem, Scope, SourceUrl,
    conformance::{ENDLESS, Fixture, PostgresFixture, limits, opened, rows, start, table},
    connector_conformance, open,
};
use datafyme_domain::{ColumnType, ErrorKind, TableKind, TableRef, Value, value::Json};
use futures::StreamExt;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

connector_conformance!(PostgresFixture::named);

fn connector(url: &str) -> Arc<dyn Connector> {
    open(&SourceUrl::parse(url).unwrap()).unwrap()
}

/// The fixture of a test, or a return from it where there is no server.
macro_rules! fixture {
    ($name:ident) => {
        match PostgresFixture::named(stringify!($name)) {
            Some(fixture) => fixture,
            None => return,
        }
    };
}

const SHOP: &str = "\
    CREATE SCHEMA sales; CREATE SCHEMA \"HR Dept\";\
    CREATE TYPE sales.mood AS ENUM ('sad', 'ok', 'happy');\
    CREATE DOMAIN sales.price AS numeric(10,2) CHECK (VALUE >= 0);\
    CREATE TABLE public.customers (id integer PRIMARY KEY, name varchar(50) NOT NULL);\
    COMMENT ON TABLE public.customers IS 'who buys'; COMMENT ON COLUMN public.customers.name IS 'full name';\
    CREATE TABLE sales.orders (id bigserial PRIMARY KEY, customer_id integer REFERENCES public.customers (id), \
    feeling sales.mood, total sales.price, tags text[], search tsvector, during int4range);\
    CREATE TABLE \"HR Dept\".\"People\" (id integer PRIMARY KEY, boss integer REFERENCES \"HR Dept\".\"People\");\
    CREATE TABLE sales.events (at date NOT NULL, what text) PARTITION BY RANGE (at);\
    CREATE TABLE sales.events_2023 PARTITION OF sales.events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');\
    CREATE TABLE sales.events_2024 PARTITION OF sales.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');\
    CREATE MATERIALIZED VIEW sales.totals AS SELECT customer_id, count(*) AS n FROM sales.orders GROUP BY 1;\
    CREATE TABLE public.nothing (); CREATE TABLE public.gone (a int, b int); ALTER TABLE public.gone DROP COLUMN a;\
    INSERT INTO sales.events SELECT '2023-06-01'::date + i, 'x' FROM generate_series(1, 400) i;\
    INSERT INTO customers VALUES (1, 'Ann'); INSERT INTO sales.orders (customer_id, feeling, total) VALUES (1, 'ok', 5);\
    ANALYZE;";

#[tokio::test]
async fn schemas_keys_enums_partitions_and_comments_are_read() {
    let fixture = fixture!(schemas_keys_enums_partitions_and_comments_are_read);
    let (_, connector, catalog) = opened(&fixture, SHOP).await;
    let names: Vec<String> = catalog.tables.iter().map(|t| t.name.to_string()).collect();
    assert_eq!(
        names,
        [
            "HR Dept.People",
            "public.customers",
            "public.nothing",
            "public.gone",
            "sales.orders",
            "sales.events",
            "sales.totals"
        ]
    );
    let customers = table(&catalog, "customers");
    assert_eq!(customers.comment.as_deref(), Some("who buys"));
    assert_eq!(customers.columns[1].comment.as_deref(), Some("full name"));
    assert_eq!(customers.columns[1].declared_type, "character varying(50)");
    let orders = table(&catalog, "orders");
    assert_eq!(orders.foreign_keys[0].to_table, TableRef::new("public", "customers"));
    let column = |name: &str| orders.column(name).unwrap();
    assert_eq!(column("feeling").enum_values, ["sad", "ok", "happy"]);
    assert_eq!(column("feeling").column_type, ColumnType::Text);
    assert_eq!(
        (column("total").column_type, column("total").declared_type.as_str()),
        (ColumnType::Decimal, "sales.price")
    );
    assert_eq!(column("search").column_type, ColumnType::Other);
    assert_eq!(column("tags").column_type, ColumnType::Other);
    assert!(column("id").default.as_deref().is_some_and(|d| d.contains("nextval")));
    let events = table(&catalog, "events");
    assert_eq!((events.kind, events.partitions), (TableKind::PartitionedTable, Some(2)));
    assert_eq!(events.row_estimate, Some(400));
    assert_eq!(table(&catalog, "totals").kind, TableKind::MaterializedView);
    assert_eq!(table(&catalog, "People").foreign_keys[0].to_table, TableRef::new("HR Dept", "People"));
    assert_eq!(table(&catalog, "nothing").columns, []);
    assert_eq!(table(&catalog, "gone").columns.len(), 1);
    for table in &catalog.tables {
        let profile = connector.profile(table, &ProfileBudget::default()).await.unwrap();
        assert_eq!(profile.columns.len(), table.columns.len(), "{}", table.name);
    }
    let small = ProfileBudget { full_scan_rows: 100, ..ProfileBudget::default() };
    let profile = connector.profile(events, &small).await.unwrap();
    assert_eq!((profile.row_count, profile.column("at").unwrap().non_null), (None, 400));
    assert!(profile.sampled_rows.is_some_and(|rows| rows <= 100), "{:?}", profile.sampled_rows);
}

#[tokio::test]
async fn the_servers_own_statistics_stand_for_a_large_table_which_is_never_read_whole() {
    let fixture = fixture!(the_servers_own_statistics_stand_for_a_large_table_which_is_never_read_whole);
    let setup = "CREATE TABLE big (id integer PRIMARY KEY, kind text, note text, day date);\
        INSERT INTO big SELECT i, 'kind ' || (i % 7), CASE WHEN i % 4 = 0 THEN 'note ' || i END, date '2024-01-01' + i % 60 \
        FROM generate_series(1, 60000) i; ANALYZE big;";
    let (_, connector, catalog) = opened(&fixture, setup).await;
    let budget = ProfileBudget { full_scan_rows: 2_000, ..ProfileBudget::default() };
    let profile = connector.profile(table(&catalog, "big"), &budget).await.unwrap();
    let column = |name: &str| profile.column(name).unwrap();
    assert!(profile.sampled_rows.is_some_and(|rows| rows <= 2_000), "{:?}", profile.sampled_rows);
    assert!(column("id").is_unique());
    assert_eq!(column("id").non_null, 60_000);
    assert_eq!((column("kind").distinct, column("day").distinct), (7, 60));
    assert!((8_000..9_200).contains(&column("kind").top_values[0].count), "{:?}", column("kind").top_values);
    assert!((column("note").null_share - 0.75).abs() < 0.02, "{}", column("note").null_share);
    let day = |text: &str| Value::Date(text.parse().unwrap());
    assert_eq!((&column("day").min, &column("day").max), (&day("2024-01-01"), &day("2024-02-29")));

    use sqlx::Connection;
    // The server counts what a session read when the session has been idle for a while.
    let reads = "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'big'";
    let mut server = sqlx::PgConnection::connect(&fixture.url()).await.unwrap();
    let begun = Instant::now();
    let read = loop {
        let read: i64 = sqlx::query_scalar(reads).fetch_one(&mut server).await.unwrap();
        if read > 0 || begun.elapsed() > Duration::from_secs(15) {
            break read;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert!((1..20_000).contains(&read), "{read} rows were read");
}

#[tokio::test]
async fn the_scope_is_the_callers_or_the_urls() {
    let fixture = fixture!(the_scope_is_the_callers_or_the_urls);
    let url = fixture.database(SHOP).await;
    let names = |catalog: datafyme_domain::Catalog| -> Vec<String> {
        catalog.tables.iter().map(|t| t.name.to_string()).collect()
    };
    let scope = Scope { schemas: vec!["HR Dept".into()] };
    assert_eq!(names(open(&url).unwrap().introspect(&scope).await.unwrap()), ["HR Dept.People"]);
    let scoped = connector(&format!("{}?schemas=HR%20Dept,sales", fixture.url()));
    let all = names(scoped.introspect(&Scope::default()).await.unwrap());
    assert_eq!(all, ["HR Dept.People", "sales.orders", "sales.events", "sales.totals"]);
    let error = connector(&format!("{}?schemas=slaes", fixture.url())).introspect(&Scope::default()).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("slaes"), "{error}");
}

#[tokio::test]
async fn every_awkward_value_arrives() {
    let fixture = fixture!(every_awkward_value_arrives);
    let setup = "\
        CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TYPE pair AS (a int, b text);\
        CREATE TABLE t (f double precision, n numeric, u uuid, i interval, j jsonb, b bytea, a text[], d date, ts timestamp, \
        tz timestamptz, bo boolean, m mood, p positive, c pair, r int4range, x xml, ip inet, ch char(5), t time, mo money, bi bit(3));\
        INSERT INTO t VALUES ('NaN', 'NaN', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '1 year 2 days 03:00', '{\"k\": [1, 2.50]}', \
        '\\x00ff', '{a,NULL,\"b c\"}', 'infinity', '0044-03-15 10:00 BC', '-infinity', true, 'sad', 7, (1, 'x'), '[1,5)', '<a/>', \
        '10.0.0.1/8', 'ab', '24:00', 12.5, B'101'),\
        ('-Infinity', 12345678901234567890.123456789, NULL, '-1 day', 'null', '', '{}', '2024-02-29', '2024-02-29 12:30:00.5', \
        '2024-02-29 12:30:00+02', false, NULL, NULL, NULL, 'empty', NULL, NULL, '', '12:30:00.25', NULL, NULL);";
    let (_, connector, catalog) = opened(&fixture, setup).await;
    let set = rows(&*connector, &catalog, "SELECT * FROM t", &limits()).await.unwrap();
    let text = |v: &str| Value::Text(v.into());
    let first = &set.rows[0];
    assert!(matches!(first[0], Value::Float(v) if v.is_nan()));
    assert_eq!(
        first[1..],
        [
            Value::Decimal("NaN".into()),
            text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            text("1 year 2 days 03:00:00"),
            Value::Json(Json("{\"k\": [1, 2.50]}".into())),
            Value::Bytes(vec![0, 255]),
            text("{a,NULL,\"b c\"}"),
            text("infinity"),
            text("0044-03-15 10:00:00 BC"),
            text("-infinity"),
            Value::Bool(true),
            text("sad"),
            Value::Int(7),
            text("(1,x)"),
            text("[1,5)"),
            text("<a/>"),
            text("10.0.0.1/8"),
            text("ab"),
            text("24:00:00"),
            text("$12.50"),
            text("101"),
        ]
    );
    let second: Vec<String> = set.rows[1].iter().map(ToString::to_string).collect();
    assert_eq!(
        second[..11],
        [
            "-inf",
            "12345678901234567890.123456789",
            "",
            "-1 days",
            "null",
            "\\x",
            "{}",
            "2024-02-29",
            "2024-02-29T12:30:00.500",
            "2024-02-29T10:30:00Z",
            "false"
        ]
    );
    let types: Vec<ColumnType> = set.columns.iter().map(|c| c.column_type).collect();
    assert_eq!(
        types[..13],
        [
            ColumnType::Float,
            ColumnType::Decimal,
            ColumnType::Text,
            ColumnType::Interval,
            ColumnType::Json,
            ColumnType::Binary,
            ColumnType::Text,
            ColumnType::Date,
            ColumnType::Timestamp,
            ColumnType::Timestamp,
            ColumnType::Boolean,
            ColumnType::Text,
            ColumnType::Integer
        ]
    );
    let profile = connector.profile(table(&catalog, "t"), &ProfileBudget::default()).await.unwrap();
    assert_eq!(profile.columns.len(), 21);
    assert_eq!(profile.column("f").unwrap().non_null, 2);
}

#[tokio::test]
async fn bare_names_reach_the_table_that_was_meant() {
    let fixture = fixture!(bare_names_reach_the_table_that_was_meant);
    let setup = "CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA c;\
        CREATE TABLE a.one (v text); INSERT INTO a.one VALUES ('a.one');\
        CREATE TABLE b.two (v text); INSERT INTO b.two VALUES ('b.two');\
        CREATE TABLE c.\"Three\" (v text); INSERT INTO c.\"Three\" VALUES ('c.Three');\
        CREATE TABLE public.one (v text); INSERT INTO public.one VALUES ('public.one');\
        CREATE TABLE a.two (v text); INSERT INTO a.two VALUES ('a.two');";
    let url = fixture.database(setup).await;
    let connector = open(&url).unwrap();
    let catalog = connector.introspect(&Scope { schemas: vec!["a".into(), "b".into(), "c".into()] }).await.unwrap();
    let only = |names: &[&str]| datafyme_domain::Catalog {
        tables: catalog.tables.iter().filter(|t| names.contains(&t.name.to_string().as_str())).cloned().collect(),
        ..catalog.clone()
    };
    let ask = |sql: &'static str, names: &[&str]| {
        let (connector, catalog) = (Arc::clone(&connector), only(names));
        async move { rows(&*connector, &catalog, sql, &limits()).await }
    };
    let text = |v: &str| Value::Text(v.into());
    let set = ask("SELECT v FROM one", &["a.one"]).await.unwrap();
    assert_eq!(set.rows, [[text("a.one")]]);
    let set = ask("SELECT v FROM \"Three\" UNION ALL SELECT v FROM Two", &["b.two", "c.Three"]).await.unwrap();
    assert_eq!(set.rows, [[text("c.Three")], [text("b.two")]]);
    // b.two is meant, but a.two stands before it on any path that also leads to a.one.
    let error = ask("SELECT one.v FROM one, two", &["a.one", "b.two"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsafeSql);
    assert!(error.to_string().contains("write b.two"), "{error}");
    let set = ask("SELECT one.v FROM one, b.two", &["a.one", "b.two"]).await.unwrap();
    assert_eq!(set.rows, [[text("a.one")]]);
}

#[tokio::test]
async fn only_what_the_user_may_read_is_listed() {
    let fixture = fixture!(only_what_the_user_may_read_is_listed);
    let reader = format!("reader_{}", std::process::id());
    let setup = format!(
        "DROP ROLE IF EXISTS {reader}; CREATE ROLE {reader} LOGIN PASSWORD 'p@ss/ö';\
         CREATE TABLE open_one (id integer PRIMARY KEY, a text); CREATE TABLE closed (id integer PRIMARY KEY);\
         CREATE TABLE partly (id integer PRIMARY KEY, secret text, shown text, closed_id int REFERENCES closed);\
         INSERT INTO partly VALUES (1, 's', 'x', NULL); CREATE SCHEMA hidden; CREATE TABLE hidden.t (a int);\
         GRANT SELECT ON open_one, hidden.t TO {reader}; GRANT SELECT (shown, closed_id) ON partly TO {reader};"
    );
    fixture.database(&setup).await;
    let connector = connector(&fixture.url_as(&reader, "p@ss/ö"));
    let catalog = connector.introspect(&Scope::default()).await.unwrap();
    let names: Vec<String> = catalog.tables.iter().map(|t| t.name.to_string()).collect();
    assert_eq!(names, ["public.open_one", "public.partly"]);
    let partly = table(&catalog, "partly");
    let columns: Vec<&str> = partly.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!((columns, partly.primary_key.len(), partly.foreign_keys.len()), (vec!["shown", "closed_id"], 0, 0));
    let profile = connector.profile(partly, &ProfileBudget::default()).await.unwrap();
    assert_eq!(profile.column("shown").unwrap().values, ["x"]);
    let error = rows(&*connector, &catalog, "SELECT secret FROM partly", &limits()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
    fixture
        .execute(&SourceUrl::parse(&fixture.url()).unwrap(), &format!("DROP OWNED BY {reader}; DROP ROLE {reader}"))
        .await;
}

#[tokio::test]
async fn what_does_not_connect_says_why() {
    let fixture = fixture!(what_does_not_connect_says_why);
    fixture.database("").await;
    let error = connector(&fixture.url_as("datafyme", "wrong")).ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(error.to_string().contains("user 'datafyme'") && !error.to_string().contains("wrong"), "{error}");

    let mut nowhere = url::Url::parse(&fixture.url()).unwrap();
    nowhere.set_path("no_such_database");
    let error = connector(nowhere.as_str()).ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("'no_such_database'"), "{error}");
}

#[tokio::test]
async fn a_refused_port_is_unavailable_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let started = Instant::now();
    let error = connector(&format!("postgres://u:secret@127.0.0.1:{port}/db")).ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let silent = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    let started = Instant::now();
    let url = format!("postgres://u@127.0.0.1:{port}/db?connect_timeout=1");
    let error = connector(&url).ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    silent.abort();
}

#[tokio::test]
async fn a_server_that_stops_answering_ends_the_query_in_time() {
    let fixture = fixture!(a_server_that_stops_answering_ends_the_query_in_time);
    let (_, _, catalog) = opened(&fixture, "CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
    // A proxy that passes everything on until it is told to swallow the server's answers.
    let target = url::Url::parse(&fixture.url()).unwrap();
    let server = format!("{}:{}", target.host_str().unwrap(), target.port().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (mute, muted) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let upstream = tokio::net::TcpStream::connect(&server).await.unwrap();
            let muted = muted.clone();
            tokio::spawn(async move {
                use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
                let (mut client_in, mut client_out) = client.into_split();
                let (mut server_in, mut server_out) = upstream.into_split();
                let forward = async {
                    let mut buffer = vec![0; 65_536];
                    while let Ok(n @ 1..) = server_in.read(&mut buffer).await {
                        if !*muted.borrow() && client_out.write_all(&buffer[..n]).await.is_err() {
                            break;
                        }
                    }
                };
                let _ = tokio::join!(copy(&mut client_in, &mut server_out), forward);
            });
        }
    });
    let mut through_proxy = target.clone();
    through_proxy.set_port(Some(port)).unwrap();
    let connector = connector(&format!("{through_proxy}?connect_timeout=1"));
    assert_eq!(rows(&*connector, &catalog, "SELECT a FROM t", &limits()).await.unwrap().rows.len(), 1);
    mute.send(true).unwrap();
    let started = Instant::now();
    let short = QueryLimits::new(Duration::from_millis(500), 10, 1_000);
    let error = rows(&*connector, &catalog, "SELECT a FROM t", &short).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    mute.send(false).unwrap();
    assert_eq!(rows(&*connector, &catalog, "SELECT a FROM t", &limits()).await.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    let fixture = fixture!(a_connection_that_the_server_closed_is_replaced);
    let (url, connector, catalog) = opened(&fixture, "CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    fixture.execute(&url, kill).await;
    let set = rows(&*connector, &catalog, "SELECT a FROM t", &limits()).await.unwrap();
    assert_eq!(set.rows, [[Value::Int(1)]]);
}

#[tokio::test]
async fn a_cancelled_and_a_dropped_query_end_on_the_server_too() {
    let fixture = fixture!(a_cancelled_and_a_dropped_query_end_on_the_server_too);
    let (_, connector, catalog) = opened(&fixture, "").await;
    let watch = open(&SourceUrl::parse(&fixture.url()).unwrap()).unwrap();
    let long = || QueryLimits::new(Duration::from_secs(100), u64::MAX, u64::MAX);
    let endless_rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 1000 + 1 FROM n) SELECT i FROM n";
    let mut stream = start(&*connector, &catalog, endless_rows, &long()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), RowItem::Row(vec![Value::Int(1)]));
    drop(stream);

    let limits = long();
    let id = limits.id;
    let running = tokio::spawn({
        let (connector, catalog) = (Arc::clone(&connector), catalog.clone());
        async move { rows(&*connector, &catalog, ENDLESS, &limits).await }
    });
    while !running.is_finished() {
        connector.cancel(id).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(running.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    let activity = TableRef::new("pg_catalog", "pg_stat_activity");
    let started = Instant::now();
    loop {
        let busy = active_queries(&*watch, &activity).await;
        if busy == 0 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{busy} queries still run");
    }
}

/// Queries of other sessions that run in the test's database now, told by the statistics of the server.
async fn active_queries(connector: &dyn Connector, activity: &TableRef) -> i64 {
    let column = |name: &str, column_type| datafyme_domain::Column {
        name: name.into(),
        column_type,
        declared_type: String::new(),
        nullable: true,
        default: None,
        comment: None,
        enum_values: Vec::new(),
    };
    let table = datafyme_domain::Table {
        name: activity.clone(),
        kind: TableKind::View,
        comment: None,
        columns: vec![
            column("query", ColumnType::Text),
            column("state", ColumnType::Text),
            column("datname", ColumnType::Text),
        ],
        primary_key: Vec::new(),
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        row_estimate: None,
        partitions: None,
        profile: None,
    };
    let profile = connector.profile(&table, &ProfileBudget::default()).await.unwrap();
    let queries = &profile.column("query").unwrap().values;
    i64::try_from(queries.iter().filter(|q| q.contains("datafyme_rows")).count()).unwrap()
}

#[tokio::test]
async fn a_locked_table_does_not_hang_the_query() {
    let fixture = fixture!(a_locked_table_does_not_hang_the_query);
    let (_, connector, catalog) = opened(&fixture, "CREATE TABLE t (a int)").await;
    use sqlx::{Connection, Executor, PgConnection};
    let mut holder = PgConnection::connect(&fixture.url()).await.unwrap();
    holder.execute("BEGIN").await.unwrap();
    holder.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let short = QueryLimits::new(Duration::from_millis(500), 10, 1_000);
    let error = rows(&*connector, &catalog, "SELECT a FROM t", &short).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    holder.execute("ROLLBACK").await.unwrap();
    assert!(rows(&*connector, &catalog, "SELECT a FROM t", &short).await.unwrap().is_empty());
}

#[tokio::test]
async fn messages_hold_no_value_of_a_row() {
    let fixture = fixture!(messages_hold_no_value_of_a_row);
    let (_, connector, catalog) = opened(&fixture, "CREATE TABLE t (a text); INSERT INTO t VALUES ('Jane Doe')").await;
    let error = rows(&*connector, &catalog, "SELECT a::int FROM t", &limits()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::QueryFailed);
    assert!(error.to_string().contains("integer") && !error.to_string().contains("Jane"), "{error}");
}
