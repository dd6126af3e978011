//! Dates, numbers and papers of parliament: each way to write one finds all the others, and nothing else.

use super::{ask, document, paths, put, reader, writer};
use zv_shared::index::{EmbeddedReader, Sort, Write as _};
use zv_shared::plan::{NoWords, Widening, expand};
use zv_shared::{highlight, query};

/// The texts in which something is written, each a document of its own with a word around it.
fn index(state: &std::path::Path, texts: &[&str]) -> EmbeddedReader {
    let writer = writer(state);
    for (number, text) in texts.iter().enumerate() {
        let document = document(&format!("{number:02}.txt"), "Stuk", None);
        put(&writer, document, &format!("voor {text} achter"));
    }
    writer.commit("alles").expect("commit");
    drop(writer);
    reader(state)
}

/// The texts that `question` finds.
fn found<'t>(reader: &EmbeddedReader, texts: &[&'t str], question: &str) -> Vec<&'t str> {
    let paths = paths(reader, &ask(question), Sort::Pad);
    let numbers = paths.iter().map(|path| {
        let digits: String = path.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<usize>().expect("a number")
    });
    numbers.map(|number| texts[number]).collect()
}

/// Each of `same` as a question finds all of them and none of `others`.
fn all_find_each_other(same: &[&str], others: &[&str]) {
    let state = tempfile::tempdir().expect("folder");
    let texts = [same, others].concat();
    let reader = index(state.path(), &texts);
    for question in same {
        assert_eq!(found(&reader, &texts, question), same, "{question}");
    }
}

#[test]
fn a_date_is_found_however_it_is_written() {
    all_find_each_other(
        &[
            "20230105",
            "05-01-23",
            "5-1-23",
            "5/1/23",
            "5 jan 23",
            "5 Jan. '23",
            "5 januari 2023",
            "5-jan-2023",
            "05-01-2023",
            "5.1.2023",
            "2023-01-05",
            "2023-01-05T14:30:00Z",
            "2023-01-05 14:30",
            "2023-01-05T14:30+01:00",
        ],
        &[
            "5-1-24",
            "2023-05-01",
            "05-01-2022",
            "23-1-5",
            "20230501",
            "2023-01-06T05:01",
            "5 januari",
        ],
    );
}

#[test]
fn a_short_year_is_of_this_century_or_the_last() {
    let state = tempfile::tempdir().expect("folder");
    let texts = [
        "5-1-1823",
        "5 januari 1923",
        "5-1-2023",
        "5-1-23",
        "20230105",
        "5-1-2123",
    ];
    let reader = index(state.path(), &texts);
    for (question, expected) in [
        ("05-01-23", &texts[1..5]),
        ("5 jan 23", &texts[1..5]),
        ("5-1-1923", &[texts[1], texts[3]][..]),
        ("5-1-2023", &texts[2..5]),
        ("5-1-1823", &texts[..1]),
        ("5-1-2123", &texts[5..]),
    ] {
        assert_eq!(found(&reader, &texts, question), expected, "{question}");
    }
}

#[test]
fn a_number_is_found_with_and_without_separators_and_not_within_a_longer_one() {
    all_find_each_other(
        &[
            "1250",
            "1 250",
            "1\u{a0}250",
            "1\u{202f}250",
            "1.250",
            "1.250,00",
            "1250,00",
            "1 250,00",
        ],
        &["1.2.50", "12.501", "125", "250", "1 2.500"],
    );
    let state = tempfile::tempdir().expect("folder");
    let texts = [
        "1.250.000",
        "1.250.000,00",
        "250.000.000",
        "250 000",
        "250.000",
        "250000",
        "€ 250.000,00",
    ];
    let reader = index(state.path(), &texts);
    assert_eq!(found(&reader, &texts, "250000"), texts[3..]);
    assert_eq!(found(&reader, &texts, "1250000"), texts[..2]);
    assert_eq!(found(&reader, &texts, "1250"), texts[..0]);
    assert_eq!(found(&reader, &texts, "1250000{-vorm}"), texts[..2]);
    assert_eq!(found(&reader, &texts, "250000{-vorm}"), texts[3..]);
    let as_one = found(&reader, &texts, "250000{-vorm -schrijfwijze}");
    assert_eq!(as_one, ["250000"]);
    // All its groups count for what stands beside it.
    for text in ["1250000 P/1 achter", "voor P/1 1250000"] {
        assert_eq!(
            found(&reader, &texts, text).first(),
            Some(&texts[0]),
            "{text}"
        );
    }
    let plan = expand(
        &query::parse("250000").expect("a question"),
        &Widening::default(),
        &NoWords,
    );
    let marked = highlight::matches("1.250.000 en 250 000 of 250.000", &plan.expect("a plan"));
    assert_eq!(marked, [13..20, 24..31]);
}

#[test]
fn a_paper_of_parliament_is_found_however_it_is_written() {
    let papers = [
        "32802-73",
        "32 802-73",
        "32802, nr. 73",
        "32 802, nr. 73",
        "32 802 nr. 73",
        "32802 nr 73",
    ];
    let others = ["32802-74", "32 803, nr. 73", "32802 en nr. 12 en 73"];
    let state = tempfile::tempdir().expect("folder");
    let texts = [&papers[..], &others[..]].concat();
    let reader = index(state.path(), &texts);
    for question in papers {
        let found = found(&reader, &texts, question);
        assert_eq!(found[..6], papers, "{question}");
    }
    assert_eq!(found(&reader, &texts, "32802-73"), papers);
    // Between quotes it is as written: only the signs make no difference.
    assert_eq!(found(&reader, &texts, "\"32 802 nr 73\""), papers[3..5]);
    assert_eq!(
        found(&reader, &texts, "\"32802, nr. 73\""),
        [papers[2], papers[5]]
    );
}
