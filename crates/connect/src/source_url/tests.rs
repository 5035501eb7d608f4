use super::*;

fn parsed(text: &str) -> SourceUrl {
    SourceUrl::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn a_postgres_password_is_decoded_and_kept_apart() {
    let url = parsed("postgresql://rea%20der:p%40ss%2Fw%3Aö@db.example:6000/sales?sslmode=require&schemas=a,b");
    assert_eq!(url.dialect, Dialect::Postgres);
    assert_eq!(url.password.as_deref(), Some("p@ss/w:ö"));
    assert_eq!(url.location, "postgres://rea%20der@db.example:6000/sales?sslmode=require&schemas=a%2Cb");
    for part in ["p@ss", "p%40ss", "w:"] {
        assert!(!format!("{url:?}{url}").contains(part), "{url:?}");
    }
}

#[test]
fn a_password_parameter_leaves_the_location_too() {
    let url = parsed("postgres://u@h/db?password=secret&application_name=x");
    assert_eq!(url.password.as_deref(), Some("secret"));
    assert_eq!(url.location, "postgres://u@h/db?application_name=x");
}

#[test]
fn a_location_parses_back_to_itself() {
    for text in [
        "postgres://u:p@h:5433/db?schemas=a,b",
        "postgres:///db?host=/run/postgresql",
        "sqlite:///tmp/a%20b%3F.db",
        "/tmp/100%/x#1.sqlite",
        "sqlite:///tmp/x.db?immutable=1",
    ] {
        let first = parsed(text);
        assert_eq!(parsed(&first.location).location, first.location, "{text}");
    }
}

#[test]
fn files_are_found_behind_every_spelling() {
    let here = std::env::current_dir().unwrap();
    for (text, file) in [
        ("sqlite:///tmp/a%20b.db", "/tmp/a b.db".into()),
        ("sqlite:/tmp/x.db", "/tmp/x.db".into()),
        ("file:///tmp/x.db", "/tmp/x.db".into()),
        ("file://localhost/tmp/x.db", "/tmp/x.db".into()),
        ("/tmp/50%.db", "/tmp/50%.db".into()),
        ("./x.db", here.join("x.db")),
        ("sqlite://data/x.db", here.join("data/x.db")),
        ("x.sqlite", here.join("x.sqlite")),
        ("Ügyfelek.sqlite", here.join("Ügyfelek.sqlite")),
    ] {
        assert_eq!(sqlite_file(&parsed(text)).unwrap().0, file, "{text}");
    }
}

#[test]
fn what_cannot_be_opened_says_what_can() {
    for (text, kind, part) in [
        ("", ErrorKind::InvalidInput, "postgres://"),
        ("mysql://u@h/db", ErrorKind::Unsupported, "not in this build yet"),
        ("mssql://u@h/db", ErrorKind::Unsupported, "not in this build yet"),
        ("duckdb:x.db", ErrorKind::Unsupported, "not in this build yet"),
        ("ftp://h/x", ErrorKind::Unsupported, "sqlite:///"),
        ("sqlite:", ErrorKind::InvalidInput, "path of a file"),
        ("sqlite::memory:", ErrorKind::InvalidInput, "path of a file"),
        ("sqlite:///x.db?mode=rwc", ErrorKind::InvalidInput, "mode=ro"),
        ("sqlite:///x%zz.db", ErrorKind::InvalidInput, "hexadecimal"),
        ("postgres:db", ErrorKind::InvalidInput, "user:password@host"),
        ("postgres://h:99999/db", ErrorKind::InvalidInput, "user:password@host"),
        ("postgres://u@h/db?sslmod=require", ErrorKind::InvalidInput, "sslmode"),
        ("postgres://u@h/db?sslmode=maybe", ErrorKind::InvalidInput, "verify-full"),
        ("postgres://u@h/db?connect_timeout=soon", ErrorKind::InvalidInput, "seconds"),
    ] {
        let error = SourceUrl::parse(text).expect_err(text);
        assert_eq!(error.kind(), kind, "{text}");
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
}

#[test]
fn a_broken_url_never_shows_its_password() {
    for text in [
        "postgres://u:hunter2@h:port/db",
        "postgres://u:hunter2@[::1/db",
        "postgres:u:hunter2@h",
        "postgres://u:hunter2@h/db?nope=1",
        "postgres://u:hunter2@h/db#x",
    ] {
        let error = SourceUrl::parse(text).expect_err(text);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
