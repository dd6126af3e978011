//! What others notice of a deed that is written part by part, and what is left when it does not come to its end.

use super::*;
use crate::zaken::schifting::tests::{Case, actor, case, conflict, many, one, stuk, value};
use crate::zaken::schifting::{Handeling, Stuk, Waarde, seen_or_refuse};

/// A deed on documents 1 to 5 of which the first three are written, as others see it between two parts.
struct Half {
    deed: i64,
    schifting: Schifting,
    members: Vec<Member>,
}

impl Half {
    fn begun(case: &Case) -> Self {
        let half = Half {
            deed: 0,
            schifting: value(0),
            members: (1..=5).map(|number| stuk(number).member()).collect(),
        };
        let deed = case
            .store
            .change(|change| half.whole().begin(change, &actor(), &case.zaak))
            .expect("begun");
        half.write(case, deed, 0..3);
        Half { deed, ..half }
    }

    fn whole(&self) -> New<'_> {
        New {
            omvang: "selectie",
            van: "",
            schifting: Some(&self.schifting),
            members: &self.members,
        }
    }

    fn write(&self, case: &Case, deed: i64, part: Range<usize>) {
        let insert = "INSERT INTO schifting_rij (zaak, document, inhoud, bron, handeling, geldt)
             VALUES (?, ?, ?, 'archief', ?4, ?4)";
        let written = case.store.change(|change| {
            for (document, inhoud) in &self.members[part] {
                change.execute(insert, params![case.zaak.id, document, inhoud, deed])?;
            }
            Ok(())
        });
        written.expect("written");
    }

    fn end(&self, case: &Case) -> Result<u32, StoreError> {
        case.store
            .change(|change| self.whole().end(change, &actor(), &case.zaak, self.deed))
    }
}

#[test]
fn nobody_sees_half_a_deed_and_everybody_goes_on() {
    let case = case();
    let records = || case.store.audit_head().expect("head").nummer;
    let (half, before) = (Half::begun(&case), records());
    let now = || case.store.schifting_now(&case.zaak.id).expect("now").len();
    let deeds = || case.store.schift_deeds(&case.zaak.id).expect("deeds").len();
    assert_eq!((now(), deeds(), records()), (0, 0, before));
    // Another document is judged meanwhile, and so is one that the deed comes to later.
    let other = case.judge(&one(9, value(1), 0)).expect("judged");
    assert_eq!((other.handeling, case.holds(9)), (1, Some(Waarde::Twijfel)));
    for refused in [
        case.judge(&one(2, value(1), 0)),
        case.judge(&many(&[2, 8], value(1), 0)),
        case.judge(&many(&[6, 7, 8], value(1), other.laatste)),
        case.store.take_back_one(&actor(), &case.zaak, &stuk(2), 0),
    ] {
        let told = conflict(refused);
        assert!(
            told.contains("deze computer is op dit moment 5 documenten tegelijk"),
            "{told}"
        );
    }
    let seen = case.store.last_schifting(&case.zaak.id).expect("last");
    assert_eq!(seen, 0);
    assert!(matches!(half.end(&case), Err(StoreError::Conflict(_))));
    half.write(&case, half.deed, 3..5);
    assert_eq!((now(), deeds()), (1, 1));
    assert_eq!(half.end(&case).expect("ended"), 2);
    assert_eq!((now(), deeds(), records()), (6, 2, before + 2));
    // Who looked while it was written has not seen it.
    let told = conflict(case.judge(&many(&[1, 2, 3], value(2), seen)));
    assert!(told.contains("zijn er 3 intussen"), "{told}");
    let last = case.store.last_schifting(&case.zaak.id).expect("last");
    case.judge(&many(&[1, 2, 3, 9], value(2), last))
        .expect("seen");
    assert_eq!(case.store.check_audit(&[]).expect("checked").broken, None);
}

#[test]
fn what_a_killed_program_left_is_undone_and_tells_nothing() {
    let case = case();
    case.judge(&one(1, value(1), 0)).expect("judged");
    Half::begun(&case);
    let before = case.store.audit_head().expect("head");
    let folder = case.folder.path().to_owned();
    let store = Store::open(&folder).expect("opened again");
    // Another command of the program leaves it alone: the server may be at work on it.
    assert_eq!(case.rows("schift_bezig"), 1);
    assert_eq!(store.undo_unfinished().expect("undone"), 3);
    assert_eq!(store.undo_unfinished().expect("undone"), 0);
    for (table, rows) in [
        ("schift_bezig", 0),
        ("schifting_rij", 1),
        ("schift_handeling_rij", 1),
    ] {
        assert_eq!(case.rows(table), rows, "{table}");
    }
    assert_eq!(store.audit_head().expect("head"), before);
    let next = case.judge(&many(&[2, 3, 4], value(2), before.nummer));
    assert_eq!(next.expect("judged").handeling, 2);
    // What holds cannot be made something that is in the making.
    let deed = "INSERT INTO schift_bezig SELECT max(id), zaak, 0 FROM schift_handeling_rij";
    assert!(case.raw().execute(deed, []).is_err());
}

#[test]
fn what_holds_changes_at_one_moment_and_comes_back_when_it_does_not() {
    let case = case();
    let first = case
        .judge(&many(&[1, 2, 3, 4, 5, 6], value(1), 0))
        .expect("judged");
    let now = |waarde: Waarde| -> u32 {
        let count = "SELECT count(*) FROM schifting_nu WHERE waarde = ?";
        let raw = case.raw();
        raw.query_row(count, [waarde.name()], |row| row.get(0))
            .expect("counted")
    };
    let holds = |number: u8| {
        case.store
            .schifting_now(&case.zaak.id)
            .map(|all| {
                let one = all.into_iter().find(|one| one.document == stuk(number).id);
                one.and_then(|one| one.schifting).map(|said| said.waarde)
            })
            .expect("now")
    };
    for ends in [false, true] {
        let half = Half::begun(&case);
        assert_eq!((now(Waarde::Twijfel), now(Waarde::Relevant)), (6, 0));
        assert_eq!(
            (holds(1), holds(5)),
            (Some(Waarde::Twijfel), Some(Waarde::Twijfel))
        );
        if ends {
            half.write(&case, half.deed, 3..5);
            half.end(&case).expect("ended");
            assert_eq!((now(Waarde::Twijfel), now(Waarde::Relevant)), (1, 5));
            assert_eq!(case.rows("schifting_nu_rij"), 11);
        } else {
            assert_eq!(case.store.undo_unfinished().expect("undone"), 3);
            assert_eq!((now(Waarde::Twijfel), now(Waarde::Relevant)), (6, 0));
            assert_eq!(case.rows("schifting_nu_rij"), 6);
        }
    }
    // A program that was killed right after that clears it away later; it makes no difference to what holds.
    assert_eq!(
        (holds(1), holds(6)),
        (Some(Waarde::Relevant), Some(Waarde::Twijfel))
    );
    let last = case.store.last_schifting(&case.zaak.id).expect("last");
    case.judge(&many(&[1, 6], value(2), last)).expect("judged");
    assert_eq!(case.store.undo_unfinished().expect("undone"), 0);
    assert_eq!(case.rows("schifting_nu_rij"), 6);
    assert_eq!(holds(1), Some(Waarde::BuitenReikwijdte));
    assert!(first.laatste < last);
}

#[test]
fn a_judgement_in_between_is_never_passed_over() {
    let case = case();
    let stukken: Vec<Stuk> = (1..=5).map(stuk).collect();
    let handeling = Handeling {
        stukken: stukken.clone(),
        ..many(&[], value(0), 0)
    };
    let stukken: Vec<&Stuk> = stukken.iter().collect();
    let members: Vec<Member> = stukken.iter().map(|stuk| stuk.member()).collect();
    let new = New {
        omvang: "selectie",
        van: "",
        schifting: Some(&handeling.schifting),
        members: &members,
    };
    let written = std::cell::Cell::new(0);
    let deed = Deed {
        may: |_: &Connection| Ok(()),
        seen: |connection: &Connection, part: Range<usize>| {
            seen_or_refuse(connection, &case.zaak, &handeling, &stukken[part.clone()])?;
            // After the look at all of them, and before their turn.
            if part == (0..5) {
                case.judge(&one(5, value(1), 0)).expect("judged");
            }
            Ok(())
        },
        write: |change: &Change<'_>, deed: i64, part: Range<usize>| {
            written.set(written.get() + part.len());
            for (document, inhoud) in &members[part] {
                change.execute(
                    "INSERT INTO schifting_rij (zaak, document, inhoud, bron, handeling, geldt)
                     VALUES (?, ?, ?, 'archief', ?4, ?4)",
                    params![case.zaak.id, document, inhoud, deed],
                )?;
            }
            Ok(())
        },
    };
    let told = conflict(case.store.deed((&actor(), &case.zaak), &new, &deed));
    assert!(
        told.contains("van deze 5 documenten is er 1 intussen al geschift"),
        "{told}"
    );
    assert_eq!(written.get(), 4);
    assert_eq!(
        (case.holds(1), case.holds(5)),
        (None, Some(Waarde::Twijfel))
    );
    assert_eq!(
        (case.rows("schifting_rij"), case.rows("schift_bezig")),
        (1, 0)
    );
}

#[test]
fn who_reads_while_it_is_written_sees_nothing_or_all_of_it() {
    const COUNT: u8 = 60;
    let case = case();
    let documents: Vec<u8> = (1..=COUNT).collect();
    std::thread::scope(|scope| {
        let deed = scope.spawn(|| case.judge(&many(&documents, value(0), 0)).expect("judged"));
        let mut others = 0;
        while !deed.is_finished() {
            let now = case.store.schifting_now(&case.zaak.id).expect("now");
            let of_deed = now
                .iter()
                .filter(|one| one.document != stuk(200).id)
                .count();
            assert!([0, usize::from(COUNT)].contains(&of_deed), "{of_deed}");
            let seen = now.iter().find(|one| one.document == stuk(200).id);
            let seen = seen.map_or(0, |one| one.record);
            case.judge(&one(200, value(others), seen))
                .expect("judged meanwhile");
            others = others.wrapping_add(1);
        }
    });
    let now = case.store.schifting_now(&case.zaak.id).expect("now");
    assert!(now.len() >= usize::from(COUNT));
    assert_eq!(case.store.check_audit(&[]).expect("checked").broken, None);
}
