//! The rules of a judgement, one by one.

use super::*;
use crate::mensen::Via;
use crate::zaken::schifting::{Gezien, Handeling, Schifting};
use jiff::civil::date;
use std::collections::BTreeSet;

const NOW: Date = date(2026, 11, 22);

fn with(oordeel: Oordeel, grounds: &[&str]) -> Beoordeling {
    Beoordeling {
        gronden: grounds.iter().map(|code| (*code).to_owned()).collect(),
        ..Beoordeling::of(oordeel)
    }
}

fn checked(beoordeling: &Beoordeling) -> Result<Beoordeling, StoreError> {
    beoordeling.checked(DocId([1; 16]), NOW)
}

fn is_refused<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Refused(_)))
}

#[test]
fn grounds_come_from_the_list_of_the_law_that_holds() {
    let tidy = checked(&with(
        Oordeel::DeelsOpenbaar,
        &["5.2", "art. 5.1, tweede lid, onder e", "5.1.2e"],
    ));
    assert_eq!(tidy.expect("grounds").gronden, ["5.1.2e", "5.2"]);
    assert!(is_refused(checked(&with(
        Oordeel::DeelsOpenbaar,
        &["10.2e"]
    ))));
    assert!(is_refused(checked(&with(
        Oordeel::DeelsOpenbaar,
        &["privacy"]
    ))));
    let old = with(Oordeel::NietOpenbaar, &["10.2.e"]);
    assert_eq!(
        old.checked(DocId([1; 16]), date(2022, 4, 30))
            .expect("Wob")
            .gronden,
        ["10.2e"]
    );
    for oordeel in [Oordeel::Openbaar, Oordeel::ReedsOpenbaar] {
        assert!(is_refused(checked(&with(oordeel, &["5.1.2e"]))));
    }
}

#[test]
fn what_is_refused_has_a_ground_and_what_was_public_a_place() {
    for oordeel in [Oordeel::DeelsOpenbaar, Oordeel::NietOpenbaar] {
        assert_eq!(with(oordeel, &[]).missing(None, NOW).len(), 1);
        assert!(with(oordeel, &["5.1.1c"]).missing(None, NOW).is_empty());
        let copy = Beoordeling {
            dubbel_van: Some(DocId([2; 16])),
            ..with(oordeel, &[])
        };
        assert!(copy.missing(None, NOW).is_empty());
    }
    assert!(
        Beoordeling::of(Oordeel::Openbaar)
            .missing(None, NOW)
            .is_empty()
    );
    let public = Beoordeling::of(Oordeel::ReedsOpenbaar);
    assert_eq!(public.missing(None, NOW).len(), 1);
    let link = Beoordeling {
        link: "https://open.example/1".into(),
        ..public.clone()
    };
    let told = Beoordeling {
        toelichting: "Kamerstuk 1".into(),
        ..public
    };
    assert!(link.missing(None, NOW).is_empty() && told.missing(None, NOW).is_empty());
    let misplaced = Beoordeling {
        oordeel: Oordeel::Openbaar,
        ..link
    };
    assert!(is_refused(checked(&misplaced)));
    let itself = Beoordeling {
        dubbel_van: Some(DocId([1; 16])),
        ..with(Oordeel::NietOpenbaar, &[])
    };
    assert!(is_refused(checked(&itself)));
    let long = Beoordeling {
        toelichting: "a".repeat(1_001),
        ..Beoordeling::of(Oordeel::Openbaar)
    };
    assert!(is_refused(checked(&long)));
}

#[test]
fn information_of_more_than_five_years_old_needs_a_motivation() {
    let day = |text: &str| PartialDate::parse(text);
    for (text, old) in [
        ("2021-11-21", true),
        ("2021-11-22", false),
        ("2021", true),
        ("2022", false),
        ("2021-12", false),
        ("1999-01-01", true),
        ("2030-01-01", false),
    ] {
        assert_eq!(
            older_than_five_years(day(text).expect("a date"), NOW),
            old,
            "{text}"
        );
    }
    let on = |ground| with(Oordeel::DeelsOpenbaar, &[ground]);
    for needing in ["5.1.2e", "5.1.5", "5.2"] {
        assert_eq!(
            on(needing).missing(day("2015-01-01"), NOW).len(),
            1,
            "{needing}"
        );
        assert!(
            on(needing).missing(day("2024-01-01"), NOW).is_empty(),
            "{needing}"
        );
        assert!(on(needing).missing(None, NOW).is_empty(), "{needing}");
        let told = Beoordeling {
            motivering: "de persoon is nog in dienst".into(),
            ..on(needing)
        };
        assert!(told.missing(day("2015-01-01"), NOW).is_empty(), "{needing}");
    }
    assert!(on("5.1.1c").missing(day("2015-01-01"), NOW).is_empty());
}

#[test]
fn names_go_into_the_database_and_back() {
    for oordeel in Oordeel::ALL {
        let one = Beoordeling::of(oordeel);
        let text = serde_json::to_string(&one).expect("json");
        assert!(!text.contains(' '), "{text}");
        assert_eq!(
            serde_json::from_str::<Beoordeling>(&text).expect("back"),
            one
        );
    }
    assert!(serde_json::from_str::<Beoordeling>(r#"{"oordeel": "gedeeltelijk"}"#).is_err());
}

struct Case {
    store: Store,
    zaak: Zaak,
    folder: tempfile::TempDir,
}

fn case() -> Case {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(folder.path()).expect("store");
    let zaak = store.zaak("lokaal").expect("asked").expect("local");
    Case {
        store,
        zaak,
        folder,
    }
}

fn stuk(number: u8) -> Stuk {
    Stuk {
        id: DocId([number; 16]),
        inhoud: Some(ContentHash([9; 32])),
        bron: "archief".into(),
    }
}

impl Case {
    fn person(&self, name: &str, roles: &[Rol]) -> Actor {
        let roles: BTreeSet<Rol> = roles.iter().copied().collect();
        let local = Actor::local(Via::Api);
        let made = self
            .store
            .add_account(name, name, "een lang wachtwoord", &roles, &local);
        let account = made.expect("account");
        let sql = "INSERT INTO zaak_lid VALUES ('lokaal', ?)";
        self.store
            .writing()
            .execute(sql, [&account.id])
            .expect("member");
        Actor::of(account, Via::Api)
    }

    fn judge(
        &self,
        actor: &Actor,
        number: u8,
        given: &Beoordeling,
        seen: u64,
    ) -> Result<u64, StoreError> {
        let datum = PartialDate::parse("2025-01-01");
        let one = [(stuk(number), datum, seen)];
        let records = self.store.beoordeel((actor, &self.zaak), &one, given)?;
        Ok(records[0])
    }

    fn make_final(&self, actor: &Actor, number: u8, seen: u64) -> Result<(), StoreError> {
        self.store
            .maak_definitief(actor, &self.zaak, stuk(number).id, seen)
    }

    fn relevant(&self, actor: &Actor, number: u8) {
        let deed = Handeling {
            omvang: "document",
            van: String::new(),
            stukken: vec![stuk(number)],
            schifting: Schifting::of(Waarde::Relevant),
            gezien: Gezien::Stuk(0),
            overschrijven: false,
        };
        self.store
            .schift(actor, &self.zaak, &deed)
            .expect("relevant");
    }
}

#[test]
fn a_second_pair_of_eyes_makes_it_final_and_two_judges_lose_nothing() {
    let case = case();
    let els = case.person("els", &[Rol::WooJurist]);
    let jan = case.person("jan", &[Rol::Informatiespecialist]);
    let first = case
        .judge(&els, 1, &with(Oordeel::NietOpenbaar, &[]), 0)
        .expect("judged");
    let told = case.judge(&jan, 1, &Beoordeling::of(Oordeel::Openbaar), 0);
    assert!(
        matches!(&told, Err(StoreError::Conflict(why)) if why.contains("els") && why.contains("niet openbaar"))
    );
    let second = case
        .judge(&jan, 1, &with(Oordeel::NietOpenbaar, &[]), first)
        .expect("seen");
    let why = |result: Result<(), StoreError>| match result {
        Err(StoreError::Refused(why)) => why,
        other => panic!("not refused: {other:?}"),
    };
    assert!(matches!(
        case.make_final(&els, 1, first),
        Err(StoreError::Conflict(_))
    ));
    assert!(why(case.make_final(&jan, 1, second)).contains("Woo-jurist"));
    let lacks = why(case.make_final(&els, 1, second));
    assert!(
        lacks.contains("grond") && lacks.contains("niet als relevant"),
        "{lacks}"
    );
    case.relevant(&jan, 1);
    let third = case
        .judge(&els, 1, &with(Oordeel::NietOpenbaar, &["5.1.2e"]), second)
        .expect("judged");
    assert!(why(case.make_final(&els, 1, third)).contains("iemand anders"));
    let other = case.person("ron", &[Rol::WooJurist]);
    case.make_final(&other, 1, third).expect("final");
    assert!(why(case.make_final(&other, 1, third)).contains("al definitief"));
    let now = case.store.beoordelingen_now("lokaal").expect("now");
    assert_eq!(now.len(), 1);
    let last = now[0].definitief.as_ref().expect("final");
    assert_eq!((last.wijze.as_str(), &last.door), ("vier-ogen", &other.id));
    assert_eq!(
        case.store
            .beoordelingen_of("lokaal", stuk(1).id)
            .expect("all")
            .len(),
        3
    );
    let raw = rusqlite::Connection::open(case.folder.path().join("toestand.db")).expect("raw");
    for table in ["beoordeling", "beoordeling_definitief"] {
        assert!(raw.execute(&format!("DELETE FROM {table}"), []).is_err());
        assert!(
            raw.execute(&format!("UPDATE {table} SET door = 'x'"), [])
                .is_err()
        );
    }
}

#[test]
fn alone_on_a_computer_one_may_do_both_and_the_record_says_so() {
    let case = case();
    let me = Actor::local(Via::Web);
    case.relevant(&me, 1);
    let seen = case
        .judge(&me, 1, &Beoordeling::of(Oordeel::Openbaar), 0)
        .expect("judged");
    case.make_final(&me, 1, seen).expect("final");
    let last = case
        .store
        .last_beoordeling("lokaal", stuk(1).id)
        .expect("read")
        .expect("judged");
    assert_eq!(last.definitief.expect("final").wijze, "lokaal");
    let nothing = case.make_final(&me, 2, 0);
    assert!(matches!(nothing, Err(StoreError::Missing(_))));
}

#[test]
fn a_copy_is_final_when_its_original_is_judged() {
    let case = case();
    let me = Actor::local(Via::Web);
    for number in [1, 2] {
        case.relevant(&me, number);
    }
    let copy = Beoordeling {
        dubbel_van: Some(stuk(2).id),
        ..Beoordeling::of(Oordeel::NietOpenbaar)
    };
    let seen = case.judge(&me, 1, &copy, 0).expect("judged");
    assert!(is_refused(case.make_final(&me, 1, seen)));
    case.judge(&me, 2, &Beoordeling::of(Oordeel::Openbaar), 0)
        .expect("judged");
    case.make_final(&me, 1, seen).expect("final");
}

#[test]
fn documents_are_given_to_people_of_the_case_and_remarks_stay() {
    let case = case();
    let me = Actor::local(Via::Web);
    let els = case.person("els", &[Rol::WooJurist]);
    let give = |to: Option<&str>| case.store.assign(&me, &case.zaak, &[stuk(1), stuk(2)], to);
    assert!(is_refused(give(Some("vreemde"))));
    give(Some(&els.id)).expect("given");
    let now = case.store.toewijzingen("lokaal").expect("read");
    assert_eq!(
        now.get(&stuk(2).id),
        Some(&("archief".to_owned(), els.id.clone()))
    );
    give(None).expect("taken");
    assert!(case.store.toewijzingen("lokaal").expect("read").is_empty());
    assert!(is_refused(case.store.remark(
        &els,
        &case.zaak,
        &stuk(1),
        "  "
    )));
    case.store
        .remark(&els, &case.zaak, &stuk(1), " let op ")
        .expect("said");
    let said = case.store.remarks("lokaal", stuk(1).id).expect("read");
    assert_eq!((said[0].tekst.as_str(), &said[0].door), ("let op", &els.id));
}
