//! What a user notices of abbreviations and synonyms.

use super::*;
use std::fs;

fn built_in() -> Lists {
    Lists::built_in().unwrap()
}

fn synonyms(lists: &Lists, text: &str) -> Vec<String> {
    lists
        .synonyms(text)
        .into_iter()
        .map(|synonym| synonym.text)
        .collect()
}

fn has(text: &str, synonym: &str) -> bool {
    synonyms(&built_in(), text)
        .iter()
        .any(|found| found == synonym)
}

fn own(text: &str) -> Lists {
    let list = csv::parse("eigen.csv", Origin::Installatie, text.as_bytes()).expect(text);
    Lists::default().with(list)
}

#[test]
fn the_list_of_the_program_knows_the_government() {
    for (text, synonym) in [
        ("BZK", "Binnenlandse Zaken en Koninkrijksrelaties"),
        ("vws", "Volksgezondheid, Welzijn en Sport"),
        ("Woo", "Wet open overheid"),
        ("Wob", "Wet openbaarheid van bestuur"),
        ("V&W", "Verkeer en Waterstaat"),
        ("B&W", "college van burgemeester en wethouders"),
        ("'s-Gravenhage", "Den Haag"),
        ("den bosch", "'s-Hertogenbosch"),
        ("sofinummer", "burgerservicenummer"),
        ("BSN", "burgerservicenummer"),
        ("pgb's", "persoonsgebonden budget"),
        ("zzp'er", "zelfstandige zonder personeel"),
        ("zbos", "zelfstandig bestuursorgaan"),
    ] {
        assert!(
            has(text, synonym),
            "{text}: {:?}",
            synonyms(&built_in(), text)
        );
    }
    let abbreviations: HashSet<&str> = built_in_rows()
        .iter()
        .filter_map(|row| row.terms.first())
        .filter(|term| is_abbreviation(term))
        .map(String::as_str)
        .collect();
    assert!(abbreviations.len() >= 400, "{}", abbreviations.len());
}

fn built_in_rows() -> &'static [Row] {
    static LISTS: std::sync::LazyLock<Lists> = std::sync::LazyLock::new(built_in);
    LISTS.lists()[0].rows()
}

#[test]
fn an_abbreviation_with_two_meanings_gives_both_and_each_meaning_the_abbreviation() {
    let found = synonyms(&built_in(), "avg");
    for meaning in [
        "Algemene verordening gegevensbescherming",
        "arts voor verstandelijk gehandicapten",
    ] {
        assert!(found.iter().any(|text| text == meaning), "{found:?}");
        assert!(has(meaning, "AVG"), "{meaning}");
    }
    // The one meaning is no synonym of the other.
    assert!(!has(
        "Algemene verordening gegevensbescherming",
        "arts voor verstandelijk gehandicapten"
    ));
}

#[test]
fn an_abbreviation_that_is_a_word_counts_only_with_its_capitals() {
    assert!(has("OM", "Openbaar Ministerie"));
    assert!(has("OM's", "Openbaar Ministerie"));
    assert_eq!(synonyms(&built_in(), "om"), Vec::<String>::new());
    assert!(!has("Openbaar Ministerie", "OM"));
    // Nor does any list of the program find one of the words that nearly every text has.
    let common = [
        "om", "is", "er", "in", "of", "en", "de", "na", "af", "op", "me", "it", "at", "or", "nam",
        "zin", "big", "mw", "hr", "vb", "sla", "duo",
    ];
    for row in built_in_rows() {
        let found = if row.only_to.is_empty() {
            &row.terms
        } else {
            &row.only_to
        };
        for term in found {
            assert!(!common.contains(&term.to_lowercase().as_str()), "{row:?}");
        }
    }
}

#[test]
fn a_word_is_found_in_every_form_and_an_abbreviation_only_as_itself() {
    let lists = own("vergunning;ontheffing\nBOS;bestuurlijk overleg stikstof");
    assert_eq!(synonyms(&lists, "Vergunningen"), ["ontheffing"]);
    assert_eq!(synonyms(&lists, "bos"), ["bestuurlijk overleg stikstof"]);
    assert_eq!(synonyms(&lists, "bossen"), Vec::<String>::new());
}

#[test]
fn a_word_is_never_its_own_synonym_and_each_synonym_comes_once() {
    let lists = own("WOO;woo;Wet open overheid\nwoo;wet open overheid;openbaarheidswet")
        .with(csv::parse("zaak.csv", Origin::Zaak, b"woo;openbaarheidswet;dossier x").unwrap());
    let found = lists.synonyms("Woo");
    let shown: Vec<_> = found
        .iter()
        .map(|s| (s.text.as_str(), s.list.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("Wet open overheid", "eigen.csv"),
            ("openbaarheidswet", "eigen.csv"),
            ("dossier x", "zaak.csv")
        ]
    );
}

#[test]
fn words_that_follow_each_other_are_found_in_a_question() {
    let lists = built_in();
    let found = lists.sequences(&[
        "besluit",
        "Algemene",
        "verordening",
        "gegevensbescherming",
        "2018",
    ]);
    let [(range, synonyms)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(*range, 1..4);
    assert_eq!(synonyms[0].text, "AVG");
    assert_eq!(synonyms[0].list, BUILT_IN);

    let words = [
        "ministerie",
        "van",
        "binnenlandse",
        "zaken",
        "en",
        "koninkrijksrelaties",
    ];
    let ranges: Vec<_> = lists
        .sequences(&words)
        .into_iter()
        .map(|(range, _)| range)
        .collect();
    assert_eq!(ranges, [0..6, 0..4, 2..6, 2..4]);
    // Words with joiners are parts too; half a written word is not a term.
    assert_eq!(
        own("sociaal-economische raad;SER").sequences(&["sociaal", "economische", "raad"])[0].0,
        0..3
    );
    assert_eq!(
        own("economische raad;ER").sequences(&["sociaal-economische", "raad"]),
        []
    );
    assert_eq!(
        own("sociaal-economische raad;SER").sequences(&["sociaal-economische", "raad"])[0].0,
        0..2
    );
    assert_eq!(own("woo-verzoek;verzoek").sequences(&["woo-verzoek"]), []);
}

#[test]
fn an_installation_adds_its_own_lists() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert_eq!(Lists::load(&path("geen")).unwrap(), built_in());

    fs::write(path("b.csv"), "zaaknaam;dossier").unwrap();
    fs::write(
        path("A.TTL"),
        "<x> <http://www.w3.org/2004/02/skos/core#altLabel> \"a1\", \"b1\" .",
    )
    .unwrap();
    fs::write(path("leesmij.txt"), "Hier staan lijsten.").unwrap();
    let lists = Lists::load(folder.path()).unwrap();
    let versions = lists.versions();
    let names: Vec<&str> = versions.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, [BUILT_IN, "A.TTL", "b.csv"]);
    assert_eq!(versions[2].2, 2);
    assert_eq!(synonyms(&lists, "dossiers"), ["zaaknaam"]);

    fs::write(path("c.csv"), "a;b\nc").unwrap();
    let error = Lists::load(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("c.csv") && error.contains("Regel 2"),
        "{error}"
    );
    fs::remove_file(path("c.csv")).unwrap();
    fs::create_dir(path("d.csv")).unwrap();
    assert!(matches!(
        Lists::load(folder.path()),
        Err(ListsError::Unreadable { .. })
    ));
}

#[test]
fn a_large_list_is_read_and_asked_quickly() {
    let lines: String = (0..MAX_TERMS / 2)
        .map(|i| format!("gemeente dorp {i};D{i}\n"))
        .collect();
    let began = std::time::Instant::now();
    let lists = own(&lines);
    assert_eq!(synonyms(&lists, "D4999"), ["gemeente dorp 4999"]);
    assert_eq!(
        lists.sequences(&["de", "gemeente", "dorp", "77"])[0].1[0].text,
        "D77"
    );
    assert!(began.elapsed().as_secs() < 60);
}
