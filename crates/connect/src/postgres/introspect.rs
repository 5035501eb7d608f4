//! The structure of a database from `pg_catalog`: five queries, whatever the number of tables. No column that
//! PostgreSQL 10 does not have is named.

use super::{
    session::{Session, text},
    values,
};
use crate::{ConnectError, stop::Stop};
use datafyme_domain::{Catalog, Column, ColumnType, Dialect, ForeignKey, Table, TableKind, TableRef};
use sqlx::postgres::PgRow;
use std::collections::HashMap;

/// The relations that count: readable, in no system schema, not temporary, no partition, of no extension. `{scope}`
/// is a condition on the schema.
const RELATIONS: &str = "\
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't' \
    AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' AND {scope} \
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') \
    AND (pg_catalog.has_table_privilege(c.oid, 'SELECT') OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT')) \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.pg_class'::regclass \
    AND x.objid = c.oid AND x.deptype = 'e')";
/// A partitioned table has as many rows as its partitions.
const TABLES: &str = "\
    SELECT c.oid, n.nspname, c.relname, c.relkind, pg_catalog.obj_description(c.oid, 'pg_class'), \
    CASE WHEN c.relkind = 'p' THEN (SELECT sum(greatest(k.reltuples, 0))::float8 \
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class k ON k.oid = i.inhrelid WHERE i.inhparent = c.oid) \
    ELSE c.reltuples::float8 END, \
    CASE WHEN c.relkind = 'p' THEN \
    (SELECT count(*) FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid) END \
    {relations} ORDER BY n.nspname, c.oid";
/// Domains count as what they are made of.
const COLUMNS: &str = "\
    SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), b.oid, b.typtype, b.typcategory, \
    a.attnotnull, pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.col_description(a.attrelid, a.attnum) \
    FROM pg_catalog.pg_attribute a \
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
    JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END \
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
    WHERE a.attrelid IN (SELECT c.oid {relations}) AND a.attnum > 0 AND NOT a.attisdropped \
    AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT') \
    ORDER BY a.attrelid, a.attnum";
/// Primary, unique and foreign keys, then unique indexes that no constraint made. Names come as JSON lists.
const KEYS: &str = "\
    SELECT k.conrelid, k.contype, k.confrelid, \
    (SELECT json_agg(a.attname ORDER BY u.ord) FROM unnest(k.conkey) WITH ORDINALITY u(num, ord) \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num), \
    (SELECT json_agg(a.attname ORDER BY u.ord) FROM unnest(k.confkey) WITH ORDINALITY u(num, ord) \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num) \
    FROM pg_catalog.pg_constraint k \
    WHERE k.contype IN ('p', 'u', 'f') AND k.conrelid IN (SELECT c.oid {relations}) \
    ORDER BY k.conrelid, k.oid";
const UNIQUE_INDEXES: &str = "\
    SELECT x.indrelid, 'u', NULL, \
    (SELECT json_agg(a.attname ORDER BY u.ord) FROM unnest(x.indkey::int2[]) WITH ORDINALITY u(num, ord) \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = u.num \
    WHERE u.ord <= coalesce((to_jsonb(x) ->> 'indnkeyatts')::int, x.indnatts)), NULL \
    FROM pg_catalog.pg_index x \
    WHERE x.indisunique AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL \
    AND x.indrelid IN (SELECT c.oid {relations}) \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k \
    WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u')) \
    ORDER BY x.indrelid, x.indexrelid";
const ENUMS: &str = "SELECT e.enumtypid, e.enumlabel FROM pg_catalog.pg_enum e ORDER BY e.enumtypid, e.enumsortorder";

/// What introspection of a whole database asks the server, in order: for measuring it against bare queries.
#[must_use]
pub fn catalog_queries() -> Vec<String> {
    let relations = RELATIONS.replace("{scope}", "true");
    [TABLES, COLUMNS, KEYS, UNIQUE_INDEXES, ENUMS].map(|sql| sql.replace("{relations}", &relations)).to_vec()
}

pub(super) async fn catalog(session: &mut Session, schemas: &[String], stop: &Stop) -> Result<Catalog, ConnectError> {
    let scope = match schemas {
        [] => "true".to_owned(),
        names => {
            let names: Vec<String> = names.iter().map(|n| Dialect::Postgres.literal(n)).collect();
            format!("n.nspname IN ({})", names.join(", "))
        }
    };
    let relations = RELATIONS.replace("{scope}", &scope);
    let tables = session.rows(&TABLES.replace("{relations}", &relations), stop).await?;
    let columns = session.rows(&COLUMNS.replace("{relations}", &relations), stop).await?;
    let keys = session.rows(&KEYS.replace("{relations}", &relations), stop).await?;
    let indexes = session.rows(&UNIQUE_INDEXES.replace("{relations}", &relations), stop).await?;
    let enums = session.rows(ENUMS, stop).await?;
    let mut reading = Reading::default();
    tables.iter().for_each(|row| reading.add_table(row));
    let labels = labels(&enums);
    columns.iter().for_each(|row| reading.add_column(row, &labels));
    keys.iter().chain(&indexes).for_each(|row| reading.add_key(row));
    Ok(Catalog { dialect: Dialect::Postgres, tables: reading.tables })
}

fn labels(rows: &[PgRow]) -> HashMap<String, Vec<String>> {
    let mut labels: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows {
        labels.entry(cell(row, 0)).or_default().push(cell(row, 1));
    }
    labels
}

fn cell(row: &PgRow, index: usize) -> String {
    text(row, index).unwrap_or_default()
}

fn names(row: &PgRow, index: usize) -> Vec<String> {
    text(row, index).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

/// The catalog while it is put together; tables are found by OID.
#[derive(Default)]
struct Reading {
    tables: Vec<Table>,
    positions: HashMap<String, usize>,
}

impl Reading {
    fn add_table(&mut self, row: &PgRow) {
        let kind = match cell(row, 3).as_str() {
            "p" => TableKind::PartitionedTable,
            "v" => TableKind::View,
            "m" => TableKind::MaterializedView,
            "f" => TableKind::ForeignTable,
            _ => TableKind::Table,
        };
        let estimate = text(row, 5).and_then(|t| t.parse::<f64>().ok());
        self.positions.insert(cell(row, 0), self.tables.len());
        self.tables.push(Table {
            name: TableRef::new(cell(row, 1), cell(row, 2)),
            kind,
            comment: text(row, 4),
            columns: Vec::new(),
            primary_key: Vec::new(),
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            // Not positive: never counted (older versions say 0, newer ones -1), or a view.
            row_estimate: estimate.filter(|e| *e > 0.0).map(|e| e.round() as u64),
            partitions: text(row, 6).and_then(|t| t.parse().ok()),
            profile: None,
        });
    }

    fn add_column(&mut self, row: &PgRow, labels: &HashMap<String, Vec<String>>) {
        let Some(table) = self.table_mut(&cell(row, 0)) else {
            return;
        };
        let enum_values = labels.get(&cell(row, 3)).cloned().unwrap_or_default();
        let is_text = !enum_values.is_empty() || cell(row, 5) == "S";
        let column_type = match values::logical_type(cell(row, 3).parse().unwrap_or_default()) {
            ColumnType::Other if is_text => ColumnType::Text,
            known => known,
        };
        table.columns.push(Column {
            name: cell(row, 1),
            column_type,
            declared_type: cell(row, 2),
            nullable: cell(row, 6) != "t",
            default: text(row, 7),
            comment: text(row, 8),
            enum_values,
        });
    }

    fn add_key(&mut self, row: &PgRow) {
        let (columns, kind) = (names(row, 3), cell(row, 1));
        let to_columns = names(row, 4);
        let to_table = text(row, 2).and_then(|oid| self.positions.get(&oid)).and_then(|at| self.tables.get(*at));
        let target = to_table
            .filter(|t| !to_columns.is_empty() && to_columns.iter().all(|c| t.column(c).is_some()))
            .map(|t| t.name.clone());
        let Some(table) = self.table_mut(&cell(row, 0)) else {
            return;
        };
        // A key with a column that may not be read is no key for us.
        if columns.is_empty() || columns.iter().any(|c| table.column(c).is_none()) {
            return;
        }
        match (kind.as_str(), target) {
            ("p", _) => table.primary_key = columns,
            ("u", _) if !table.unique_keys.contains(&columns) => table.unique_keys.push(columns),
            ("f", Some(to_table)) => table.foreign_keys.push(ForeignKey { columns, to_table, to_columns }),
            _ => {}
        }
    }

    fn table_mut(&mut self, oid: &str) -> Option<&mut Table> {
        self.positions.get(oid).and_then(|at| self.tables.get_mut(*at))
    }
}
