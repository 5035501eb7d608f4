//! What a number in a question may be: a bound, a limit, a count of rows.

use super::*;

pub(super) fn numbers(
    index: &CatalogIndex,
    reading: &Reading,
    position: usize,
    value: &ValueSpan,
    number: f64,
    worded: bool,
) -> Vec<Binding> {
    let mut found = Vec::new();
    let (op, strength) = cues::comparison(reading, value.start, value.end);
    found.extend(limit(reading, position, value, number));
    found.extend(having(index, reading, position, value, number, op, strength));
    let mut columns: Vec<ColumnId> = reading
        .mentions
        .iter()
        .flat_map(|m| &m.options)
        .filter_map(|o| match o.named {
            Named::Column(c) => Some(c),
            Named::Table(_) => None,
        })
        .collect();
    columns.extend(value.hits.iter().map(|h| h.0));
    let year_like = (1000.0..2200.0).contains(&number) && number.fract() == 0.0 && value.text.len() == 4;
    if year_like {
        columns.extend(
            (0..index.columns.len()).filter(|c| index.column(*c).year && reading.table_score(index.table_of(*c)) > 0.5),
        );
    }
    columns.sort_unstable();
    columns.dedup();
    for column in columns {
        found.extend(number_binding(
            index,
            reading,
            position,
            value,
            column,
            (number, worded, year_like),
            (op, strength),
        ));
    }
    found
}

fn number_binding(
    index: &CatalogIndex,
    reading: &Reading,
    position: usize,
    value: &ValueSpan,
    column: ColumnId,
    (number, worded, year_like): (f64, bool, bool),
    (op, strength): (Comparison, usize),
) -> Option<Binding> {
    let facts = index.column(column);
    let hit = value.hits.iter().find(|h| h.0 == column);
    if index.table(facts.table).hidden || !(facts.numeric || facts.numeric_text || hit.is_some()) {
        return None;
    }
    let (support, mention, mut features) = support(index, reading, column, value, "number");
    let mut prior = support - 0.7;
    let in_range = facts.min.is_none_or(|m| number >= m) && facts.max.is_none_or(|m| number <= m);
    if !in_range {
        prior -= 0.6;
    }
    if worded {
        prior -= 0.4;
    }
    if year_like && facts.year {
        prior += 1.2;
    } else if year_like && facts.is_measure() && strength == 0 {
        prior -= 0.3;
    }
    if facts.identifier && strength > 0 {
        prior -= 0.8;
    }
    if let Some(earlier) = bound_before(reading, position, value).filter(|_| strength > 0 && mention.is_none()) {
        // "Taller than 200 or lower than 190": the second bound is on what the first one is on.
        let near = named_near(reading, column, earlier).filter(|n| n.2 <= 5 && n.1 > 0.45);
        if let Some((_, score, ..)) = near {
            prior += 1.2 * score;
            features.push((feature(&["bind", "number", "same as before"]), 1.0));
        }
    }
    let mut op = op;
    let mut mention_falling = false;
    if let Some(m) = mention.and_then(|m| reading.mentions.get(m))
        && let Some(adjective) = m.adjective
    {
        let falling = m.options.iter().any(|o| o.named == Named::Column(column) && o.falling);
        mention_falling = falling;
        // "younger than 30" is below for an age, above for a birth year.
        let up = (adjective.direction > 0) != falling;
        if matches!(op, Comparison::Greater | Comparison::Less) && !adjective.superlative {
            op = if up { Comparison::Greater } else { Comparison::Less };
        }
    }
    let other = between_partner(reading, position, value);
    let literal = |n: f64| {
        if facts.numeric_text && !facts.numeric {
            hit.map_or_else(|| Literal::Text(number_text(n)), |h| Literal::Text(h.1.clone()))
        } else {
            Literal::Number(number_text(n))
        }
    };
    features.push((feature(&["bind", "number", op.symbol(), if facts.year { "year" } else { "" }]), 1.0));
    features.push((feature(&["bind", "number", "range", if in_range { "in" } else { "out" }]), 1.0));
    if mention_falling {
        features.push((feature(&["bind", "number", "falling"]), 1.0));
    }
    let condition = match other {
        Some(Partner::High(high)) => {
            prior += 0.5;
            Condition::Between(column, literal(number), literal(high))
        }
        Some(Partner::Second) => return None,
        None => Condition::Compare(column, op, literal(number)),
    };
    Some(Binding { value: position, role: BindingRole::Where(condition), mention, prior, features })
}

/// The number just before, where "or" or "and" and a comparison alone stand between.
fn bound_before<'a>(reading: &'a Reading, position: usize, value: &ValueSpan) -> Option<&'a ValueSpan> {
    let earlier = reading.values.get(position.checked_sub(1)?)?;
    let linked = matches!(reading.lower(earlier.end), "or" | "and" | "but");
    let near = value.start > earlier.end && value.start - earlier.end <= 6;
    (linked && near && matches!(earlier.kind, ValueKind::Number { .. })).then_some(earlier)
}

enum Partner {
    High(f64),
    /// This is the upper bound of a range that the earlier number already took.
    Second,
}

/// Where a number begins with the sign of its currency.
fn begins(reading: &Reading, value: &ValueSpan) -> usize {
    if reading.before(value.start, 1) == "$" { value.start - 1 } else { value.start }
}

fn between_partner(reading: &Reading, position: usize, value: &ValueSpan) -> Option<Partner> {
    let is_range =
        |start: usize| (1..=3).any(|b| matches!(reading.before(start, b), "between" | "from" | "range" | "ranging"));
    let linked = |low: &ValueSpan, high: &ValueSpan| {
        begins(reading, high) == low.end + 1
            && matches!(reading.lower(low.end), "and" | "to" | "-")
            && is_range(begins(reading, low))
    };
    if let Some(next) = reading.values.get(position + 1)
        && let ValueKind::Number { value: high, .. } = next.kind
        && linked(value, next)
    {
        return Some(Partner::High(high));
    }
    let previous = reading.values.get(position.checked_sub(1)?)?;
    (matches!(previous.kind, ValueKind::Number { .. }) && linked(previous, value)).then_some(Partner::Second)
}

fn limit(reading: &Reading, position: usize, value: &ValueSpan, number: f64) -> Option<Binding> {
    if number < 1.0 || number.fract() != 0.0 || number > 10_000.0 {
        return None;
    }
    let (before, after) = (reading.before(value.start, 1), reading.lower(value.end));
    let after2 = reading.lower(value.end + 1);
    let superlative = |w: &str| {
        matches!(
            w,
            "most"
                | "least"
                | "highest"
                | "lowest"
                | "largest"
                | "smallest"
                | "biggest"
                | "best"
                | "worst"
                | "top"
                | "cheapest"
                | "oldest"
                | "youngest"
                | "longest"
                | "shortest"
                | "latest"
                | "earliest"
                | "newest"
                | "fewest"
                | "heaviest"
                | "fastest"
                | "richest"
                | "priciest"
                | "greatest"
        )
    };
    let prior = if matches!(before, "top" | "bottom" | "first" | "last" | "limit") {
        3.0
    } else if superlative(after) || superlative(after2) && matches!(reading.before(value.start, 1), "the" | "") {
        2.0
    } else if reading.tokens.iter().any(|t| superlative(&t.lower))
        && matches!(before, "the" | "list" | "show" | "find" | "what" | "which" | "of" | "give")
    {
        0.4
    } else {
        return None;
    };
    let features = vec![(feature(&["limit", before]), 1.0), (feature(&["limit", "after", after]), 1.0)];
    Some(Binding { value: position, role: BindingRole::Limit(number as u64), mention: None, prior, features })
}

/// "more than 3 orders", "at least two", "only one employee".
fn having(
    index: &CatalogIndex,
    reading: &Reading,
    position: usize,
    value: &ValueSpan,
    number: f64,
    op: Comparison,
    strength: usize,
) -> Option<Binding> {
    if number.fract() != 0.0 || number > 1e7 || between_partner(reading, position, value).is_some() {
        return None;
    }
    // Skip the words of "3 or more employees" and "more than 3 different employees".
    let mut at = value.end;
    while matches!(
        reading.lower(at),
        "or" | "more"
            | "less"
            | "fewer"
            | "different"
            | "distinct"
            | "the"
            | "of"
            | "such"
            | "unique"
            | "kinds"
            | "types"
    ) {
        at += 1;
    }
    let mention = reading.mentions.iter().position(|m| m.start <= at && at < m.end || m.start == at + 1);
    let top = mention.and_then(|m| reading.mentions.get(m)).and_then(|m| m.options.first());
    let (name, mut prior) = match top.map(|o| o.named) {
        Some(Named::Table(_)) => ("table", 0.9),
        Some(Named::Column(c)) if index.column(c).is_measure() => ("measure", -1.6),
        Some(Named::Column(_)) => ("column", 0.0),
        None if reading.lower(value.end) == "times"
            || matches!(value.text.to_lowercase().as_str(), "once" | "twice") =>
        {
            ("times", 1.2)
        }
        None => ("bare", -0.9),
    };
    if strength == 0 && !matches!(reading.before(value.start, 1), "exactly" | "only" | "just") {
        prior -= 1.2;
    }
    let adjective =
        reading.mentions.iter().any(|m| m.adjective.is_some() && m.end <= value.start && value.start - m.end <= 2);
    if adjective {
        prior -= 1.5;
    }
    let features = vec![
        (feature(&["having", name, op.symbol()]), 1.0),
        (feature(&["having", "before", reading.before(value.start, 1)]), 1.0),
        (feature(&["having", "after", reading.lower(value.end)]), 1.0),
        (feature(&["having", if number > 100.0 { "large" } else { "small" }]), 1.0),
    ];
    let role = BindingRole::Having(op, number);
    Some(Binding { value: position, role, mention: mention.filter(|_| name != "bare"), prior, features })
}
