//! Words of the language, not of any database: numbers, cues, synonyms, countries. Written for this project.

mod adjectives;
mod countries;
mod thesaurus;

pub(crate) use adjectives::{Adjective, adjective};
pub(crate) use countries::country_codes;
pub(crate) use thesaurus::synonyms;

/// Value of a spelled-out number.
pub(crate) fn number_word(word: &str) -> Option<f64> {
    const WORDS: &[&str] = &[
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen",
    ];
    if let Some(value) = WORDS.iter().position(|w| *w == word) {
        return u32::try_from(value).ok().map(f64::from);
    }
    match word {
        "once" => Some(1.0),
        "twice" => Some(2.0),
        "thrice" => Some(3.0),
        "twenty" => Some(20.0),
        "thirty" => Some(30.0),
        "fifty" => Some(50.0),
        "hundred" => Some(100.0),
        _ => None,
    }
}

/// Number of a month, by its name or its three letters.
pub(crate) fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ];
    let exact = MONTHS.iter().position(|m| *m == word);
    let short = || {
        (word.len() == 3 || word == "sept")
            .then(|| MONTHS.iter().position(|m| m.starts_with(word.get(..3).unwrap_or(word))))
            .flatten()
    };
    exact.or_else(short).and_then(|i| u32::try_from(i + 1).ok())
}

/// Words that carry no meaning for linking: never matched with names or cells when alone.
pub(crate) fn is_stop_word(word: &str) -> bool {
    const STOP: &[&str] = &[
        "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "both", "but", "by",
        "can", "could", "did", "different", "distinct", "do", "does", "each", "either", "every", "find", "for", "from",
        "get", "give", "given", "had", "has", "have", "having", "he", "her", "his", "how", "i", "if", "in", "into",
        "is", "it", "its", "kind", "list", "many", "me", "more", "most", "much", "my", "no", "not", "of", "off", "on",
        "only", "or", "other", "our", "out", "over", "per", "please", "report", "return", "she", "show", "so", "some",
        "such", "tell", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
        "to", "up", "us", "using", "was", "we", "were", "what", "when", "where", "which", "who", "whom", "whose",
        "with", "without", "would", "you", "your", "display", "together", "corresponding", "respectively", "ones",
        "one", "will", "has", "whether", "per", "via", "own", "do", "just", "currently", "let", "know",
    ];
    STOP.contains(&word)
}

/// Words that a question may contain without any of them needing an explanation by the plan.
pub(crate) fn is_filler(word: &str) -> bool {
    const FILLER: &[&str] = &[
        "above", "according", "across", "after", "again", "against", "alphabetical", "alphabetically", "among",
        "amount", "any", "appear", "ascending", "associated", "available", "average", "based", "before", "belong",
        "belongs", "below", "between", "biggest", "bottom", "broken", "called", "chart", "city", "combined", "common",
        "compare", "compared", "contain", "containing", "contains", "correspond", "count", "data", "database", "day",
        "daily", "decreasing", "descending", "detail", "details", "different", "display", "distinct", "down",
        "during", "earlier", "earliest", "else", "entire", "entries", "equal", "ever", "exactly", "exist", "fewer",
        "fewest", "figure", "first", "following", "frequent", "frequently", "graph", "greater", "greatest", "group",
        "grouped", "happen", "happened", "has", "held", "help", "here", "high", "higher", "highest", "hold",
        "include", "included", "includes", "increasing", "individual", "information", "involved", "items", "large",
        "larger", "largest", "last", "late", "later", "latest", "least", "less", "lexicographic", "like", "line",
        "located", "long", "longer", "longest", "low", "lower", "lowest", "made", "make", "max", "maximum", "mean",
        "min", "minimum", "month", "monthly", "more", "most", "name", "named", "names", "need", "never", "new",
        "newest", "not", "now", "number", "numbers", "occur", "older", "oldest", "one", "order", "ordered", "overall",
        "part", "particular", "past", "people", "per", "percent", "percentage", "pie", "plot", "popular", "present",
        "previous", "proportion", "provide", "put", "quarter", "rank", "ranked", "ratio", "recent", "record",
        "records", "recorded", "related", "respective", "result", "results", "reverse", "rows", "same", "see",
        "share", "short", "shortest", "since", "small", "smaller", "smallest", "sort", "sorted", "split", "sum",
        "summarize", "take", "taken", "than", "through", "time", "times", "too", "top", "total", "trend", "type",
        "types", "under", "unique", "until", "use", "used", "value", "values", "want", "week", "weekly", "well",
        "within", "work", "worst", "best", "year", "yearly", "years", "young", "youngest", "things", "something",
        "go", "went", "come", "got", "put", "place", "still", "yet", "today", "yesterday", "current", "currently",
        "table", "bar", "column", "columns", "row", "id", "ids", "really", "actually", "please", "thank", "thanks",
        "hello", "hi", "hey", "instead", "again", "having", "cases", "case", "set", "sets", "full", "whole", "least",
    ];
    is_stop_word(word) || FILLER.contains(&word)
}

/// Verbs that any thing can be the object of: they name nothing by themselves.
pub(crate) fn is_light_verb(word: &str) -> bool {
    const VERBS: &[&str] = &[
        "place", "placed", "places", "placing", "make", "made", "makes", "sell", "sold", "sells", "went", "goes", "came", "come", "comes", "took", "take",
        "takes", "belongs", "belong", "held", "hold", "holds", "run", "runs", "ran", "drew", "left", "live", "lives", "living", "called", "named", "shown",
        "got", "had", "start", "started", "starts", "end", "ended", "ends", "used", "uses", "show",
    ];
    VERBS.contains(&word)
}

/// Expansion of an abbreviation that stands in names of columns and tables.
pub(crate) fn expand(word: &str) -> Option<&'static str> {
    Some(match word {
        "num" | "nbr" | "nr" => "number",
        "no" => "number",
        "desc" | "descr" => "description",
        "dob" => "birth date",
        "amt" => "amount",
        "qty" => "quantity",
        "avg" => "average",
        "max" => "maximum",
        "min" => "minimum",
        "lat" => "latitude",
        "long" | "lng" | "lon" => "longitude",
        "tel" => "phone",
        "pct" => "percent",
        "dept" | "dep" => "department",
        "emp" => "employee",
        "mgr" => "manager",
        "yr" => "year",
        "hrs" => "hours",
        "sal" => "salary",
        "addr" => "address",
        "cust" => "customer",
        "stu" => "student",
        "fac" => "faculty",
        "prof" => "professor",
        "inst" => "institution",
        "crs" => "course",
        "fname" => "first name",
        "lname" => "last name",
        "minit" => "middle initial",
        "src" | "source" => "source",
        "dst" | "dest" => "destination",
        "acc" | "acct" => "account",
        "prod" => "product",
        "cat" => "category",
        "org" => "organization",
        "loc" => "location",
        "temp" => "temperature",
        "tot" => "total",
        "pop" => "population",
        "pos" => "position",
        "dob2" => "birth date",
        "bal" => "balance",
        "trans" => "transaction",
        "ref" => "reference",
        "usd" => "dollars",
        "lbs" => "weight",
        "mpg" => "mpg",
        "hp" => "horsepower",
        "vol" => "volume",
        "img" => "image",
        "pic" => "picture",
        "msg" => "message",
        "cnt" => "count",
        "info" => "information",
        "grp" => "group",
        "lang" => "language",
        "enr" => "enrollment",
        "apt" => "apartment",
        "bldg" => "building",
        "std" => "standard",
        _ => return None,
    })
}
