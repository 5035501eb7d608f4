//! Units in the order of English.

use super::{
    endings::Case,
    units::{Kind, Unit},
    words::Class,
};

/// A noun with what stands before it, or a word that stands alone.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    text: String,
    case: Case,
    possessed: bool,
    role: Role,
    /// "ordered", "released": put behind the noun where a phrase belongs to it.
    participle: Option<String>,
    /// Asks: "which companies".
    asks: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A noun, a name, a number, a date.
    Thing,
    Verb,
    Comparative,
    Postposition,
    And,
    Comma,
    No,
    /// "how many", "what percentage of", with nothing behind it.
    Asking,
    Other,
}

/// One sentence in English words.
pub(super) fn arrange(units: Vec<Unit>) -> String {
    let mut pieces = pieces(&units);
    pieces = postpositions(pieces);
    pieces = participles(pieces);
    pieces = comparatives(pieces);
    pieces = having(pieces);
    pieces = possessors(pieces);
    pieces = asking(pieces);
    pieces = rearranged(pieces);
    let mut later = Vec::new();
    let mut words = Vec::new();
    for piece in &pieces {
        let text = spoken(piece);
        match text.as_str() {
            "instead" => later.push(text),
            _ => words.push(text),
        }
    }
    words.extend(later);
    words.join(" ").replace(" ,", ",").replace("the the ", "the ")
}

fn loose(text: &str, role: Role) -> Piece {
    Piece { text: text.to_owned(), case: Case::None, possessed: false, role, participle: None, asks: false }
}

/// Words before a noun join it.
fn pieces(units: &[Unit]) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut before: Vec<Unit> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        let next = units.iter().skip(at + 1).find(|u| !u.is_word(Class::Silent));
        match unit.kind {
            Kind::Word(Class::Silent) => {}
            Kind::Word(Class::Participle) if next.is_some_and(|n| matches!(n.kind, Kind::Date | Kind::Number)) => {
                flush(&mut before, &mut found);
                found.push(loose(&unit.text, Role::Verb));
            }
            Kind::Word(Class::Adjective | Class::Participle | Class::Number) => before.push(unit.clone()),
            Kind::Word(Class::Noun) | Kind::Name if unit.case == Case::Adjective && qualifies(units, at) => {
                before.push(unit.clone());
            }
            Kind::Word(Class::Question) => {
                flush(&mut before, &mut found);
                let joins = ["how many", "which"].contains(&unit.text.as_str())
                    && next.is_some_and(|n| !matches!(n.kind, Kind::Date | Kind::Comma));
                if joins {
                    before.push(unit.clone());
                } else {
                    let alone = next.is_none_or(|n| n.kind == Kind::Comma);
                    let text = match unit.text.as_str() {
                        "how much" if alone => "how many",
                        "how much" => "what is the",
                        text => text,
                    };
                    found.push(loose(text, Role::Asking));
                }
            }
            // "the highest, the lowest and the average salary"
            Kind::Comma if !before.is_empty() && qualifies(units, at) => before.push(unit.clone()),
            Kind::Word(Class::Other)
                if matches!(unit.text.as_str(), "and" | "or") && !before.is_empty() && qualifies(units, at) =>
            {
                before.push(unit.clone());
            }
            Kind::Number if next.is_some_and(counts) && unit.case == Case::None => before.push(unit.clone()),
            Kind::Word(Class::Noun | Class::Measure) | Kind::Name | Kind::Number | Kind::Date => {
                found.push(thing(&mut before, unit));
            }
            Kind::Word(Class::Month) => found.push(thing(&mut before, unit)),
            Kind::Word(class) => {
                flush(&mut before, &mut found);
                let role = match class {
                    Class::Verb => Role::Verb,
                    Class::Comparative => Role::Comparative,
                    Class::Postposition => Role::Postposition,
                    Class::Question => Role::Asking,
                    _ if unit.text == "and" || unit.text == "or" => Role::And,
                    _ if unit.text == "no" => Role::No,
                    _ => Role::Other,
                };
                found.push(loose(&unit.text, role));
            }
            Kind::Comma => {
                flush(&mut before, &mut found);
                found.push(loose(",", Role::Comma));
            }
        }
    }
    flush(&mut before, &mut found);
    found
}

/// Whether what stands at `at` belongs to a noun further on: only qualifying words stand between.
fn qualifies(units: &[Unit], at: usize) -> bool {
    for unit in units.iter().skip(at + 1) {
        match unit.kind {
            Kind::Word(Class::Silent | Class::Adjective | Class::Participle) | Kind::Comma => {}
            Kind::Word(Class::Noun) | Kind::Name if unit.case == Case::Adjective => {}
            Kind::Word(Class::Other) if matches!(unit.text.as_str(), "and" | "or") => {}
            Kind::Word(Class::Noun | Class::Measure) => return true,
            _ => return false,
        }
    }
    false
}

/// Whether a number before it counts it.
fn counts(next: &Unit) -> bool {
    matches!(next.kind, Kind::Word(Class::Noun | Class::Measure | Class::Adjective | Class::Participle | Class::Number))
}

fn flush(before: &mut Vec<Unit>, found: &mut Vec<Piece>) {
    for unit in before.drain(..) {
        let asks = unit.is_word(Class::Question);
        let role = if asks { Role::Asking } else { Role::Other };
        found.push(Piece { case: unit.case, ..loose(&unit.text, role) });
    }
}

fn thing(before: &mut Vec<Unit>, head: &Unit) -> Piece {
    let (mut words, mut origins, mut participle, mut asks) = (Vec::new(), Vec::new(), None, false);
    let mut left = Vec::new();
    for unit in before.drain(..) {
        match unit.kind {
            // What stands before a quality belongs to the noun behind it.
            Kind::Word(Class::Participle | Class::Question) if head.case == Case::Having => left.push(unit),
            Kind::Word(Class::Participle) => participle = Some(unit.text),
            Kind::Word(Class::Question) => {
                asks = true;
                words.insert(0, unit.text);
            }
            Kind::Word(Class::Noun) if unit.text.starts_with(char::is_uppercase) => origins.push(unit.text),
            Kind::Word(Class::Other) | Kind::Comma if !origins.is_empty() => {}
            // "all orders", but "total revenue".
            _ if unit.text == "total" && head.is_word(Class::Noun) => words.push("all".to_owned()),
            _ => words.push(unit.text),
        }
    }
    *before = left;
    // "With their capacity"; elsewhere English leaves it out.
    let bare = head.text.strip_prefix("their ").filter(|_| head.case != Case::With);
    words.push(bare.unwrap_or(&head.text).to_owned());
    // "the three largest", "the most orders"
    let extreme = |w: &String| w.ends_with("est") || w.starts_with("most ") || w == "most" || w == "best";
    if !asks && words.iter().rev().skip(1).any(extreme) {
        words.insert(0, "the".to_owned());
    }
    if !origins.is_empty() {
        words.push(format!("from {}", origins.join(" or ")));
    }
    Piece { text: words.join(" "), case: head.case, possessed: head.possessed, role: Role::Thing, participle, asks }
}

/// "300 felett" → "above 300"; "A és B között" → "between A and B".
fn postpositions(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    // A question word that got before a number asks for the next thing.
    let mut pending: Option<String> = None;
    for mut piece in pieces {
        if piece.role != Role::Postposition {
            if piece.role == Role::Thing
                && piece.case != Case::Having
                && let Some(word) = pending.take()
            {
                piece.text = format!("{word} {}", piece.text);
                piece.asks = true;
            }
            found.push(piece);
            continue;
        }
        let from = match piece.text.as_str() {
            "between" if found.len() >= 3 => found.len() - 3,
            _ => found.len().saturating_sub(1),
        };
        let mut own = Vec::new();
        for mut part in found.drain(from..) {
            if part.asks
                && let Some((word, rest)) =
                    ["which", "how many"].iter().find_map(|w| Some((*w, part.text.strip_prefix(w)?)))
            {
                pending = Some(word.to_owned());
                part.text = rest.trim().to_owned();
            }
            own.push(with_participle(&part));
        }
        let text = format!("{} {}", piece.text, own.join(" "));
        found.push(loose(text.trim(), Role::Other));
    }
    found
}

/// "Magyarországon született színészek" → "actors born in Hungary".
fn participles(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    for mut piece in pieces {
        if let Some(participle) = piece.participle.take() {
            let mut own = Vec::new();
            while let Some(last) = found.last() {
                let oblique = last.role == Role::Thing && !matches!(last.case, Case::None | Case::Of | Case::Per)
                    || last.role == Role::Other
                        && ["by ", "before ", "after ", "between ", "since "].iter().any(|p| last.text.starts_with(p));
                match found.pop_if(|_| oblique) {
                    Some(last) => own.insert(0, spoken(&last)),
                    None => break,
                }
            }
            piece.text = if own.is_empty() && participle != "on hold" && !participle.is_empty() {
                format!("{participle} {}", piece.text)
            } else {
                format!("{} {participle} {}", piece.text, own.join(" "))
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            };
        }
        found.push(piece);
    }
    found
}

fn with_participle(piece: &Piece) -> String {
    match &piece.participle {
        Some(participle) => format!("{participle} {}", piece.text),
        None => piece.text.clone(),
    }
}

/// "50 000-nél nagyobb" and "nagyobb 50 000-nél" → "more than 50000".
fn comparatives(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut pieces = pieces.into_iter().peekable();
    let than = |piece: &Piece| match piece.text.as_str() {
        "average" => "the average".to_owned(),
        text => text.to_owned(),
    };
    while let Some(piece) = pieces.next() {
        if piece.role != Role::Comparative {
            found.push(piece);
            continue;
        }
        let other = match found.pop_if(|p| p.case == Case::At) {
            Some(before) => Some(than(&before)),
            None => pieces
                .next_if(|p| {
                    p.case == Case::At || p.role == Role::Thing && p.text.starts_with(|c: char| c.is_ascii_digit())
                })
                .map(|p| than(&p)),
        };
        found.push(match other {
            Some(other) => loose(&format!("{} {other}", piece.text), Role::Other),
            // "more visitors … than": what it is compared with stands further on.
            None => loose(piece.text.trim_end_matches(" than"), Role::Other),
        });
    }
    found
}

/// "nagyobb mennyiségű rendelések" → "orders with quantity more than 90"; "legjobb értékelésű" → "by rating, the top".
fn having(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        if piece.case != Case::Having {
            found.push(piece);
            continue;
        }
        let names = ["rated", "title", "name"].contains(&piece.text.as_str());
        let bound = found.pop_if(|p| {
            p.role == Role::Other && p.text.contains(|c: char| c.is_ascii_digit())
                || names && p.role == Role::Thing && !p.asks
        });
        let bound = bound.map(|b| b.text).unwrap_or_default();
        let Some(mut head) = pieces.next_if(|n| n.role == Role::Thing) else {
            // "a film R besorolású"
            found.push(loose(&format!("{} {bound}", piece.text), Role::Other));
            continue;
        };
        head.text = match (piece.text.as_str(), bound.as_str()) {
            ("rated", grade) => format!("{} rated {grade}", head.text),
            ("title" | "name", called) => format!("{} {called}", head.text),
            (what, "") => match what.trim_start_matches("the ").split_once("best ") {
                Some((number, by)) if !number.is_empty() => format!("top {number}{} by {by}", head.text),
                Some((_, by)) => format!("{} with highest {by}", head.text),
                None => format!("{} with {what}", head.text),
            },
            (what @ "people", bound) => format!("{} with {bound} {what}", head.text),
            (what, bound) => format!("{} with {what} {bound}", head.text),
        };
        found.push(head);
    }
    found
}

/// "a termékek neve és ára" → "name and price of products"; of what is asked about, "which locations have capacity".
fn possessors(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut pieces = pieces.into_iter().peekable();
    while let Some(mut piece) = pieces.next() {
        let owner = |p: &Piece| {
            p.role == Role::Thing && matches!(p.case, Case::None | Case::Of)
                || p.role == Role::Other && p.text.starts_with("of ")
        };
        if piece.role == Role::Thing && piece.possessed && found.last().is_some_and(owner) && !piece.asks {
            // What else the same possessor has.
            while pieces.peek().is_some_and(|p| p.role == Role::And) {
                let and = pieces.next();
                match pieces.next_if(|p| p.role == Role::Thing && p.possessed) {
                    Some(more) => {
                        piece.text = format!("{} and {}", piece.text, more.text);
                        piece.case = more.case;
                    }
                    None => {
                        let mut joined = join_owner(&mut found, piece);
                        joined.possessed = false;
                        found.push(joined);
                        found.extend(and);
                        piece = loose("", Role::Other);
                        break;
                    }
                }
            }
            if !piece.text.is_empty() {
                let joined = join_owner(&mut found, piece);
                found.push(joined);
            }
            continue;
        }
        found.push(piece);
    }
    found
}

fn join_owner(found: &mut Vec<Piece>, piece: Piece) -> Piece {
    let Some(owner) = found.pop() else { return piece };
    let ratio = piece.text == "ratio" && found.last().is_some_and(|p| p.role == Role::And);
    let other = if ratio { found.pop().and_then(|_| found.pop()) } else { None };
    let (text, asks) = if let Some(first) = other {
        (format!("ratio of {} to {}", first.text, owner.text), first.asks)
    } else if piece.text == "to close" {
        (format!("to close {}", owner.text), false)
    } else if piece.text == "total" {
        (format!("total {}", with_participle(&owner)), false)
    } else if owner.asks && !owner.text.starts_with("how many of") {
        (format!("{} have {}", owner.text, piece.text), true)
    } else if piece.text == "number" {
        (format!("number of {}", owner.text), owner.asks)
    } else {
        (format!("{} of {}", piece.text, owner.text), owner.asks)
    };
    Piece { text, asks, possessed: owner.possessed, case: piece.case, role: Role::Thing, participle: None }
}

/// What is asked comes first, and what has or is something gets the verb that Hungarian leaves out.
fn asking(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut behind: Option<Piece> = None;
    for (at, mut piece) in pieces.iter().cloned().enumerate() {
        let next = pieces.get(at + 1);
        match piece.role {
            // "orders what percentage of" → "what percentage of orders are".
            Role::Asking if piece.text.ends_with(" of") => {
                if let Some(last) = found.pop_if(|p| p.role == Role::Thing) {
                    piece.text = format!("{} {} are", piece.text, last.text);
                }
            }
            // "of those how many" → "how many of those".
            Role::Asking => {
                if let Some(of) = found.pop_if(|p| p.text.starts_with("of ")) {
                    piece.text = format!("{} {}", piece.text, of.text);
                }
            }
            Role::Thing if piece.asks => {
                if let Some(of) = found.pop_if(|p| p.text.starts_with("of ")) {
                    piece.text = format!("{} {}", piece.text, of.text);
                }
                if piece.case == Case::In
                    && let Some((who, place)) = piece.text.clone().split_once(" have ")
                {
                    behind = Some(loose(&format!("in their {place}"), Role::Other));
                    piece.text = format!("{who} have");
                } else {
                    piece.text.push_str(linking_verb(&piece, next));
                }
                piece.case = Case::None;
            }
            Role::Thing => {
                if let Some(place) = behind.take() {
                    found.push(piece);
                    piece = place;
                }
            }
            _ => {}
        }
        found.push(piece);
    }
    found.extend(behind);
    found
}

/// The verb between what is asked about and what is said of it.
fn linking_verb(piece: &Piece, next: Option<&Piece>) -> &'static str {
    let Some(next) = next else { return "" };
    let has = matches!(piece.case, Case::Of | Case::To | Case::In | Case::On);
    let extreme = next.text.ends_with("est") || next.text.starts_with("most ");
    match next.role {
        _ if piece.text.contains(" have ") => "",
        Role::No => " have",
        Role::Other if matches!(next.text.as_str(), "not" | "never") => " have",
        Role::Thing | Role::Other if has => " had",
        Role::Thing if piece.text.starts_with("which") && matches!(next.case, Case::None | Case::Adjective) => " are",
        Role::Other if extreme && piece.text.starts_with("which") => " are the",
        _ => "",
    }
}

/// Words that Hungarian puts elsewhere: "not … never" is one "never", "in Hungary not" is "not in Hungary", what is to be
/// shown stands behind "show", what there is none of stands behind "no".
fn rearranged(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if let Some(never) = pieces.iter().position(|p| p.text == "never")
        && let Some(not) = pieces.iter().position(|p| p.text == "not")
    {
        let piece = pieces.remove(never);
        if let Some(place) = pieces.get_mut(if not > never { not - 1 } else { not }) {
            *place = piece;
        }
    }
    // Nobody in particular did not do it: "were not shown", "have never been ordered".
    let undone = |p: &Piece| ["shown", "ordered"].contains(&p.text.as_str());
    if let Some(at) = pieces.iter().position(|p| matches!(p.text.as_str(), "not" | "never"))
        && pieces.get(at + 1).is_some_and(undone)
    {
        let never = pieces.get(at).is_some_and(|p| p.text == "never");
        if never && let Some(verb) = pieces.get_mut(at + 1) {
            verb.text.insert_str(0, "been ");
        } else if let Some(who) = at.checked_sub(1).and_then(|who| pieces.get_mut(who))
            && let Some(bare) = who.text.strip_suffix(" have")
        {
            who.text = format!("{bare} were");
        }
    }
    let last = pieces.len().saturating_sub(1);
    let ends_with = |pieces: &[Piece], text: &str| pieces.last().is_some_and(|p| p.text == text) && pieces.len() > 1;
    if ends_with(&pieces, "not") {
        pieces.swap(last, last - 1);
    }
    if ends_with(&pieces, "show")
        && let Some(show) = pieces.pop()
    {
        pieces.insert(0, show);
    }
    for at in 0..pieces.len() {
        let plain = |p: usize| pieces.get(p).is_some_and(|p| p.role == Role::Thing && p.case == Case::None);
        let oblique = |p: usize| pieces.get(p).is_some_and(|p| p.role == Role::Thing && p.case != Case::None);
        let none = pieces.get(at).is_some_and(|p| p.role == Role::No) && oblique(at + 1) && plain(at + 2);
        let per = pieces.get(at).is_some_and(|p| p.case == Case::Per) && plain(at + 1);
        if none {
            pieces.swap(at + 1, at + 2);
        } else if per {
            pieces.swap(at, at + 1);
        }
    }
    let comes = pieces.iter().any(|p| p.text == "come");
    let goes = pieces.iter().any(|p| p.case == Case::To);
    let only = pieces.first().is_some_and(|p| p.text == "only");
    for piece in &mut pieces {
        let each = piece.text.starts_with("each ") && piece.role == Role::Thing;
        match piece.case {
            Case::From if each && comes => {}
            Case::None | Case::From | Case::In | Case::On if each && !piece.text.contains(" of ") => {
                piece.text = format!("for {}", piece.text);
                piece.case = Case::None;
            }
            // "Novaro 5-ből": of it, unless something goes from here to there.
            Case::From if !goes && !comes => {
                piece.text = format!("of {}", piece.text);
                piece.case = Case::None;
            }
            Case::To if only => piece.case = Case::For,
            _ => {}
        }
    }
    pieces
}

/// The piece with the preposition that its case stands for.
fn spoken(piece: &Piece) -> String {
    let number = piece.text.starts_with(|c: char| c.is_ascii_digit());
    let word = match piece.case {
        Case::In => "in ",
        Case::From => "from ",
        Case::To if number => "for ",
        Case::To => "to ",
        Case::On => "on ",
        Case::With if piece.text.starts_with("their ") => "with ",
        Case::With => "with the ",
        Case::Per => "per ",
        Case::At => "than ",
        Case::For => "for ",
        Case::Adjective if number && piece.text.len() == 4 || piece.text.starts_with(char::is_uppercase) => "from ",
        Case::None | Case::Of | Case::Having | Case::Adjective => "",
    };
    let country = piece.case == Case::On && piece.text.starts_with(char::is_uppercase);
    if country { format!("in {}", piece.text) } else { format!("{word}{}", piece.text) }
}
