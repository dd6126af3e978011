//! A source outside the machtiging is as if it were not there: the answers are those of an index without its documents.

use super::Person;
use super::proef::{Antwoord, Ids, Proef, Recht};
use super::tabel::wegen;
use crate::http::tests::document;
use crate::mensen::{Actor, Rol, Via};
use crate::zaken::machtiging::{Rubricering, Verlening};
use std::collections::BTreeSet;

/// A case of its own kind, and who looks in it.
struct Kant {
    proef: Proef,
    who: Person,
}

impl Kant {
    async fn met(proef: Proef, verlening: impl Fn(&Proef, &Person) -> Verlening) -> Self {
        let who = proef.lid("smal");
        proef.office.grant(&verlening(&proef, &who));
        Kant { proef, who }
    }

    async fn zoekt(&mut self) {
        self.proef.ids.zoekopdracht = self.proef.zoekt(&self.who, "subsidie").await;
    }
}

/// The same without what another run has otherwise: ids, hashes, moments, how long it took, the number of the last record
/// of the trail.
fn gewoon(text: &str) -> String {
    let run = |of: fn(u8) -> bool, text: &str| text.bytes().take_while(|byte| of(*byte)).count();
    let hexadecimal = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(first) = rest.chars().next() {
        let hex = run(hexadecimal, rest);
        let (number, behind) = rest.split_at(run(|byte| byte.is_ascii_digit(), rest));
        // What tells of a moment takes more bytes or fewer.
        let fronts = ["Z;", "\"milliseconden\":", "pakket.json;#;"];
        let took = behind.starts_with(" ms") || fronts.iter().any(|front| out.ends_with(front));
        let colon = behind.strip_prefix(':').unwrap_or_default();
        let clock = number.len() == 2 && colon.starts_with(|c: char| c.is_ascii_digit());
        let (sign, skipped) = match number {
            _ if hex >= 16 => ('#', hex),
            "" => (first, first.len_utf8()),
            _ if took || run(hexadecimal, colon) == 64 => ('_', number.len()),
            _ if clock => {
                let part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
                ('@', run(part, rest))
            }
            _ => (first, first.len_utf8()),
        };
        out.push(sign);
        rest = &rest[skipped..];
    }
    out
}

/// What an answer says, apart from what every run has otherwise.
fn zegt(got: &Antwoord) -> (u16, String) {
    let own = |line: &&str| !line.starts_with("content-length:");
    let koppen: Vec<&str> = got.koppen.lines().filter(own).collect();
    (
        got.status.as_u16(),
        gewoon(&format!("{}\n{}", koppen.join("\n"), got.tekst)),
    )
}

/// Sends everything in the tables on both sides, with well-formed requests; the answers must be the same, and nothing of
/// `hidden` may stand in one.
async fn gelijk(ours: &Kant, theirs: &Kant, with: impl Fn(&Ids) -> Ids, hidden: &[&str]) {
    let ways = wegen(&with(&ours.proef.ids)).into_iter();
    let ways = ways.zip(wegen(&with(&theirs.proef.ids)));
    let (mut shown, mut faults) = (0, Vec::new());
    for ((methode, pad, adres), (_, other, same)) in ways {
        // Who logged out gets nothing at all.
        if pad == "/uitloggen" {
            continue;
        }
        for kant in [ours, theirs] {
            kant.proef.geteld().await;
        }
        let got = ours.proef.stuur(&ours.who, &methode, &pad, &adres).await;
        let wanted = theirs
            .proef
            .stuur(&theirs.who, &methode, &other, &same)
            .await;
        let mut fault =
            |what: String| faults.push(format!("{what}: {}", got.bij(&adres, &methode, &pad)));
        if matches!(got.status.as_u16(), 400 | 401 | 500..) {
            fault("not a request that can be answered".to_owned());
        }
        if let Some(word) = got.verraadt(hidden) {
            fault(format!("shows {word}"));
        }
        let ((status, said), (other, expected)) = (zegt(&got), zegt(&wanted));
        // What the program does beside it is on record when it is done.
        let beside = ["uditregels", "auditspoor", "leesVeiligstellingen"];
        let beside = beside.iter().any(|part| adres.naam.contains(part));
        // A secret and a token are chance, and of the account alone.
        let chance = [
            "TweedeStap",
            "/account/tweede-stap",
            "maakToken",
            "/account/tokens",
        ];
        let beside = beside || chance.iter().any(|part| adres.naam.contains(part));
        if let Some((ours, theirs)) = verschil(&said, &expected).filter(|_| !beside) {
            fault(format!("differs:\n{ours}\n{theirs}\n"));
        }
        if status != other {
            fault(format!("{status} and {other}"));
        }
        shown += usize::from(adres.recht == Recht::Zicht && status < 400);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(shown > 10, "{shown}");
}

/// The first line that differs.
fn verschil(one: &str, other: &str) -> Option<(String, String)> {
    let (mut one, mut other) = (one.lines(), other.lines());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => {
                let line = |line: Option<&str>| line.unwrap_or("(niets)").to_owned();
                return Some((line(a), line(b)));
            }
        }
    }
}

fn hidden_words(numbers: std::ops::Range<u16>) -> Vec<String> {
    let words = |number: u16| {
        [
            format!("nummer{number}"),
            format!("Nota {number:03}"),
            format!("map/{number:03}"),
        ]
    };
    numbers.flat_map(words).collect()
}

#[tokio::test]
async fn another_source_is_as_if_it_were_not_there() {
    let narrow = |proef: &Proef, who: &Person| proef.verlening(&who.actor, &["archief"]);
    let mixed = |number| if number < 3 { "archief" } else { "elders" };
    let mut ours = Kant::met(Proef::nieuw(9, mixed), narrow).await;
    let mut theirs = Kant::met(Proef::nieuw(3, mixed), narrow).await;
    ours.zoekt().await;
    theirs.zoekt().await;
    let words = hidden_words(3..9);
    let hidden: Vec<&str> = words.iter().map(String::as_str).collect();
    gelijk(&ours, &theirs, Ids::clone, &hidden).await;
    // Asked for by its id it is not there either. What was asked stands in the question, not in the answer.
    let document = document("003.txt", 3).id.to_string();
    let by_id = |ids: &Ids| Ids {
        document: document.clone(),
        ..ids.clone()
    };
    gelijk(&ours, &theirs, by_id, &hidden).await;
}

#[tokio::test]
async fn a_source_that_is_more_confidential_than_the_machtiging_is_as_if_it_were_empty() {
    let bea = Actor {
        rollen: BTreeSet::from([Rol::BeheerderBronnen]),
        ..Actor::local(Via::Web)
    };
    let low = |proef: &Proef, who: &Person| {
        let store = &proef.office.site.app.store;
        for bron in ["archief", "elders"] {
            store
                .set_rubricering(&bea, bron, Rubricering::Intern)
                .expect("set");
        }
        Verlening {
            plafond: Rubricering::Intern,
            ..proef.verlening(&who.actor, &["archief", "elders"])
        }
    };
    // The one source turns out to be more confidential after that.
    let mixed = |number| if number < 3 { "elders" } else { "archief" };
    let mut ours = Kant::met(Proef::nieuw(6, mixed), low).await;
    let mut theirs = Kant::met(Proef::nieuw(3, mixed), low).await;
    for kant in [&mut ours, &mut theirs] {
        let store = &kant.proef.office.site.app.store;
        store
            .set_rubricering(&bea, "archief", Rubricering::DepartementaalVertrouwelijk)
            .expect("set");
        kant.zoekt().await;
    }
    let words = hidden_words(3..6);
    let hidden: Vec<&str> = words.iter().map(String::as_str).collect();
    gelijk(&ours, &theirs, Ids::clone, &hidden).await;
}
