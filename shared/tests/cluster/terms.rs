//! The ground on which the engine stands: of a text the cluster holds exactly our terms, each at its position, and
//! nothing that it made of them itself.

use super::{Removed, nodes};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use zv_analyzers::{TokenKind, stored_tokens};
use zv_shared::index::Blobs;
use zv_shared::index::cluster::{Positions, Writer};

/// Where each term stands: words at odd positions, the beginning of a unit before its first word.
type Standing = BTreeMap<String, BTreeSet<u64>>;

fn expected(text: &str) -> Standing {
    let mut standing = Standing::new();
    let mut tokens = stored_tokens(text);
    let mut last = 0;
    while tokens.advance() {
        let token = tokens.token();
        let position = 2 * u64::from(token.position);
        let (at, next) = match token.kind {
            TokenKind::Start(_) => (position, last),
            _ => (position + 1, position + 2),
        };
        last = next;
        let stored = token.stream.stored(&token.term);
        standing.entry(stored).or_default().insert(at);
    }
    if last > 0 {
        standing.insert("\u{3}einde".to_owned(), BTreeSet::from([last]));
    }
    standing
}

/// What the cluster makes of it.
fn kept(index: &str, text: &str) -> Standing {
    let values = Positions::of_all(&[text]).values;
    let question = json!({
        "doc": {"tekst": values},
        "fields": ["tekst"],
        "offsets": false,
        "positions": true
    });
    let answer = nodes().send("POST", &format!("/{index}/_termvectors"), &question);
    let answer = answer.unwrap().ok().unwrap();
    let terms = answer["term_vectors"]["tekst"]["terms"].as_object();
    let each = terms.into_iter().flatten();
    each.map(|(term, found)| (term.clone(), positions(found)))
        .collect()
}

fn positions(found: &Value) -> BTreeSet<u64> {
    let tokens = found["tokens"].as_array().unwrap().iter();
    tokens
        .map(|one| one["position"].as_u64().unwrap())
        .collect()
}

#[test]
fn the_cluster_keeps_our_terms_and_their_positions_and_changes_nothing() {
    let index = Removed::new();
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path()).unwrap();
    drop(Writer::open(index.nodes.clone(), &index.name, blobs, (1, 0)).unwrap());
    let long = "lang".repeat(80);
    let texts = [
        // Several terms at a position, units, and what is written in parts.
        "De aardgaswinning in Groningen. Het woo-verzoek (2023/4567) van 5-1-2023!\n\n- Nota's\u{c}Slot".to_owned(),
        // Long words become a beginning and a hash: of no more than 200 bytes, also when it is one letter more.
        format!("{long} {long}x {} {} eind", "a".repeat(200), "b".repeat(201)),
        // Words of one letter, signs, other scripts, letters outside the first plane, and joined ones.
        "A § ĳs IJs 😀 ☃ עברית Ελληνικά 漢字 e\u{301}e\u{301}n ﬁets ß \u{1d4b3}y".to_owned(),
        // What means something to the tokenizer, the filters or Lucene.
        "a\u{1f}b c\u{1e}d\u{1e}\u{1e}e \u{1}f \u{2}g \u{3}zin h\u{a0}i\u{2028}j .*+?|{}[]()\"\\#@&<>~ AND NOT".to_owned(),
        "NIETS einde \u{1} null true _all".to_owned(),
        // Longer than a block of positions.
        "besluit van de gemeente over dijken. ".repeat(3_000),
        String::new(),
        " \u{c} ".to_owned(),
    ];
    for text in &texts {
        let shown: String = text.chars().take(60).collect();
        assert_eq!(kept(&index.name, text), expected(text), "{shown}");
    }
}
