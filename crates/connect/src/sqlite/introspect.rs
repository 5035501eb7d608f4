//! The structure of a SQLite file, by its table-valued pragmas: one query for all tables each.

use datafyme_domain::{Catalog, Column, ColumnType, Dialect, ForeignKey, Table, TableKind, TableRef};
use rusqlite::{Connection, Row};
use std::collections::HashMap;

/// Tables and views in the order in which they were made; no system tables, no innards of virtual tables.
const OBJECTS: &str = "\
    SELECT s.name, s.type FROM main.sqlite_schema s \
    LEFT JOIN pragma_table_list l ON l.schema = 'main' AND l.name = s.name AND l.type = 'shadow' \
    WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.name IS NULL \
    ORDER BY s.rowid";
/// Hidden columns (1) of virtual tables are no data; generated columns (2, 3) are.
const COLUMNS: &str = "\
    SELECT s.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk \
    FROM main.sqlite_schema s JOIN pragma_table_xinfo(s.name, 'main') c \
    WHERE s.type IN ('table', 'view') AND c.hidden <> 1 AND (?1 IS NULL OR s.name = ?1) \
    ORDER BY s.rowid, c.cid";
const FOREIGN_KEYS: &str = "\
    SELECT s.name, f.id, f.\"table\", f.\"from\", f.\"to\" \
    FROM main.sqlite_schema s JOIN pragma_foreign_key_list(s.name, 'main') f \
    WHERE s.type = 'table' ORDER BY s.rowid, f.id, f.seq";
const UNIQUE_KEYS: &str = "\
    SELECT s.name, l.name, i.name \
    FROM main.sqlite_schema s JOIN pragma_index_list(s.name, 'main') l JOIN pragma_index_info(l.name, 'main') i \
    WHERE s.type = 'table' AND l.\"unique\" = 1 AND l.partial = 0 AND l.origin <> 'pk' \
    ORDER BY s.rowid, l.seq, i.seqno";
/// `stat` starts with the number of rows, as of the last ANALYZE.
const ESTIMATES: &str = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM main.sqlite_stat1 GROUP BY tbl";

pub(super) fn catalog(connection: &Connection) -> rusqlite::Result<Catalog> {
    let objects = collect(connection, OBJECTS, |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut columns = columns(connection, &objects)?;
    let mut tables: Vec<Table> = objects
        .into_iter()
        .map(|(name, kind)| {
            let (columns, primary_key) = columns.remove(&name).unwrap_or_default();
            Table {
                name: TableRef::bare(name),
                kind: if kind == "view" { TableKind::View } else { TableKind::Table },
                comment: None,
                columns,
                primary_key,
                unique_keys: Vec::new(),
                foreign_keys: Vec::new(),
                row_estimate: None,
                partitions: None,
                profile: None,
            }
        })
        .collect();
    add_unique_keys(connection, &mut tables)?;
    add_foreign_keys(connection, &mut tables)?;
    // The table is there only after ANALYZE.
    for (name, rows) in
        collect(connection, ESTIMATES, |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).unwrap_or_default()
    {
        let rows: Option<i64> = rows;
        if let Some(table) = tables.iter_mut().find(|t| t.name.table == name) {
            table.row_estimate = rows.and_then(|r| u64::try_from(r).ok());
        }
    }
    Ok(Catalog { dialect: Dialect::Sqlite, tables })
}

fn collect<T>(
    connection: &Connection,
    sql: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], read)?;
    rows.collect()
}

/// Columns and primary key of a table.
type Shape = (Vec<Column>, Vec<String>);
/// The same, with the key's columns still at their positions.
type RawShape = (Vec<Column>, Vec<(i64, String)>);

struct RawColumn {
    table: String,
    column: Column,
    key_position: i64,
}

fn columns(connection: &Connection, objects: &[(String, String)]) -> rusqlite::Result<HashMap<String, Shape>> {
    let mut statement = connection.prepare(COLUMNS)?;
    let all: rusqlite::Result<Vec<RawColumn>> = statement.query_map([None::<&str>], raw_column)?.collect();
    let raw = match all {
        Ok(raw) => raw,
        // One view over a dropped table, or one virtual table of a missing module, fails the query for all: then
        // each is read on its own, and those stay without columns.
        Err(_) => {
            let mut raw = Vec::new();
            for (name, _) in objects {
                let one: rusqlite::Result<Vec<RawColumn>> =
                    statement.query_map([Some(name)], raw_column).and_then(Iterator::collect);
                raw.extend(one.unwrap_or_default());
            }
            raw
        }
    };
    let mut shapes: HashMap<String, RawShape> = HashMap::new();
    for RawColumn { table, column, key_position } in raw {
        let (columns, key) = shapes.entry(table).or_default();
        if key_position > 0 {
            key.push((key_position, column.name.clone()));
        }
        columns.push(column);
    }
    let sorted = |(columns, mut key): RawShape| {
        key.sort();
        (columns, key.into_iter().map(|(_, name)| name).collect())
    };
    Ok(shapes.into_iter().map(|(table, shape)| (table, sorted(shape))).collect())
}

fn raw_column(row: &Row<'_>) -> rusqlite::Result<RawColumn> {
    let declared: String = row.get::<_, Option<String>>(2)?.unwrap_or_default();
    let key_position: i64 = row.get(5)?;
    Ok(RawColumn {
        table: row.get(0)?,
        column: Column {
            name: row.get(1)?,
            column_type: logical_type(&declared),
            nullable: row.get::<_, i64>(3)? == 0 && key_position == 0,
            default: row.get(4)?,
            declared_type: declared,
            comment: None,
            enum_values: Vec::new(),
        },
        key_position,
    })
}

fn add_unique_keys(connection: &Connection, tables: &mut [Table]) -> rusqlite::Result<()> {
    let rows = collect(connection, UNIQUE_KEYS, |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
    })?;
    for group in rows.chunk_by(|a, b| (&a.0, &a.1) == (&b.0, &b.1)) {
        // An index over an expression has columns without a name: it is no key.
        let names: Option<Vec<String>> = group.iter().map(|(_, _, column)| column.clone()).collect();
        let table = group.first().and_then(|(name, ..)| tables.iter_mut().find(|t| t.name.table == *name));
        if let (Some(table), Some(names)) = (table, names) {
            table.unique_keys.push(names);
        }
    }
    Ok(())
}

struct RawReference {
    table: String,
    id: i64,
    to_table: String,
    from: Option<String>,
    to: Option<String>,
}

fn add_foreign_keys(connection: &Connection, tables: &mut [Table]) -> rusqlite::Result<()> {
    let rows = collect(connection, FOREIGN_KEYS, |row| {
        Ok(RawReference {
            table: row.get(0)?,
            id: row.get(1)?,
            to_table: row.get(2)?,
            from: row.get(3)?,
            to: row.get(4)?,
        })
    })?;
    for group in rows.chunk_by(|a, b| (&a.table, a.id) == (&b.table, b.id)) {
        let Some(first) = group.first() else { continue };
        if let Some(key) = foreign_key(first, group, tables)
            && let Some(table) = tables.iter_mut().find(|t| t.name.table == first.table)
        {
            table.foreign_keys.push(key);
        }
    }
    Ok(())
}

/// A foreign key with names as the tables spell them; `None` when it leads nowhere, which SQLite allows to declare.
fn foreign_key(first: &RawReference, group: &[RawReference], tables: &[Table]) -> Option<ForeignKey> {
    let from = tables.iter().find(|t| t.name.table == first.table)?;
    let to = tables.iter().find(|t| t.name.table.eq_ignore_ascii_case(&first.to_table))?;
    let spelled = |table: &Table, name: &str| {
        let column = table.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name));
        column.map(|c| c.name.clone())
    };
    let columns: Option<Vec<String>> = group.iter().map(|r| spelled(from, r.from.as_deref()?)).collect();
    let to_columns: Option<Vec<String>> = group
        .iter()
        .enumerate()
        .map(|(i, r)| match &r.to {
            Some(name) => spelled(to, name),
            // `REFERENCES parent` without columns means its primary key.
            None => to.primary_key.get(i).cloned(),
        })
        .collect();
    Some(ForeignKey { columns: columns?, to_table: to.name.clone(), to_columns: to_columns? })
}

/// What a declared type means: names of temporal and other types first, then SQLite's affinity rules
/// (<https://www.sqlite.org/datatype3.html>, section 3.1).
pub(super) fn logical_type(declared: &str) -> ColumnType {
    let name = declared.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|p| name.contains(p));
    let starts = |parts: &[&str]| parts.iter().any(|p| name.starts_with(p));
    if name.trim().is_empty() {
        ColumnType::Other
    } else if has(&["BOOL"]) {
        ColumnType::Boolean
    } else if starts(&["INTERVAL"]) {
        ColumnType::Interval
    } else if starts(&["DATETIME", "TIMESTAMP", "SMALLDATETIME"]) {
        ColumnType::Timestamp
    } else if starts(&["DATE"]) {
        ColumnType::Date
    } else if starts(&["TIME"]) {
        ColumnType::Time
    } else if has(&["JSON"]) {
        ColumnType::Json
    } else if has(&["INT", "YEAR", "SERIAL"]) {
        ColumnType::Integer
    } else if has(&["CHAR", "CLOB", "TEXT", "STRING", "UUID", "ENUM"]) {
        ColumnType::Text
    } else if has(&["BLOB", "BINARY", "BYTEA"]) {
        ColumnType::Binary
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        ColumnType::Float
    } else if has(&["NUMERIC", "DECIMAL", "NUMBER", "MONEY", "CURRENCY"]) {
        ColumnType::Decimal
    } else {
        ColumnType::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_mean_what_people_mean_by_them() {
        for (declared, expected) in [
            ("INTEGER", ColumnType::Integer),
            ("bigint unsigned", ColumnType::Integer),
            ("varchar(20)", ColumnType::Text),
            ("date", ColumnType::Date),
            ("DateTime", ColumnType::Timestamp),
            ("timestamp", ColumnType::Timestamp),
            ("time", ColumnType::Time),
            ("bool", ColumnType::Boolean),
            ("decimal(10,2)", ColumnType::Decimal),
            ("NUMBER", ColumnType::Decimal),
            ("double precision", ColumnType::Float),
            ("blob", ColumnType::Binary),
            ("JSON", ColumnType::Json),
            ("interval", ColumnType::Interval),
            ("", ColumnType::Other),
            ("geometry", ColumnType::Other),
        ] {
            assert_eq!(logical_type(declared), expected, "{declared}");
        }
    }
}
