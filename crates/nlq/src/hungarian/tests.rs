use super::to_english;

fn known(word: &str) -> bool {
    ["novaro", "5", "pro", "calder", "bay", "ostvik", "pg-13", "r"].contains(&word)
}

fn english(text: &str) -> String {
    to_english(text, &known).unwrap_or_default()
}

#[test]
fn endings_become_prepositions_and_possessors_go_behind() {
    let cases = [
        ("Mennyi a termékeink átlagos ára?", "what is the average price of products"),
        ("Mutasd az összes termék nevét és árát.", "show name and price of all products"),
        ("Hány szállítás ment Calder Bayből Ostvikba?", "how many transfers went from Calder Bay to Ostvik"),
        ("A Magyarországon született színészek neve", "name of actors born in Hungary"),
        ("Melyik cégeknek nincs kapcsolattartói e-mail címe?", "which companies have no contact email"),
        ("Hány rendelés van státuszonként?", "how many orders per status"),
        (
            "Mennyi az egyes cégek által rendelt összes mennyiség?",
            "what is the total quantity ordered by each companies",
        ),
        ("A rendelések hány százaléka van felfüggesztve?", "what percentage of orders are on hold"),
        ("Mennyi a PG-13-as filmek átlagos játékideje?", "what is the average running time of PG-13 movies"),
    ];
    for (hungarian, expected) in cases {
        assert_eq!(english(hungarian), expected, "{hungarian}");
    }
}

#[test]
fn numbers_and_dates_are_read() {
    let cases = [
        ("Melyik telephelyek kapacitása nagyobb 50 000-nél?", "which locations have capacity more than 50000"),
        ("Hány rendelést adtak le 2025 decemberében?", "how many orders placed in December 2025"),
        (
            "Hány rendelés érkezett naponta 2025. december 1. és 7. között?",
            "how many orders arrived per day between 1 December 2025 and 7 December 2025",
        ),
        ("Mennyi volt a teljes készlet 2025. június 30-án?", "what is the total stock on 30 June 2025"),
        ("Melyik cégek adtak le több mint 300 rendelést?", "which companies placed more than 300 orders"),
    ];
    for (hungarian, expected) in cases {
        assert_eq!(english(hungarian), expected, "{hungarian}");
    }
}

#[test]
fn short_changes_of_the_last_question_are_recognised() {
    for (hungarian, expected) in [
        ("És évente?", "and per year"),
        ("Csak 2024-re.", "only for 2024"),
        ("Termékenként?", "per products"),
        ("Inkább negyedévente.", "per quarter instead"),
        ("Közülük hány férfi?", "how many men of them"),
    ] {
        assert_eq!(english(hungarian), expected, "{hungarian}");
    }
}

#[test]
fn what_is_not_hungarian_stays_as_it_is() {
    for text in ["How many orders are there?", "orders by month", "tablets", "", "top 5 products", "売上", "only 2024"]
    {
        assert_eq!(to_english(text, &known), None, "{text}");
    }
}
