//! What PostgreSQL itself knows of the rows: marks of their state, and the statistics of its planner (`pg_stats`).

use super::{
    session::{Session, text},
    values,
};
use crate::{ConnectError, profiling, stop::Stop};
use datafyme_domain::{Catalog, ColumnProfile, Dialect, Table, TableKind, Value, profile::ValueCount};
use std::collections::HashMap;

/// The table's own number; then its file (another one after TRUNCATE, VACUUM FULL, CLUSTER and REFRESH), its size, and rows ever inserted, updated and
/// deleted; of a partitioned table those of its partitions. A standby counts no writes: it cannot say.
const VERSIONS: &str = "\
    WITH marked AS (SELECT c.oid, c.relkind, c.relname, n.nspname, pg_catalog.concat_ws('/', \
    c.oid, c.relfilenode, pg_catalog.pg_relation_size(c.oid), pg_catalog.pg_stat_get_tuples_inserted(c.oid), \
    pg_catalog.pg_stat_get_tuples_updated(c.oid), pg_catalog.pg_stat_get_tuples_deleted(c.oid)) AS mark \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%') \
    SELECT nspname, relname, mark FROM marked WHERE NOT pg_catalog.pg_is_in_recovery() \
    UNION ALL \
    SELECT n.nspname, c.relname, c.oid || '/' || md5(string_agg(m.oid || ':' || m.mark, ' ' ORDER BY m.oid)) \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_catalog.pg_inherits i ON i.inhparent = c.oid JOIN marked m ON m.oid = i.inhrelid \
    WHERE c.relkind = 'p' AND NOT pg_catalog.pg_is_in_recovery() \
    GROUP BY n.nspname, c.relname, c.oid \
    HAVING count(*) = (SELECT count(*) FROM pg_catalog.pg_inherits a WHERE a.inhparent = c.oid)";

pub(super) async fn data_versions(
    session: &mut Session,
    catalog: &Catalog,
    stop: &Stop,
) -> Result<Vec<Option<String>>, ConnectError> {
    let rows = session.rows(VERSIONS, stop).await?;
    let mut marks: HashMap<(String, String), String> =
        rows.iter().filter_map(|row| Some(((text(row, 0)?, text(row, 1)?), text(row, 2)?))).collect();
    let of = |table: &Table| marks.remove(&(table.name.schema.clone()?, table.name.table.clone()));
    Ok(catalog.tables.iter().map(of).collect())
}

/// The planner's statistics of one column, over all rows as of the last ANALYZE.
pub(super) struct PlannerStatistics {
    null_share: f64,
    /// Distinct values; below zero, minus their share of the rows.
    distinct: f64,
    common: Vec<(Value, f64)>,
    bounds: Vec<Value>,
}

/// Rows that the planner expects, from the server's plan: nothing is read.
pub(super) async fn expected_rows(session: &mut Session, table: &Table, stop: &Stop) -> Option<u64> {
    let sql = format!("EXPLAIN (FORMAT JSON) SELECT 1 FROM {}", table.name.to_sql(Dialect::Postgres));
    let rows = session.rows(&sql, stop).await.ok()?;
    let plan: serde_json::Value = serde_json::from_str(&text(rows.first()?, 0)?).ok()?;
    plan.pointer("/0/Plan/Plan Rows")?.as_u64()
}

/// By column name; empty for a table that was never analysed.
pub(super) async fn of_table(
    session: &mut Session,
    table: &Table,
    stop: &Stop,
) -> Result<HashMap<String, PlannerStatistics>, ConnectError> {
    let literal = |name: &str| Dialect::Postgres.literal(name);
    let sql = format!(
        "SELECT s.attname, s.null_frac, s.n_distinct, array_to_json(s.most_common_vals::text::text[]), \
         array_to_json(s.most_common_freqs), array_to_json(s.histogram_bounds::text::text[]), a.atttypid \
         FROM pg_catalog.pg_stats s JOIN pg_catalog.pg_attribute a ON a.attname = s.attname \
         AND a.attrelid = pg_catalog.to_regclass({}) \
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typcategory NOT IN ('A', 'G') \
         WHERE s.schemaname = {} AND s.tablename = {} AND s.inherited = {}",
        literal(&qualified(table)),
        literal(table.name.schema.as_deref().unwrap_or_default()),
        literal(&table.name.table),
        table.kind == TableKind::PartitionedTable,
    );
    let rows = session.rows(&sql, stop).await?;
    let read = |row| {
        let number = |index| text(row, index).and_then(|t| t.parse::<f64>().ok());
        let oid = text(row, 6).and_then(|t| t.parse().ok()).unwrap_or_default();
        let shares: Vec<f64> = text(row, 4).and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
        let statistics = PlannerStatistics {
            null_share: number(1)?,
            distinct: number(2)?,
            common: list(text(row, 3), oid).into_iter().zip(shares).collect(),
            bounds: list(text(row, 5), oid),
        };
        Some((text(row, 0)?, statistics))
    };
    Ok(rows.iter().filter_map(read).collect())
}

fn qualified(table: &Table) -> String {
    let quote = |name: &str| Dialect::Postgres.quote(name);
    format!("{}.{}", quote(table.name.schema.as_deref().unwrap_or_default()), quote(&table.name.table))
}

/// A JSON list of texts as values of a type.
fn list(json: Option<String>, oid: u32) -> Vec<Value> {
    let found: Vec<String> = json.and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
    found.iter().map(|text| values::from_text(text, oid)).collect()
}

impl PlannerStatistics {
    /// Puts what is known of all `rows` rows in place of what a sample of them says.
    pub(super) fn refine(&self, profile: &mut ColumnProfile, rows: u64, top_values: usize) {
        let rows = rows as f64;
        let non_null_share = (1.0 - self.null_share).clamp(0.0, 1.0);
        let distinct_share = if self.distinct < 0.0 { -self.distinct } else { self.distinct / rows.max(1.0) };
        // All different: then both figures are the same, whatever they are rounded to.
        let unique = (distinct_share - non_null_share).abs() < 1e-6 || distinct_share > non_null_share;
        profile.null_share =
            if profile.null_share > 0.0 && self.null_share <= 0.0 { profile.null_share } else { self.null_share };
        profile.non_null = (non_null_share * rows).round() as u64;
        let seen = profile.distinct;
        profile.distinct = if unique { profile.non_null } else { ((distinct_share * rows).round() as u64).max(seen) };
        profile.distinct = profile.distinct.min(profile.non_null);
        let counted = |share: &f64| ((share * rows).round() as u64).max(1);
        if !profile.top_values.is_empty() && !self.common.is_empty() {
            let is_short = |value: &Value| value.to_string().chars().count() <= ColumnProfile::MAX_VALUE_CHARS;
            let common = self.common.iter().filter(|(value, _)| is_short(value)).take(top_values);
            profile.top_values =
                common.map(|(value, share)| ValueCount { value: value.clone(), count: counted(share) }).collect();
        }
        for value in self.bounds.iter().chain(self.common.iter().map(|(value, _)| value)) {
            profiling::widen(profile, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(distinct: u64) -> ColumnProfile {
        ColumnProfile { non_null: 100, distinct, min: Value::Int(3), max: Value::Int(90), ..ColumnProfile::default() }
    }

    fn statistics(null_share: f64, distinct: f64) -> PlannerStatistics {
        PlannerStatistics { null_share, distinct, common: Vec::new(), bounds: vec![Value::Int(1), Value::Int(1_000)] }
    }

    #[test]
    fn figures_of_all_rows_take_the_place_of_the_samples() {
        for (null_share, distinct, expected) in [
            (0.0, -1.0, (1_000, 1_000)),
            (0.25, -0.75, (750, 750)),
            (0.5, -0.1, (500, 100)),
            (0.0, 7.0, (1_000, 40)),
            (0.0, 70.0, (1_000, 70)),
            (1.0, 0.0, (0, 0)),
        ] {
            let mut profile = sampled(40);
            statistics(null_share, distinct).refine(&mut profile, 1_000, 10);
            assert_eq!((profile.non_null, profile.distinct), expected, "{null_share} {distinct}");
            assert_eq!((&profile.min, &profile.max), (&Value::Int(1), &Value::Int(1_000)));
        }
    }

    #[test]
    fn lists_of_the_server_are_values_of_the_columns_type() {
        let date = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        for (json, oid, expected) in [
            ("[\"1\", \"-2\"]", 23, vec![Value::Int(1), Value::Int(-2)]),
            ("[\"1.50\"]", 1700, vec![Value::Decimal("1.50".into())]),
            ("[\"a b\", \"\"]", 25, vec![Value::Text("a b".into()), Value::Text(String::new())]),
            ("[\"t\"]", 16, vec![Value::Bool(true)]),
            ("[\"2024-02-29\"]", 1082, vec![Value::Date(date)]),
            ("[\"2024-02-29 01:02:03\"]", 1114, vec![Value::Timestamp(date.and_hms_opt(1, 2, 3).unwrap())]),
            ("[null]", 25, vec![]),
            ("no list", 25, vec![]),
        ] {
            assert_eq!(list(Some(json.to_owned()), oid), expected, "{json}");
        }
        assert_eq!(list(None, 25), []);
    }
}
