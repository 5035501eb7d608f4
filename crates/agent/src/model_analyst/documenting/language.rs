//! Which language a data source speaks: by its names and comments, and where these do not tell, by its values. They
//! are looked at here and shown to nobody.

use crate::model_analyst::SpokenLanguage;
use datafyme_domain::{
    Catalog, Table,
    names::{fold, identifier_words},
};
use datafyme_nlq::{Language, detect_language};

/// Tables looked at, evenly over the catalog.
const TABLES: usize = 40;
/// Values looked at per column.
const VALUES: usize = 50;

/// Beginnings of folded words that stand in Hungarian schemas and not in English ones.
const HUNGARIAN: &[&str] = &[
    "alkalmazott",
    "ara",
    "arfolyam",
    "azonosito",
    "bevetel",
    "cikk",
    "cim",
    "datum",
    "dolgozo",
    "egyseg",
    "eladas",
    "elado",
    "ertek",
    "ev",
    "fizetes",
    "fizetve",
    "forgalom",
    "gyarto",
    "hatarido",
    "honap",
    "idopont",
    "iranyitoszam",
    "jarmu",
    "jelszo",
    "kategoria",
    "keszlet",
    "kiadas",
    "kivitel",
    "kod",
    "koltseg",
    "leiras",
    "lakcim",
    "megjegyzes",
    "megnevezes",
    "megrendel",
    "megye",
    "mennyiseg",
    "munka",
    "napok",
    "nev",
    "neve",
    "nyelv",
    "orszag",
    "osszeg",
    "osztaly",
    "penznem",
    "raktar",
    "rendeles",
    "reszleg",
    "sorszam",
    "suly",
    "szam",
    "szallit",
    "szazalek",
    "szamla",
    "szerzodes",
    "szuletes",
    "telepules",
    "telephely",
    "termek",
    "tetel",
    "tipus",
    "tulajdonos",
    "ugyfel",
    "utca",
    "varos",
    "vasarlas",
    "vasarlo",
    "vevo",
    "vegosszeg",
];

/// Folded words of English schemas.
const ENGLISH: &[&str] = &[
    "account",
    "address",
    "amount",
    "category",
    "city",
    "code",
    "comment",
    "company",
    "cost",
    "count",
    "country",
    "created",
    "currency",
    "customer",
    "date",
    "day",
    "department",
    "description",
    "email",
    "employee",
    "end",
    "first",
    "group",
    "invoice",
    "item",
    "key",
    "last",
    "level",
    "line",
    "list",
    "location",
    "month",
    "name",
    "number",
    "order",
    "parent",
    "payment",
    "person",
    "phone",
    "price",
    "product",
    "quantity",
    "rate",
    "role",
    "sales",
    "size",
    "start",
    "state",
    "status",
    "street",
    "supplier",
    "table",
    "time",
    "title",
    "total",
    "type",
    "unit",
    "updated",
    "user",
    "value",
    "year",
];

/// The language of a data source; English where nothing tells.
pub(super) fn of_catalog(catalog: &Catalog) -> SpokenLanguage {
    let step = catalog.tables.len().div_ceil(TABLES).max(1);
    let mut votes = Votes::default();
    for table in catalog.tables.iter().step_by(step) {
        votes.names(table);
        votes.comments(table);
    }
    if votes.hungarian == votes.english {
        for table in catalog.tables.iter().step_by(step) {
            votes.values(table);
        }
    }
    if votes.hungarian > votes.english { SpokenLanguage::Hungarian } else { SpokenLanguage::English }
}

#[derive(Debug, Default)]
struct Votes {
    hungarian: usize,
    english: usize,
}

impl Votes {
    fn names(&mut self, table: &Table) {
        for name in table.columns.iter().map(|c| c.name.as_str()).chain([table.name.table.as_str()]) {
            self.hungarian += usize::from(name.contains(OWN_LETTERS));
            for word in identifier_words(name) {
                self.hungarian += usize::from(is_hungarian(&word));
                self.english += usize::from(ENGLISH.contains(&word.trim_end_matches('s')));
            }
        }
    }

    /// A sentence says more than a name.
    fn comments(&mut self, table: &Table) {
        let comments = table.columns.iter().filter_map(|c| c.comment.as_deref()).chain(table.comment.as_deref());
        for comment in comments {
            match detect_language(comment) {
                Language::Hu => self.hungarian += 3,
                Language::En if comment.split_whitespace().count() > 2 => self.english += 3,
                Language::En | Language::Other => {}
            }
        }
    }

    fn values(&mut self, table: &Table) {
        let columns = table.profile.iter().flat_map(|p| &p.columns);
        for value in columns.flat_map(|c| c.values.iter().take(VALUES)) {
            let own = value.contains(OWN_LETTERS) || value.split_whitespace().any(|w| is_hungarian(&fold(w)));
            self.hungarian += usize::from(own);
        }
    }
}

/// Letters that only Hungarian has.
const OWN_LETTERS: [char; 4] = ['ő', 'ű', 'Ő', 'Ű'];

/// Short beginnings are whole words, with endings of the plural or possessive at most.
fn is_hungarian(word: &str) -> bool {
    HUNGARIAN.iter().any(|stem| match word.strip_prefix(stem) {
        Some("") => true,
        Some(ending) if stem.len() >= 5 => ending.len() <= 8,
        Some(ending) => matches!(ending, "ek" | "ok" | "ak" | "k" | "e" | "a" | "i" | "je" | "ja"),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::{Column, ColumnProfile, ColumnType, Dialect, TableKind, TableProfile, TableRef};

    fn catalog(tables: &[(&str, &[&str])], comment: Option<&str>, values: &[&str]) -> Catalog {
        let column = |name: &str| Column {
            name: name.to_owned(),
            column_type: ColumnType::Text,
            declared_type: "TEXT".to_owned(),
            nullable: true,
            default: None,
            comment: None,
            enum_values: Vec::new(),
        };
        let profile = |columns: &[&str]| TableProfile {
            columns: columns
                .iter()
                .map(|c| ColumnProfile {
                    column: (*c).to_owned(),
                    values: values.iter().map(|v| (*v).to_owned()).collect(),
                    ..ColumnProfile::default()
                })
                .collect(),
            ..TableProfile::default()
        };
        let tables = tables.iter().map(|(name, columns)| Table {
            name: TableRef::bare(*name),
            kind: TableKind::Table,
            comment: comment.map(str::to_owned),
            columns: columns.iter().map(|c| column(c)).collect(),
            primary_key: Vec::new(),
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            row_estimate: None,
            partitions: None,
            profile: Some(profile(columns)),
        });
        Catalog { dialect: Dialect::Sqlite, tables: tables.collect() }
    }

    #[test]
    fn names_then_comments_then_values_tell_the_language() {
        use SpokenLanguage::{English, Hungarian};
        let cases = [
            (catalog(&[("ugyfelek", &["nev", "varos"])], None, &[]), Hungarian),
            (catalog(&[("Rendelések", &["Dátum", "Végösszeg"])], None, &[]), Hungarian),
            (catalog(&[("customers", &["name", "city"])], None, &["Győr", "Kőszeg"]), English),
            (
                catalog(&[("t1", &["c1", "c2"])], Some("A cég összes rendelése, egy sor egy megrendelés"), &[]),
                Hungarian,
            ),
            (catalog(&[("t1", &["c1"])], Some("All orders of the company"), &["Győr"]), English),
            (catalog(&[("t1", &["c1"])], None, &["Győr", "Szeged"]), Hungarian),
            (catalog(&[("t1", &["c1"])], None, &["x"]), English),
            (catalog(&[("areas", &["area", "codec", "event"])], None, &[]), English),
        ];
        for (catalog, language) in cases {
            assert_eq!(of_catalog(&catalog), language, "{:?}", catalog.tables[0].name);
        }
    }
}
