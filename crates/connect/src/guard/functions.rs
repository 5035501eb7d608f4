//! Which functions a query may call: an allow-list for each dialect.
//!
//! On it: what computes from its arguments alone (and the clock). Not on it: what reads or writes files, settings,
//! sequences, other sessions or the network, what runs text as SQL, what sleeps, and what only makes huge values.

use super::refused;
use crate::ConnectError;
use datafyme_domain::Dialect;
use sqlparser::ast::Ident;
use std::{collections::HashSet, sync::LazyLock};

use super::scope::fold;

/// In both dialects, where the database has them.
const COMMON: &str = "\
    abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling coalesce concat concat_ws cos cosh count cume_dist \
    degrees dense_rank exp first_value floor greatest iif lag last_value lead least length ln log log10 lower lpad \
    ltrim max min mod nth_value ntile nullif octet_length percent_rank pi pow power radians random rank replace \
    round row_number rpad rtrim sign sin sinh sqrt string_agg substr substring sum tan tanh trim trunc upper";

/// In SQLite besides.
const SQLITE: &str = "\
    -> ->> bm25 char concat current_date current_time current_timestamp date datetime format glob group_concat hex \
    highlight ifnull instr json json_array json_array_length json_error_position json_extract json_group_array \
    json_group_object json_insert json_object json_patch json_pretty json_quote json_remove json_replace json_set \
    json_type json_valid jsonb jsonb_array jsonb_extract jsonb_group_array jsonb_group_object jsonb_object julianday \
    like likelihood likely log2 match median percentile percentile_cont percentile_disc printf quote regexp snippet \
    soundex strftime time timediff total typeof unhex unicode unistr unixepoch unlikely";

/// In PostgreSQL besides.
const POSTGRES: &str = "\
    abbrev acosd age any_value area array array_agg array_append array_cat array_dims array_fill array_length \
    array_lower array_ndims array_position array_positions array_prepend array_remove array_replace array_reverse \
    array_sample array_shuffle array_sort array_to_json array_to_string array_upper ascii asind atan2d atand bit_and \
    bit_count bit_length bit_or bit_xor bool bool_and bool_or bound_box box broadcast btrim cardinality casefold \
    cbrt center char char_length character_length chr circle clock_timestamp convert_from convert_to corr cosd cot \
    cotd covar_pop covar_samp crc32 current_date current_time current_timestamp date date_add date_bin date_part \
    date_subtract date_trunc daterange decimal decode diagonal diameter div encode erf erfc every extract factorial \
    family float4 float8 format gamma gcd gen_random_uuid generate_series generate_subscripts get_bit get_byte \
    grouping height host inet_same_family initcap int2 int4 int4range int8 int8range interval isempty isfinite json \
    json_agg json_array json_array_elements json_array_elements_text json_array_length json_arrayagg \
    json_build_array json_build_object json_each json_each_text json_exists json_extract_path json_extract_path_text \
    json_object json_object_agg json_object_keys json_objectagg json_query json_scalar json_serialize \
    json_strip_nulls json_typeof json_value jsonb jsonb_agg jsonb_array_elements jsonb_array_elements_text \
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_exists jsonb_exists_all \
    jsonb_exists_any jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg \
    jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array \
    jsonb_path_query_first jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_typeof justify_days justify_hours \
    justify_interval lcm left lgamma localtime localtimestamp lower_inc lower_inf lseg make_date make_interval \
    make_time make_timestamp make_timestamptz masklen md5 min_scale mode multirange netmask network normalize now \
    npoints nullif num_nonnulls num_nulls numeric numnode numrange overlaps overlay parse_ident path percentile_cont \
    percentile_disc pg_typeof phraseto_tsquery plainto_tsquery point polygon position querytree quote_ident \
    quote_literal quote_nullable radius random_normal range_agg range_intersect_agg range_merge regexp_count \
    regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table \
    regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy \
    reverse right row row_to_json scale sha224 sha256 sha384 sha512 sind split_part starts_with statement_timestamp \
    stddev stddev_pop stddev_samp string_to_array string_to_table strip strpos tand text time timestamp timestamptz \
    to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct to_timestamp to_tsquery to_tsvector \
    transaction_timestamp translate trim_array trim_scale ts_filter ts_headline ts_rank ts_rank_cd tsrange tstzrange \
    tsvector_to_array unistr unnest upper_inc upper_inf uuid uuid_extract_timestamp uuid_extract_version var_pop \
    var_samp varchar variance websearch_to_tsquery width width_bucket";

/// Functions that may stand in FROM.
const SQLITE_TABLES: &str = "json_each json_tree";
const POSTGRES_TABLES: &str = "\
    generate_series generate_subscripts json_array_elements json_array_elements_text json_each json_each_text \
    json_object_keys jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys \
    jsonb_path_query jsonb_to_record jsonb_to_recordset json_to_record json_to_recordset regexp_matches \
    regexp_split_to_table string_to_table unnest";

struct Lists {
    scalar: HashSet<&'static str>,
    table: HashSet<&'static str>,
}

static SQLITE_LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    scalar: COMMON.split(' ').chain(SQLITE.split(' ')).collect(),
    table: SQLITE_TABLES.split(' ').collect(),
});
static POSTGRES_LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    scalar: COMMON.split(' ').chain(POSTGRES.split(' ')).collect(),
    table: POSTGRES_TABLES.split(' ').collect(),
});

fn lists(dialect: Dialect) -> &'static Lists {
    match dialect {
        Dialect::Sqlite => &SQLITE_LISTS,
        Dialect::Postgres => &POSTGRES_LISTS,
    }
}

/// Whether the folded `name` may be called in an expression.
pub(crate) fn is_allowed(name: &str, dialect: Dialect) -> bool {
    lists(dialect).scalar.contains(name)
}

pub(super) fn check(name: &[&Ident], dialect: Dialect) -> Result<(), ConnectError> {
    let folded = plain_name(name, dialect)?;
    if is_allowed(&folded, dialect) {
        return Ok(());
    }
    Err(refused(format!("function {folded} is not allowed")))
}

pub(super) fn check_table_function(name: &[&Ident], dialect: Dialect) -> Result<(), ConnectError> {
    let folded = plain_name(name, dialect)?;
    if lists(dialect).table.contains(folded.as_str()) {
        return Ok(());
    }
    Err(refused(format!("function {folded} is not allowed in FROM")))
}

/// The folded name without `pg_catalog.`; any other qualification is refused.
fn plain_name(name: &[&Ident], dialect: Dialect) -> Result<String, ConnectError> {
    let folded: Vec<String> = name.iter().map(|i| fold(dialect, i)).collect();
    match (dialect, folded.as_slice()) {
        (_, [name]) => Ok(name.clone()),
        (Dialect::Postgres, [schema, name]) if schema == "pg_catalog" => Ok(name.clone()),
        _ => Err(refused(format!("function {} is not allowed: functions of a schema are not", folded.join(".")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_reaches_out_is_on_a_list() {
        let reaching = [
            "pg_",
            "lo_",
            "dblink",
            "load_extension",
            "readfile",
            "writefile",
            "query_to",
            "table_to",
            "cursor_to",
            "set_config",
            "current_setting",
            "nextval",
            "setval",
            "currval",
            "lastval",
            "txid",
            "inet_client",
            "inet_server",
            "version",
            "sqlite_",
            "fts3_tokenizer",
            "zeroblob",
            "randomblob",
            "xml",
            "repeat",
        ];
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let all = lists(dialect).scalar.iter().chain(&lists(dialect).table);
            for name in all.filter(|n| **n != "pg_typeof") {
                assert!(!name.is_empty());
                assert!(!reaching.iter().any(|r| name.starts_with(r)), "{dialect}: {name}");
            }
        }
    }
}
