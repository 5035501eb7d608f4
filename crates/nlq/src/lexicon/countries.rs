//! Countries as people and table names write them.

/// Names and codes of one country, folded. The first is the usual code.
const COUNTRIES: &[&[&str]] = &[
    &["us", "usa", "united states", "america", "american", "united states of america", "states"],
    &["uk", "gb", "gbr", "united kingdom", "britain", "great britain", "british", "england"],
    &["hu", "hun", "hungary", "hungarian"],
    &["aus", "au", "australia", "australian"],
    &["chi", "cn", "chn", "china", "chinese"],
    &["de", "ger", "deu", "germany", "german"],
    &["fr", "fra", "france", "french"],
    &["it", "ita", "italy", "italian"],
    &["es", "esp", "spain", "spanish"],
    &["pl", "pol", "poland", "polish"],
    &["at", "aut", "austria", "austrian"],
    &["ch", "che", "switzerland", "swiss"],
    &["nl", "nld", "netherlands", "dutch", "holland"],
    &["be", "bel", "belgium", "belgian"],
    &["se", "swe", "sweden", "swedish"],
    &["no", "nor", "norway", "norwegian"],
    &["dk", "dnk", "denmark", "danish"],
    &["fi", "fin", "finland", "finnish"],
    &["pt", "prt", "portugal", "portuguese"],
    &["gr", "grc", "greece", "greek"],
    &["ie", "irl", "ireland", "irish"],
    &["cz", "cze", "czechia", "czech republic", "czech"],
    &["sk", "svk", "slovakia", "slovak"],
    &["ro", "rou", "romania", "romanian"],
    &["ru", "rus", "russia", "russian"],
    &["ua", "ukr", "ukraine", "ukrainian"],
    &["tr", "tur", "turkey", "turkish"],
    &["jp", "jpn", "japan", "japanese"],
    &["kr", "kor", "korea", "south korea", "korean"],
    &["in", "ind", "india", "indian"],
    &["br", "bra", "brazil", "brazilian"],
    &["mx", "mex", "mexico", "mexican"],
    &["ar", "arg", "argentina", "argentinian"],
    &["ca", "can", "canada", "canadian"],
    &["za", "zaf", "south africa", "south african"],
    &["nz", "nzl", "new zealand"],
    &["eg", "egy", "egypt", "egyptian"],
    &["il", "isr", "israel", "israeli"],
];

/// All ways to write the country that `phrase` names; empty where it names none.
pub(crate) fn country_codes(phrase: &str) -> &'static [&'static str] {
    COUNTRIES.iter().find(|names| names.contains(&phrase)).copied().unwrap_or(&[])
}
