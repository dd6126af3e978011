//! What a user notices of the language: how questions are read, printed and refused. Never touches an engine.

use super::{MAX_DEPTH, Query, Term, TextField, parse, parse_plain};
use proptest::prelude::*;

fn canonical(text: &str) -> String {
    parse(text)
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
        .to_string()
}

#[test]
fn questions_read_as_their_canonical_form_says() {
    for (text, expected) in [
        ("", ""),
        (" \n\t ", ""),
        ("subsidie", "subsidie"),
        ("Subsidie woningbouw", "Subsidie EN woningbouw"),
        ("a EN b OF c NIET d", "(a EN b) OF (c EN NIET d)"),
        ("a AND b OR c AND NOT d", "(a EN b) OF (c EN NIET d)"),
        ("a of b", "a EN of EN b"),
        ("a (b OF c) d", "a EN (b OF c) EN d"),
        ("a (b (c d))", "a EN b EN c EN d"),
        ("a OF (b OF (c))", "a OF b OF c"),
        ("((a))", "a"),
        ("NIET a", "NIET a"),
        ("NIET a b", "NIET a EN b"),
        ("NIET (a b)", "NIET (a EN b)"),
        ("NIET NIET a", "NIET NIET a"),
        ("\"in  het\nkader\"", "\"in het kader\""),
        ("„hoge dijk” «x» “y“", "\"hoge dijk\" EN \"x\" EN \"y\""),
        ("a\"b\"(c)d", "a EN \"b\" EN c EN d"),
        ("\"EN\"", "\"EN\""),
        (
            "Titel:(a b) VAN:\"jan j\" aan:x pad:a/b",
            "titel:(a EN b) EN van:\"jan j\" EN aan:x EN pad:a/b",
        ),
        ("titel:(NIET a)", "titel:(NIET a)"),
        ("titel:((a))", "titel:a"),
        ("titel:10:30", "titel:10:30"),
        (
            "type:PDF type:(docx OF odt)",
            "type:pdf EN (type:docx OF type:odt)",
        ),
        ("type:(pdf)", "type:pdf"),
        (
            "datum:2019 datum:2019-06 datum:2021-06-30",
            "datum:2019 EN datum:2019-06 EN datum:2021-06-30",
        ),
        ("datum:[2019 TO 2021-06]", "datum:[2019 TO 2021-06]"),
        ("DATUM:[ 2019  tot * ]x", "datum:[2019 TO *] EN x"),
        ("datum:[* T/M 2019-02]", "datum:[* TO 2019-02]"),
        ("datum:[2019 TO 2019] a", "datum:2019 EN a"),
        (
            "woo-verzoek 2023/4567 art. 5.1, nota's; jan@min.nl!",
            "woo-verzoek EN 2023/4567 EN art EN 5.1 EN nota's EN jan@min.nl",
        ),
        ("10:30 zie: x", "10:30 EN zie EN x"),
        ("2 van de 3", "2 EN van EN de EN 3"),
        ("EN-norm EN ISO", "EN-norm EN ISO"),
    ] {
        assert_eq!(canonical(text), expected, "{text:?}");
        assert_eq!(canonical(expected), expected, "{text:?}");
    }
}

#[test]
fn what_cannot_be_understood_is_refused_at_its_position() {
    for (text, position, says) in [
        ("a (b", 2, "niet gesloten"),
        ("(", 0, "niet gesloten"),
        ("a) b", 1, "haakje openen"),
        (") b", 0, "haakje openen"),
        ("é \"b", 2, "niet gesloten"),
        ("EN x", 0, "Voor EN"),
        ("x OF", 2, "Na OF"),
        ("x NIET", 2, "Na NIET"),
        ("x EN OF y", 2, "Na EN"),
        ("x (OR y)", 3, "Voor OR"),
        ("a ()", 2, "staat niets"),
        ("a \"  \"", 2, "staat niets"),
        ("a §", 2, "geen letters"),
        ("a \"§ ...\"", 2, "geen letters"),
        ("a , b", 2, "geen letters"),
        ("a - b", 2, "geen letters"),
        ("Jansen & Zoon", 7, "Gebruik EN"),
        ("a || b", 2, "Gebruik OF"),
        (
            "a foo:bar",
            2,
            "foo: bestaat niet. De velden zijn titel:, van:, aan:, pad:, type: en datum:.",
        ),
        ("foo:\"bar\"", 0, "bestaat niet"),
        ("foo:(bar)", 0, "bestaat niet"),
        ("zie http://x.nl/?a", 4, "webadres tussen aanhalingstekens"),
        ("titel: x", 5, "zonder spatie"),
        ("(a titel:)", 8, "zonder spatie"),
        ("datum:", 5, "zonder spatie"),
        ("titel:EN x", 0, "titel:\"EN\""),
        ("titel:(a van:b)", 9, "niet binnen een ander veld"),
        ("titel:van:b", 6, "niet binnen een ander veld"),
        ("titel:(a type:pdf)", 9, "niet binnen een ander veld"),
        ("titel:(a datum:2019)", 9, "niet binnen een ander veld"),
        ("type:a/b", 5, "letters en cijfers"),
        ("type:\"pdf\"", 5, "letters en cijfers"),
        ("type:(pdf EN docx)", 10, "met OF ertussen"),
        ("type:(pdf OF docx", 5, "niet gesloten"),
        ("type:(pdf OF", 10, "letters en cijfers"),
        ("datum:30-06-2021", 6, "geen datum die bestaat"),
        ("datum:2019-02-30", 6, "geen datum die bestaat"),
        ("datum:\"2019\"", 6, "ontbreekt een datum"),
        ("datum:*", 6, "begin of een eind"),
        ("datum:[* TO *]", 6, "begin of een eind"),
        ("datum:[2021 TO 2019]", 7, "vroegste datum voorop"),
        ("datum:[2019 2020]", 6, "geen periode"),
        ("datum:[2019 - 2020]", 6, "hoort TO"),
        ("datum:[2019 TO x]", 15, "geen datum"),
        ("datum:[2019 TO 2020", 6, "niet gesloten met ]"),
        ("a [b]", 2, "alleen bij een periode"),
        ("subsid* x", 6, "met * kan nog niet"),
        ("wo?rd", 2, "met ? kan nog niet"),
        ("\"hoge dijk*\"", 10, "met * kan nog niet"),
        ("\"a b\"~5", 5, "met ~ kan nog niet"),
        ("Jansen~1", 6, "met ~ kan nog niet"),
        ("a NEAR/5 b", 2, "afstand"),
        ("a NEAR b", 2, "afstand"),
        ("a W/5 b", 2, "afstand"),
        ("a w/5 b", 2, "afstand"),
        ("a P/5, b", 2, "afstand"),
        ("2 VAN (a, b)", 0, "aantal woorden"),
        ("=woord", 0, "met = voor een woord kan nog niet"),
        ("=\"woord\"", 0, "met = voor een woord kan nog niet"),
        ("a binnen:zin", 2, "binnen: kan nog niet"),
        ("a -b", 2, "schrijf dan NIET"),
        ("a –b", 2, "schrijf dan NIET"),
        ("a -\"b c\"", 2, "schrijf dan NIET"),
        ("a !(b)", 2, "schrijf dan NIET"),
        ("+a", 0, "al verplicht"),
        ("titel:-a", 6, "schrijf dan NIET"),
        ("a EN, b", 2, "geen leestekens"),
        ("a\u{1e}b", 1, "stuurteken"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.positie, position, "{text:?}: {error}");
        assert!(error.melding.contains(says), "{text:?}: {error}");
    }
}

#[test]
fn hostile_length_and_depth_are_refused_and_what_is_accepted_reads_back() {
    let nested = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(canonical(&nested(MAX_DEPTH)), "a");
    for text in [
        nested(MAX_DEPTH + 1),
        nested(40_000),
        "(".repeat(90_000),
        "NIET ".repeat(15_000) + "a",
        "titel:".repeat(16_000),
    ] {
        assert!(parse(&text).is_err());
    }
    // Each of these levels becomes two in the canonical form.
    let mixed = |n: usize| format!("{}c{}", "a (b OF c ".repeat(n), ")".repeat(n));
    assert!(parse(&mixed(51)).unwrap_err().melding.contains("diep"));
    let deepest = canonical(&mixed(50));
    assert_eq!(canonical(&deepest), deepest);

    assert_eq!(parse(&"a".repeat(100_001)).unwrap_err().positie, 100_000);
    assert!(parse(&"a".repeat(100_000)).is_ok());
    assert!(
        parse(&"a ".repeat(49_000))
            .unwrap_err()
            .melding
            .contains("voluit")
    );
    let long = canonical(&"a ".repeat(19_000));
    assert_eq!(canonical(&long), long);
}

#[test]
fn plain_language_asks_for_any_of_the_words() {
    for (text, expected) in [
        (
            "Wat is \"de\" Woo? (de wet)",
            "Wat OF is OF de OF Woo OF wet",
        ),
        ("woo WOO § -Woo* titel:Woo", "woo OF titel"),
        (
            "EN of https://x.nl/a NEAR/5",
            "en OF of OF https OF x OF nl OF a OF near OF 5",
        ),
        ("woo-verzoek", "woo-verzoek"),
    ] {
        let query = parse_plain(text).unwrap();
        assert_eq!(query.to_string(), expected);
        assert_eq!(parse(expected), Ok(query));
    }
    for text in ["", " \n", "§ ... ?", "()"] {
        assert!(
            parse_plain(text)
                .unwrap_err()
                .melding
                .contains("geen woorden"),
            "{text:?}"
        );
    }
}

#[test]
fn a_question_is_stored_as_its_canonical_form() {
    let query = parse("a b OF titel:\"c d\"").unwrap();
    let json = serde_json::to_string(&query).unwrap();
    assert_eq!(json, r#""(a EN b) OF titel:\"c d\"""#);
    assert_eq!(serde_json::from_str::<Query>(&json).unwrap(), query);
    assert!(
        serde_json::from_str::<Query>("\"a OF\"")
            .unwrap_err()
            .to_string()
            .contains("Na OF")
    );
}

#[test]
fn leaves_are_what_a_hit_may_contain_in_the_order_of_the_question() {
    let query =
        parse("a titel:(b OF \"c d\") NIET (e van:f) NIET NIET g type:pdf datum:2019").unwrap();
    let found: Vec<_> = query
        .leaves()
        .map(|leaf| match leaf.term {
            Term::Word(word) => (leaf.field, word.text.as_str(), false),
            Term::Phrase(phrase) => (leaf.field, phrase.text.as_str(), true),
        })
        .collect();
    let titel = Some(TextField::Titel);
    assert_eq!(
        found,
        [
            (None, "a", false),
            (titel, "b", false),
            (titel, "c d", true),
            (None, "g", false)
        ]
    );
    assert_eq!(Query::All.leaves().count(), 0);
}

fn text_leaf() -> impl Strategy<Value = Query> {
    prop_oneof![
        "[a-zà-ÿ0-9][a-z0-9/@'.:_-]{0,6}[a-z0-9]"
            .prop_filter("a plain word", |w| super::lex::is_plain_word(w))
            .prop_map(|w| Query::Word(w.as_str().into())),
        Just(Query::Word("van".into())),
        "[A-Za-z0-9(\\[:-]{1,5}( [A-Za-z0-9.]{1,5}){0,2}x"
            .prop_map(|p| Query::Phrase(p.as_str().into())),
    ]
}

fn nest(leaf: BoxedStrategy<Query>) -> BoxedStrategy<Query> {
    leaf.prop_recursive(4, 24, 4, |inner| {
        let many = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            many.clone().prop_map(|parts| {
                Query::And(
                    parts
                        .into_iter()
                        .flat_map(|part| {
                            if let Query::And(inner) = part {
                                inner
                            } else {
                                vec![part]
                            }
                        })
                        .collect(),
                )
            }),
            many.prop_map(|parts| {
                Query::Or(
                    parts
                        .into_iter()
                        .flat_map(|part| {
                            if let Query::Or(inner) = part {
                                inner
                            } else {
                                vec![part]
                            }
                        })
                        .collect(),
                )
            }),
            inner.prop_map(|part| Query::Not(Box::new(part))),
        ]
    })
    .boxed()
}

fn any_query() -> BoxedStrategy<Query> {
    let fields = prop::sample::select(vec![
        TextField::Titel,
        TextField::Van,
        TextField::Aan,
        TextField::Pad,
    ]);
    let dates = prop::sample::select(vec![
        "2019",
        "2019-06",
        "2021-06-30",
        "[2019 TO 2021-06]",
        "[* TO 2020]",
        "[2020 TO *]",
    ]);
    nest(
        prop_oneof![
            4 => text_leaf(),
            2 => (fields, nest(text_leaf().boxed())).prop_map(|(field, inner)| Query::Field(field, Box::new(inner))),
            1 => "[a-z0-9]{1,4}".prop_map(Query::Format),
            1 => dates.prop_map(|date| parse(&format!("datum:{date}")).unwrap()),
        ]
        .boxed(),
    )
}

/// Texts made of what means something in the language, so that many of them are questions.
fn any_text() -> impl Strategy<Value = String> {
    const PIECES: [&str; 48] = [
        "a",
        "Woo",
        "EN",
        "OF",
        "NIET",
        "NOT",
        "(",
        ")",
        "(",
        ")",
        "\"",
        "„",
        "titel:",
        "van:",
        "TYPE:",
        "datum:",
        "2019",
        "[",
        "]",
        "TO",
        "*",
        "?",
        "~",
        " ",
        " ",
        " ",
        " ",
        " ",
        " ",
        ",",
        ".",
        ":",
        "-",
        "+",
        "!",
        "/",
        "NEAR/5",
        "VAN",
        "2",
        "é",
        "\u{1e}",
        "\u{301}",
        "http://",
        "…",
        "§",
        "b c",
        "[2019 TO *]",
        "=",
    ];
    prop_oneof![
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..14)
            .prop_map(|pieces| pieces.concat()),
        "\\PC{0,30}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_tree_reads_back_from_its_canonical_form(query in any_query()) {
        prop_assert_eq!(parse(&query.to_string()), Ok(query));
    }

    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_reads_back(text in any_text()) {
        match parse(&text) {
            Ok(query) => {
                let canonical = query.to_string();
                prop_assert_eq!(parse(&canonical), Ok(query), "{}", canonical);
            }
            Err(error) => prop_assert!(error.positie <= text.chars().count() && error.melding.ends_with('.'), "{}", error),
        }
        if let Ok(query) = parse_plain(&text) {
            prop_assert_eq!(parse(&query.to_string()), Ok(query));
        }
    }

    #[test]
    fn punctuation_around_a_word_changes_no_term(word in "[A-Za-z0-9é'/.-]{1,8}", before in "[,;.:…]{0,2}", after in "[,;.!:…]{0,2}") {
        let written = format!("{before}{word}{after}");
        for stream in [zv_analyzers::Stream::Exact, zv_analyzers::Stream::Woordvorm] {
            prop_assert_eq!(terms(&written, stream), terms(super::lex::trim(&written), stream));
        }
    }
}

fn terms(text: &str, stream: zv_analyzers::Stream) -> Vec<(String, u32, zv_analyzers::TokenKind)> {
    let mut found = Vec::new();
    let mut stream = zv_analyzers::tokens(text, stream);
    while stream.advance() {
        let token = stream.token();
        found.push((token.term.clone(), token.position, token.kind));
    }
    found
}
