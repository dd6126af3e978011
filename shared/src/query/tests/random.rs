//! Every tree and any text: what is read reads back, and nothing panics. Never touches an engine.

use super::super::words::{is_plain_word, trim};
use crate::query::{
    ExpansionKind, Form, MAX_DISTANCE, Near, NumberField, NumberSpan, Query, Switches, TextField,
    Unit, Word, list_terms, parse, parse_list, parse_plain,
};
use proptest::prelude::*;

fn plain() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => "[a-zà-ÿ0-9][a-z0-9/@'.:_-]{0,6}[a-z0-9]"
            .prop_filter("a plain word", |word| is_plain_word(word)),
        1 => prop::sample::select(vec!["van", "VAN", "2", "near", "w/o"]).prop_map(str::to_owned),
        1 => "[0-9]{1,3}([.][0-9]{3}){0,2},[0-9]{1,2}",
    ]
}

fn switches() -> impl Strategy<Value = Switches> {
    let kinds = prop::collection::btree_set(prop::sample::select(&ExpansionKind::ALL[..]), 0..4);
    let without = prop::collection::btree_set("[a-zA-Z{}(:]{1,5}( [a-z]{1,5})?", 0..3);
    (kinds, any::<bool>(), without)
        .prop_map(|(off, broad, without)| Switches {
            broad: broad && !off.contains(&ExpansionKind::Breed),
            off,
            without,
        })
        .prop_filter("searchable", |switches| {
            switches
                .without
                .iter()
                .all(|word| crate::query::searchable(word))
        })
}

fn word() -> impl Strategy<Value = Query> {
    let pattern = prop_oneof![
        "[a-zé]{2,4}[*?]{1,2}",
        "[*?][a-z0-9]{2,4}",
        "[a-z]{1,3}[*?][a-z]{1,3}[*?]?",
        "[a-z]{1,3}[-.@][a-z]{1,3}[*?]",
        "[0-9]{1,2}[.][0-9]{2}[*?],[0-9]{2}",
        "[0-9]{2,4},[0-9][*?]",
        "[0-9]{2,4}[*?],[*?][0-9]",
    ];
    let formed = |form| {
        move |text: String| Word {
            form,
            ..text.as_str().into()
        }
    };
    prop_oneof![
        6 => plain().prop_map(formed(Form::Woordvorm)),
        2 => (plain(), switches()).prop_map(|(text, switches)| Word { switches, ..text.as_str().into() }),
        2 => plain().prop_map(formed(Form::Exact)),
        2 => pattern.prop_map(formed(Form::Pattern)),
        1 => "[a-zà-ö]{4,8}".prop_map(formed(Form::Fuzzy(1))),
        1 => "[a-zà-ö]{4,8}".prop_map(formed(Form::Fuzzy(2))),
    ]
    .prop_map(Query::Word)
}

fn text_leaf() -> BoxedStrategy<Query> {
    let phrase = prop_oneof![
        "[A-Za-z0-9(\\[{:-]{1,5}( [A-Za-z0-9.]{1,5}){0,2}x",
        "[a-z]{2,5}[*?]( [*?]?[a-z]{2,5}){0,2}",
    ];
    prop_oneof![
        3 => word(),
        1 => phrase.prop_map(|phrase| Query::Phrase(phrase.as_str().into())),
    ]
    .boxed()
}

/// As the parser does: no EN directly in EN, no OF directly in OF.
fn and(parts: Vec<Query>) -> Query {
    let flat = parts.into_iter().flat_map(|part| match part {
        Query::And(inner) => inner,
        other => vec![other],
    });
    Query::And(flat.collect())
}

fn or(parts: Vec<Query>) -> Query {
    let flat = parts.into_iter().flat_map(|part| match part {
        Query::Or(inner) => inner,
        other => vec![other],
    });
    Query::Or(flat.collect())
}

/// Proximity, as deep as it may be.
fn near() -> BoxedStrategy<Query> {
    text_leaf()
        .prop_recursive(3, 12, 3, |inner| {
            let sides = (
                inner.clone(),
                inner.clone(),
                1..=MAX_DISTANCE,
                any::<bool>(),
            );
            prop_oneof![
                2 => sides.prop_map(|(left, right, distance, ordered)| Query::Near(Near {
                    left: Box::new(left),
                    right: Box::new(right),
                    distance,
                    ordered,
                })),
                1 => prop::collection::vec(inner, 2..4).prop_map(or),
            ]
        })
        .boxed()
}

fn nest(leaf: BoxedStrategy<Query>) -> BoxedStrategy<Query> {
    leaf.prop_recursive(4, 24, 4, |inner| {
        let many = prop::collection::vec(inner.clone(), 2..4);
        let quorum = (
            prop::collection::vec(inner.clone(), 1..4),
            any::<prop::sample::Index>(),
        );
        prop_oneof![
            many.clone().prop_map(and),
            many.prop_map(or),
            inner.prop_map(|part| Query::Not(Box::new(part))),
            quorum.prop_map(|(of, number)| Query::Quorum {
                at_least: 1 + number.index(of.len()),
                of,
            }),
        ]
    })
    .boxed()
}

fn number() -> impl Strategy<Value = Query> {
    let bound = prop_oneof![
        Just(None),
        any::<u64>().prop_map(Some),
        (0_u64..2_000).prop_map(|n| Some(n * 1_000)),
        (0_u64..2_000).prop_map(|n| Some(n * 500_000_000)),
    ];
    let field = prop::sample::select(vec![NumberField::Grootte, NumberField::Paginas]);
    (field, bound.clone(), bound)
        .prop_filter("one end", |(_, from, to)| from.is_some() || to.is_some())
        .prop_map(|(field, from, to)| {
            let (from, to) = match (from, to) {
                (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
                open => open,
            };
            Query::Number(field, NumberSpan { from, to })
        })
}

fn document_leaf() -> BoxedStrategy<Query> {
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
    prop_oneof![
        4 => near(),
        2 => (fields, nest(near())).prop_map(|(field, inner)| Query::Field(field, Box::new(inner))),
        1 => "[a-z0-9]{1,4}".prop_map(Query::Format),
        1 => dates.prop_map(|date| parse(&format!("datum:{date}")).unwrap()),
        1 => number(),
    ]
    .boxed()
}

fn any_query() -> BoxedStrategy<Query> {
    let units = prop::sample::select(vec![Unit::Zin, Unit::Alinea, Unit::Pagina]);
    let within = prop_oneof![
        (units, nest(near())).prop_map(|(unit, inner)| Query::Within(unit, Box::new(inner))),
        nest(document_leaf()).prop_map(|inner| Query::Within(Unit::Familie, Box::new(inner))),
    ];
    nest(prop_oneof![4 => document_leaf(), 1 => within].boxed())
}

/// Texts made of what means something in the language, so that many of them are questions.
fn any_text() -> impl Strategy<Value = String> {
    const PIECES: [&str; 88] = [
        "a",
        "Woo",
        "woord",
        "jansen",
        "EN",
        "OF",
        "NIET",
        "NOT",
        "(",
        ")",
        "(",
        ")",
        "\"",
        "\"",
        "„",
        "titel:",
        "van:",
        "TYPE:",
        "datum:",
        "grootte:",
        "paginas:",
        "binnen:",
        "zin",
        "familie",
        "binnen:zin(",
        "binnen:familie(",
        "2019",
        "[",
        "]",
        "TO",
        "*",
        "?",
        "~",
        "~1",
        "subsid*",
        "wo?rd",
        "\"aardgas* winning\"",
        " ",
        " ",
        " ",
        " ",
        " ",
        " ",
        " ",
        " ",
        " ",
        " ",
        ",",
        ", ",
        ".",
        ":",
        "-",
        "+",
        "!",
        "/",
        "NEAR",
        "NEAR/5",
        "w/3",
        "P/999",
        "PRE/1000",
        "a NEAR/2 b",
        "VAN",
        "2",
        "2 VAN (",
        "1 VAN (a, b)",
        "{",
        "}",
        "{-deel}",
        "{-\"x\" +breed}",
        "-synoniem",
        "+breed",
        "é",
        "\u{1e}",
        "\u{301}",
        "http://",
        "…",
        "§",
        "b c",
        "[2019 TO *]",
        "[1MB TO 2GB]",
        "5MB",
        "=",
        "=a",
        "1,5",
        "a,b",
        "1.250.00*,00",
        "12?,*5",
        "5*,",
    ];
    let pieces = |separator: &'static str| {
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..14)
            .prop_map(move |pieces| pieces.join(separator))
    };
    prop_oneof![
        3 => pieces(""),
        3 => pieces(" "),
        1 => pieces("\n"),
        1 => "\\PC{0,30}",
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_tree_reads_back_from_its_canonical_form(query in any_query()) {
        prop_assert_eq!(parse(&query.to_string()), Ok(query.clone()), "{}", query);
    }

    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_reads_back(text in any_text()) {
        let inside = |position: usize| position <= text.chars().count();
        match parse(&text) {
            Ok(query) => {
                let canonical = query.to_string();
                prop_assert_eq!(parse(&canonical), Ok(query), "{}", canonical);
            }
            Err(error) => prop_assert!(inside(error.positie) && error.melding.ends_with('.'), "{}", error),
        }
        if let Ok(query) = parse_plain(&text) {
            prop_assert_eq!(parse(&query.to_string()), Ok(query));
        }
        match parse_list(&text) {
            Ok(query) => prop_assert_eq!(parse(&query.to_string()), Ok(query)),
            Err(error) => prop_assert!(inside(error.fout.positie) && error.regel <= text.lines().count().max(1)),
        }
        if let Ok(terms) = list_terms(&text) {
            for (_, term, query) in terms {
                prop_assert_eq!(parse(&term), Ok(query));
            }
        }
    }

    #[test]
    fn punctuation_around_a_word_changes_no_term(word in "[A-Za-z0-9é'/.-]{1,8}", before in "[,;.:…]{0,2}", after in "[,;.!:…]{0,2}") {
        let written = format!("{before}{word}{after}");
        prop_assert_eq!(terms(&written), terms(trim(&written)));
    }
}

fn terms(text: &str) -> Vec<(String, u32, zv_analyzers::TokenKind)> {
    let mut found = Vec::new();
    let mut tokens = zv_analyzers::tokens(text);
    while tokens.advance() {
        let token = tokens.token();
        found.push((token.term.clone(), token.position, token.kind));
    }
    found
}
