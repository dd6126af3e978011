//! What a user notices of dates, numbers and papers that are written otherwise.

use super::*;
use proptest::prelude::*;

fn names(ways: &[Way]) -> Vec<&str> {
    ways.iter().map(|way| way.name.as_str()).collect()
}

const FIFTH: [&str; 6] = [
    "5-1-2023",
    "2023-01-05",
    "20230105",
    "5 januari 2023",
    "5 januari 23",
    "5-1-23",
];
/// What a short year adds.
const EARLIER: [&str; 4] = ["5-1-1923", "1923-01-05", "19230105", "5 januari 1923"];

#[test]
fn a_date_is_written_in_many_ways() {
    for text in [
        "05-01-2023",
        "2023-01-05",
        "2023-1-5",
        "5/1/2023",
        "5.1.2023",
        "5-jan-2023",
        "2023-01-05T14:30:00Z",
        "2023-01-05t14:30",
        "20230105T143000",
    ] {
        assert_eq!(names(&of_word(text)), FIFTH, "{text}");
    }
    assert_eq!(names(&of_word("20230105"))[..6], FIFTH);
    assert_eq!(names(&of_word("20230105"))[6..], ["20 230 105"; 2]);
    assert_eq!(names(&of_word("5-1-2023"))[0], "05-01-2023");
    assert_eq!(names(&of_word("12-11-2023"))[0], "12/11/2023");
    let ways = of_word("5-1-2023");
    assert_eq!(
        ways[0].steps,
        [vec!["05", "5"], vec!["01", "1"], vec!["2023"]]
    );
    assert!(
        ["5", "05", "05t00", "05t14", "05t24"]
            .iter()
            .all(|day| ways[1].steps[2].iter().any(|way| way == day))
    );
    assert_eq!(
        ways[3].steps,
        [vec!["05", "5"], vec!["januari", "jan"], vec!["2023"]]
    );
    let short = [
        "5-1-23", "05-01-23", "5-01-23", "05-1-23", "5/1/23", "5.1.23", "05.01.23",
    ];
    assert!(
        short
            .iter()
            .all(|short| ways[5].steps[0].iter().any(|way| way == short))
    );
    for other in [
        "30-2-2023",
        "5-13-2023",
        "1.2.3",
        "2023/4567",
        "a-b-2023",
        "--",
        "5-1-02023",
        "5-1-2023T14:30",
        "2023-01-05Tegen",
        "20231305T14",
        "23-13-05",
    ] {
        assert_eq!(of_word(other), [], "{other}");
    }
}

#[test]
fn a_short_year_is_of_this_century_or_the_last() {
    let both: Vec<&str> = FIFTH.into_iter().chain(EARLIER).collect();
    for text in ["05-01-23", "5/1/23", "5.01.23", "5-jan-23"] {
        assert_eq!(names(&of_word(text)), both, "{text}");
    }
    assert_eq!(names(&of_word("5-1-23"))[5], "05-01-23");
    assert_eq!(names(&of_word("5-1-1823")).len(), 4);
    assert_eq!(names(&of_word("5-1-1923"))[4..], ["5 januari 23", "5-1-23"]);
    // 1900 had no 29 February.
    assert_eq!(names(&of_word("29-02-00")).len(), 6);
    let found = of_words(&["op", "5", "Jan.", "'23"]);
    assert_eq!((found[0].0.clone(), names(&found[0].1)), (1..4, both));
    assert_eq!(of_words(&["5", "1", "23"]), []);
}

#[test]
fn a_date_in_words_is_also_one_in_figures() {
    let found = of_words(&["besluit", "5", "Januari", "2023"]);
    let [(range, ways)] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((range.clone(), names(ways)), (1..4, FIFTH.to_vec()));
    assert_eq!(of_words(&["5", "jan.", "2023"]).len(), 1);
    assert_eq!(of_words(&["januari", "5", "2023"]), []);
    assert_eq!(of_words(&["31", "februari", "2023"]), []);
}

#[test]
fn a_clock_behind_a_date_is_not_looked_for() {
    let ranges = |words: &[&str]| -> Vec<(usize, usize)> {
        let found = of_words(words).into_iter();
        found.map(|(range, _)| (range.start, range.end)).collect()
    };
    assert_eq!(ranges(&["2023-01-05", "14:30"]), [(0, 2)]);
    assert_eq!(
        ranges(&["op", "5", "jan", "23", "9:05:00Z"]),
        [(1, 4), (1, 5)]
    );
    for other in [
        ["2023-01-05", "14.30"],
        ["besluit", "14:30"],
        ["5-1-2023", "x:30"],
        ["5-1-2023", "14:"],
    ] {
        assert!(ranges(&other).is_empty(), "{other:?}");
    }
}

#[test]
fn a_number_is_written_with_and_without_separators() {
    let groups = |text: &str| of_word(text).first().map(|way| way.name.clone());
    assert_eq!(groups("1250000").as_deref(), Some("1 250 000"));
    assert_eq!(groups("32802").as_deref(), Some("32 802"));
    assert_eq!(groups("1250").as_deref(), Some("1 250"));
    for other in [
        "250",
        "0012345",
        "1.25",
        "12.5000",
        "250,00",
        "1250,",
        "1,250,000",
    ] {
        assert_eq!(groups(other), None, "{other}");
    }
    for amount in ["1.250", "1250,50", "1.250,50"] {
        assert_eq!(
            names(&of_word(amount)),
            ["1 250", "1 250", "1250"],
            "{amount}"
        );
    }
    let ways = of_word("1250");
    assert_eq!(
        (&ways[0].steps, &ways[0].except),
        (
            &vec![vec!["1".to_owned()], vec!["250".to_owned()]],
            &vec!["\u{3}getal".to_owned()]
        )
    );
    assert_eq!(
        (&ways[1].steps[0], ways[1].except.len()),
        (&vec!["\u{1}1250".to_owned()], 0)
    );
    let found = of_words(&["bedrag", "1", "250", "000", "euro"]);
    let [(range, ways)] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((range.clone(), names(ways)), (1..4, vec!["1250000"]));
    assert_eq!(ways[0].steps, [["1250000", "\u{1}1250000"]]);
    let found = of_words(&["1", "250,50", "000"]);
    assert_eq!(
        (found[0].0.clone(), names(&found[0].1)),
        (0..2, vec!["1250", "1 250", "1 250"])
    );
    assert_eq!(of_words(&["2", "25", "000"]).len(), 1);
    assert_eq!(of_words(&["2", "25"]), []);
}

#[test]
fn a_paper_of_parliament_is_found_as_parliament_writes_it() {
    let all = ["32802-73", "32 802-73", "32 802, nr. 73", "32802, nr. 73"];
    assert_eq!(names(&of_word("32802-73")), all[1..]);
    assert_eq!(of_word("2021-0000123456"), []);
    for words in [
        &["32802", "nr", "73"][..],
        &["32", "802", "Nr.", "73"],
        &["32", "802-73"],
    ] {
        let found = of_words(words);
        let (range, ways) = found.last().unwrap();
        assert_eq!((range.clone(), names(ways)), (0..words.len(), all.to_vec()));
    }
    for other in [
        &["3280", "nr", "73"][..],
        &["32802", "73"],
        &["328", "02-73"],
        &["32802", "nr", "12345"],
    ] {
        assert_eq!(of_words(other), [], "{other:?}");
    }
}

proptest! {
    #[test]
    fn no_word_makes_it_fail(words in prop::collection::vec("[0-9é./:T-]{0,6}|mei|2023|nr|[0-9]{5,8}(T[0-9]{2})?", 0..6)) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for (range, ways) in of_words(&words) {
            prop_assert!(range.end <= words.len() && range.len() > 1 && !ways.is_empty());
        }
        for word in words {
            prop_assert!(of_word(word).iter().all(|way| way.steps.iter().all(|step| !step.is_empty())));
        }
    }
}
