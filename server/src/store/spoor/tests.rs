//! The audit trail as it is read: exactly what a filter asks, page by page, and nothing that the reader may not see.

use super::*;
use crate::audit::Event;
use crate::mensen::{Actor, Via};
use crate::zaken::LOCAL;
use serde_json::json;

fn event(number: u64) -> Event {
    let actor = Actor {
        id: format!("a{}", number % 3),
        ..Actor::local(Via::Web)
    };
    let kind = if number.is_multiple_of(10) {
        "rol"
    } else {
        "document.bekeken"
    };
    // Every record an hour after the one before, from 1 January on.
    let start = 1_767_225_600;
    Event {
        tijd: jiff::Timestamp::from_second(start + number.cast_signed() * 3_600).expect("a time"),
        resultaat: match number.is_multiple_of(7) {
            true => Outcome::Geweigerd,
            false => Outcome::Gelukt,
        },
        zaak: if number.is_multiple_of(2) {
            LOCAL.into()
        } else {
            String::new()
        },
        ..Event::done(
            &actor,
            kind,
            format!("stuk-{number}"),
            json!({"geheim": number}),
        )
    }
}

fn store(count: u64) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(folder.path()).expect("store");
    store
        .change(|change| (1..=count).try_for_each(|number| change.log(&event(number))))
        .expect("logged");
    (folder, store)
}

/// The numbers on every page, and how many pages.
fn pages(store: &Store, filter: &Filter, blik: Blik, count: usize) -> (Vec<u64>, usize) {
    let (mut numbers, mut pages, mut before) = (Vec::new(), 0, None);
    loop {
        let page = store.audit_page(filter, blik, before, count).expect("page");
        assert!(page.regels.len() <= count && !page.onderbroken);
        numbers.extend(page.regels.iter().map(|line| line.nummer));
        pages += 1;
        match page.verder {
            None => return (numbers, pages),
            before_next => before = before_next,
        }
    }
}

fn wanted(count: u64, holds: impl Fn(u64) -> bool) -> Vec<u64> {
    (1..=count).rev().filter(|number| holds(*number)).collect()
}

#[test]
fn every_filter_gives_exactly_its_records_page_by_page() {
    let (_folder, store) = store(200);
    let all = Filter::default();
    assert_eq!(
        pages(&store, &all, Blik::Alles, 50),
        (wanted(200, |_| true), 4)
    );
    let text = |text: &str| Some(text.to_owned());
    let account = Filter {
        account: text("a2"),
        ..Filter::default()
    };
    let found = pages(&store, &account, Blik::Alles, 7).0;
    assert_eq!(found, wanted(200, |number| number % 3 == 2));
    for actie in ["document.bekeken", "document"] {
        let filter = Filter {
            actie: text(actie),
            zaak: text(LOCAL),
            ..Filter::default()
        };
        let found = pages(&store, &filter, Blik::Alles, 9).0;
        assert_eq!(
            found,
            wanted(200, |number| number.is_multiple_of(2)
                && !number.is_multiple_of(10))
        );
    }
    for actie in ["rol", "r", "document.", "x"] {
        let filter = Filter {
            actie: text(actie),
            ..Filter::default()
        };
        let found = pages(&store, &filter, Blik::Alles, 9).0;
        let real = actie == "rol";
        assert_eq!(
            found,
            wanted(200, |number| real && number.is_multiple_of(10)),
            "{actie}"
        );
    }
    for resultaat in [Outcome::Geweigerd, Outcome::Gelukt] {
        for zaak in [None, text(LOCAL)] {
            let in_case = zaak.is_some();
            let filter = Filter {
                resultaat: Some(resultaat),
                zaak,
                ..Filter::default()
            };
            let refused = resultaat == Outcome::Geweigerd;
            let found = pages(&store, &filter, Blik::Alles, 9).0;
            assert_eq!(
                found,
                wanted(200, |number| number.is_multiple_of(7) == refused
                    && (!in_case || number.is_multiple_of(2)))
            );
        }
    }
    let said = Filter {
        tekst: text("STUK-19"),
        ..Filter::default()
    };
    let found = pages(&store, &said, Blik::Alles, 3).0;
    assert_eq!(
        found,
        wanted(200, |number| format!("{number}").starts_with("19"))
    );
}

#[test]
fn days_are_days_in_amsterdam() {
    let (_folder, store) = store(200);
    let day = |day| Some(jiff::civil::date(2026, 1, day));
    let filter = Filter {
        van: day(3),
        tot: day(3),
        ..Filter::default()
    };
    // 3 January in Amsterdam begins on the 2nd at 23:00 UTC: 47 hours after the first moment.
    let found = pages(&store, &filter, Blik::Alles, 10).0;
    assert_eq!(found, wanted(200, |number| (47..71).contains(&number)));
    let open = Filter {
        van: day(8),
        ..Filter::default()
    };
    assert_eq!(
        pages(&store, &open, Blik::Alles, 10).0,
        wanted(200, |number| number >= 167)
    );
    let before = Filter {
        tot: day(1),
        ..Filter::default()
    };
    assert_eq!(
        pages(&store, &before, Blik::Alles, 10).0,
        wanted(200, |number| number < 23)
    );
    let never = Filter {
        van: day(9),
        tot: day(8),
        ..Filter::default()
    };
    assert!(pages(&store, &never, Blik::Alles, 10).0.is_empty());
}

#[test]
fn without_content_nothing_of_a_case_is_shown_or_found() {
    let (_folder, store) = store(20);
    let page = store
        .audit_page(&Filter::default(), Blik::ZonderInhoud, None, 20)
        .expect("page");
    for line in &page.regels {
        let in_case = line.nummer.is_multiple_of(2);
        assert_eq!(line.gegevens.is_none(), in_case, "{line:?}");
        assert!(
            line.zaaknummer.is_none() && line.zoekvraag.is_none(),
            "{line:?}"
        );
    }
    let hidden = Filter {
        tekst: Some("geheim".into()),
        ..Filter::default()
    };
    let found = pages(&store, &hidden, Blik::ZonderInhoud, 20).0;
    assert_eq!(found, wanted(20, |number| number % 2 == 1));
    assert_eq!(pages(&store, &hidden, Blik::Alles, 30).0.len(), 20);
}

#[test]
fn the_whole_trail_is_given_in_order_with_its_head() {
    let (_folder, store) = store(30);
    let mut numbers = Vec::new();
    let head = store
        .audit_each(&Filter::default(), Blik::Alles, |line| {
            numbers.push(line.nummer);
            Ok(true)
        })
        .expect("all");
    assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
    assert_eq!(head, store.audit_head().expect("head"));
}
