//! Comparatives and superlatives that name a property: "older" speaks of an age, "cheapest" of a price.

/// What an adjective says about a property.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Adjective {
    /// Stems of column words that it may speak of; more is more.
    pub rising: &'static [&'static str],
    /// Column words of which less is more: "older" is an earlier birth date.
    pub falling: &'static [&'static str],
    /// +1: much of it, −1: little of it.
    pub direction: i8,
    /// "oldest" rather than "older".
    pub superlative: bool,
}

struct Family {
    base: &'static str,
    forms: &'static [&'static str],
    superlatives: &'static [&'static str],
    direction: i8,
    rising: &'static [&'static str],
    falling: &'static [&'static str],
}

const FAMILIES: &[Family] = &[
    Family {
        base: "old",
        forms: &["older"],
        superlatives: &["oldest", "eldest"],
        direction: 1,
        rising: &["age"],
        falling: &[
            "birth",
            "birthday",
            "founded",
            "year",
            "open",
            "opening",
            "date",
            "built",
            "established",
            "creation",
        ],
    },
    Family {
        base: "young",
        forms: &["younger"],
        superlatives: &["youngest"],
        direction: -1,
        rising: &["age"],
        falling: &["birth", "birthday", "date"],
    },
    Family {
        base: "expensive",
        forms: &["pricier", "costlier", "dearer"],
        superlatives: &["priciest", "costliest", "dearest"],
        direction: 1,
        rising: &["price", "cost", "fee", "rate", "charge", "amount", "budget"],
        falling: &[],
    },
    Family {
        base: "costly",
        forms: &[],
        superlatives: &[],
        direction: 1,
        rising: &["cost", "price", "fee", "charge"],
        falling: &[],
    },
    Family {
        base: "cheap",
        forms: &["cheaper"],
        superlatives: &["cheapest"],
        direction: -1,
        rising: &["price", "cost", "fee", "rate", "charge", "budget"],
        falling: &[],
    },
    Family {
        base: "tall",
        forms: &["taller"],
        superlatives: &["tallest"],
        direction: 1,
        rising: &["height", "floor", "story", "feet"],
        falling: &[],
    },
    Family {
        base: "long",
        forms: &["longer"],
        superlatives: &["longest"],
        direction: 1,
        rising: &["length", "duration", "distance", "running", "time", "year", "meter", "mile"],
        falling: &[],
    },
    Family {
        base: "short",
        forms: &["shorter"],
        superlatives: &["shortest"],
        direction: -1,
        rising: &["length", "duration", "height", "distance", "running", "time"],
        falling: &[],
    },
    Family {
        base: "heavy",
        forms: &["heavier"],
        superlatives: &["heaviest"],
        direction: 1,
        rising: &["weight", "mass"],
        falling: &[],
    },
    Family {
        base: "light",
        forms: &["lighter"],
        superlatives: &["lightest"],
        direction: -1,
        rising: &["weight", "mass"],
        falling: &[],
    },
    Family {
        base: "fast",
        forms: &["faster", "quicker"],
        superlatives: &["fastest", "quickest"],
        direction: 1,
        rising: &["speed", "velocity", "horsepower"],
        falling: &["time", "duration", "milliseconds"],
    },
    Family {
        base: "slow",
        forms: &["slower"],
        superlatives: &["slowest"],
        direction: -1,
        rising: &["speed"],
        falling: &["time", "duration"],
    },
    Family {
        base: "rich",
        forms: &["richer", "wealthier"],
        superlatives: &["richest", "wealthiest"],
        direction: 1,
        rising: &["worth", "wealth", "revenue", "asset", "salary", "income", "money"],
        falling: &[],
    },
    Family {
        base: "poor",
        forms: &["poorer"],
        superlatives: &["poorest"],
        direction: -1,
        rising: &["income", "wealth", "gdp"],
        falling: &[],
    },
    Family { base: "populous", forms: &[], superlatives: &[], direction: 1, rising: &["population"], falling: &[] },
    Family { base: "populated", forms: &[], superlatives: &[], direction: 1, rising: &["population"], falling: &[] },
    Family {
        base: "large",
        forms: &["larger", "bigger"],
        superlatives: &["largest", "biggest"],
        direction: 1,
        rising: &["area", "population", "size", "capacity", "acreage", "storage", "enrollment"],
        falling: &[],
    },
    Family {
        base: "small",
        forms: &["smaller"],
        superlatives: &["smallest"],
        direction: -1,
        rising: &["area", "population", "size", "capacity", "storage"],
        falling: &[],
    },
    Family {
        base: "recent",
        forms: &[],
        superlatives: &[],
        direction: 1,
        rising: &["date", "year", "time", "day"],
        falling: &[],
    },
    Family {
        base: "late",
        forms: &["later", "newer"],
        superlatives: &["latest", "newest"],
        direction: 1,
        rising: &["date", "year", "time", "day"],
        falling: &[],
    },
    Family {
        base: "early",
        forms: &["earlier"],
        superlatives: &["earliest"],
        direction: -1,
        rising: &["date", "year", "time", "day", "founded", "open"],
        falling: &[],
    },
    Family {
        base: "new",
        forms: &["newer"],
        superlatives: &["newest"],
        direction: 1,
        rising: &["date", "year", "founded"],
        falling: &[],
    },
    Family {
        base: "popular",
        forms: &[],
        superlatives: &[],
        direction: 1,
        rising: &["popularity", "viewer", "follower", "attendance", "visitor"],
        falling: &[],
    },
    Family {
        base: "deep",
        forms: &["deeper"],
        superlatives: &["deepest"],
        direction: 1,
        rising: &["depth"],
        falling: &[],
    },
    Family {
        base: "high",
        forms: &["higher"],
        superlatives: &[],
        direction: 1,
        rising: &["height", "altitude", "elevation"],
        falling: &[],
    },
    Family {
        base: "powerful",
        forms: &[],
        superlatives: &[],
        direction: 1,
        rising: &["power", "horsepower"],
        falling: &[],
    },
    Family {
        base: "experienced",
        forms: &[],
        superlatives: &[],
        direction: 1,
        rising: &["experience", "year"],
        falling: &[],
    },
    Family {
        base: "good",
        forms: &["better"],
        superlatives: &["best"],
        direction: 1,
        rising: &["rating", "score", "grade", "gpa", "point"],
        falling: &["rank", "ranking"],
    },
    Family {
        base: "bad",
        forms: &["worse"],
        superlatives: &["worst"],
        direction: -1,
        rising: &["rating", "score", "grade", "gpa"],
        falling: &[],
    },
    Family {
        base: "hot",
        forms: &["hotter", "warmer"],
        superlatives: &["hottest", "warmest"],
        direction: 1,
        rising: &["temperature"],
        falling: &[],
    },
    Family {
        base: "cold",
        forms: &["colder"],
        superlatives: &["coldest"],
        direction: -1,
        rising: &["temperature"],
        falling: &[],
    },
    Family {
        base: "wide",
        forms: &["wider"],
        superlatives: &["widest"],
        direction: 1,
        rising: &["width"],
        falling: &[],
    },
    Family {
        base: "paid",
        forms: &[],
        superlatives: &[],
        direction: 1,
        rising: &["salary", "wage", "pay", "amount"],
        falling: &[],
    },
];

/// What `word` says, with the word before it ("most expensive", "least populous").
pub(crate) fn adjective(word: &str, before: Option<&str>) -> Option<Adjective> {
    for family in FAMILIES {
        let superlative = family.superlatives.contains(&word);
        let comparative = family.forms.contains(&word);
        let base = family.base == word;
        if !superlative && !comparative && !base {
            continue;
        }
        let (sign, superlative) = match before {
            Some("most" | "highest" | "best") if base => (1, true),
            Some("least" | "lowest" | "worst") if base => (-1, true),
            Some("less") if base => (-1, false),
            Some("more") if base => (1, false),
            _ if base => continue,
            _ => (1, superlative),
        };
        return Some(Adjective {
            rising: family.rising,
            falling: family.falling,
            direction: family.direction * sign,
            superlative,
        });
    }
    None
}
