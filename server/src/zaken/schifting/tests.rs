//! What holds of a schifting, whatever people do in whatever order.

use super::*;
use crate::mensen::Via;
use crate::zaken::telling::results_hash;
use proptest::prelude::*;

pub fn actor() -> Actor {
    Actor::local(Via::Api)
}

pub struct Case {
    pub store: Store,
    pub zaak: Zaak,
    pub folder: tempfile::TempDir,
}

pub fn case() -> Case {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(folder.path()).expect("store");
    let zaak = store
        .zaak(super::super::LOCAL)
        .expect("asked")
        .expect("local");
    Case {
        store,
        zaak,
        folder,
    }
}

pub fn stuk(number: u8) -> Stuk {
    Stuk {
        id: DocId([number; 16]),
        inhoud: (number != 0).then_some(ContentHash([number; 32])),
        bron: "archief".into(),
    }
}

pub fn value(number: u8) -> Schifting {
    match number % 3 {
        0 => Schifting::of(Waarde::Relevant),
        1 => Schifting::of(Waarde::Twijfel),
        _ => Schifting {
            reden: Some(Reden::Periode),
            ..Schifting::of(Waarde::BuitenReikwijdte)
        },
    }
}

pub fn one(number: u8, schifting: Schifting, seen: u64) -> Handeling {
    Handeling {
        omvang: "document",
        van: stuk(number).id.to_string(),
        stukken: vec![stuk(number)],
        schifting,
        gezien: Gezien::Stuk(seen),
        overschrijven: false,
    }
}

pub fn many(numbers: &[u8], schifting: Schifting, seen: u64) -> Handeling {
    Handeling {
        omvang: "selectie",
        van: String::new(),
        stukken: numbers.iter().copied().map(stuk).collect(),
        schifting,
        gezien: Gezien::Zaak(seen),
        overschrijven: false,
    }
}

impl Case {
    pub fn judge(&self, handeling: &Handeling) -> Result<Gedaan, StoreError> {
        self.store.schift(&actor(), &self.zaak, handeling)
    }

    fn last(&self, number: u8) -> Option<Geschift> {
        let all = self.store.schifting_of(&self.zaak.id, stuk(number).id);
        all.expect("read").into_iter().next()
    }

    pub fn holds(&self, number: u8) -> Option<Waarde> {
        self.last(number)?
            .schifting
            .map(|schifting| schifting.waarde)
    }

    pub fn raw(&self) -> Connection {
        Connection::open(self.folder.path().join("toestand.db")).expect("raw")
    }

    pub fn rows(&self, table: &str) -> u32 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.raw()
            .query_row(&sql, [], |row| row.get(0))
            .expect("count")
    }
}

pub fn conflict(result: Result<Gedaan, StoreError>) -> String {
    match result {
        Err(StoreError::Conflict(sentence)) => sentence,
        other => panic!("no conflict: {other:?}"),
    }
}

#[test]
fn the_last_record_holds_and_taking_back_returns_what_was_before() {
    let case = case();
    let first = case.judge(&one(1, value(0), 0)).expect("judged");
    let second = case
        .judge(&one(1, value(1), first.laatste))
        .expect("judged again");
    assert_eq!(case.holds(1), Some(Waarde::Twijfel));
    let back = case
        .store
        .take_back_one(&actor(), &case.zaak, &stuk(1), second.laatste)
        .expect("back");
    assert_eq!(case.holds(1), Some(Waarde::Relevant));
    let history = case
        .store
        .schifting_of(&case.zaak.id, stuk(1).id)
        .expect("history");
    assert_eq!(history.len(), 3);
    assert!(history[0].teruggedraaid && history[0].record == back.laatste);
    assert_eq!(history[2].inhoud, Some(ContentHash([1; 32])));
    assert_eq!(history[2].handeling, first.handeling);
    let nothing = case.store.take_back_one(&actor(), &case.zaak, &stuk(2), 0);
    assert!(matches!(nothing, Err(StoreError::Refused(_))));
    let counts = case.store.schifting_now(&case.zaak.id).expect("now");
    assert_eq!(counts.len(), 1);
    assert_eq!(
        case.store.last_schifting(&case.zaak.id).expect("last"),
        back.laatste
    );
}

#[test]
fn who_did_not_see_the_last_record_is_told_whose_it_is() {
    let case = case();
    case.judge(&one(1, value(0), 0)).expect("judged");
    let told = conflict(case.judge(&one(1, value(1), 0)));
    assert!(
        told.contains("deze computer") && told.contains("relevant"),
        "{told}"
    );
    let told = conflict(case.store.take_back_one(&actor(), &case.zaak, &stuk(1), 0));
    assert!(told.contains("relevant"), "{told}");
    assert_eq!(case.holds(1), Some(Waarde::Relevant));
}

#[test]
fn a_bulk_deed_passes_over_nothing_that_was_not_seen() {
    let case = case();
    let first = case.judge(&many(&[1, 2], value(0), 0)).expect("judged");
    let told = conflict(case.judge(&many(&[2, 3, 4], value(1), 0)));
    assert!(
        told.contains("3 documenten") && told.contains("is er 1 "),
        "{told}"
    );
    assert_eq!(
        (case.holds(2), case.holds(3)),
        (Some(Waarde::Relevant), None)
    );
    case.judge(&many(&[2, 3], value(1), first.laatste))
        .expect("seen");
    let over = Handeling {
        overschrijven: true,
        ..many(&[1, 2, 3, 3], value(2), 0)
    };
    assert_eq!(case.judge(&over).expect("over").aantal, 3);
    assert_eq!(case.holds(1), Some(Waarde::BuitenReikwijdte));
}

#[test]
fn a_bulk_deed_is_taken_back_whole_unless_somebody_judged_since() {
    let case = case();
    let deed = case.judge(&many(&[1, 2, 3], value(0), 0)).expect("judged");
    let other = case
        .judge(&one(2, value(1), deed.laatste - 1))
        .expect("judged");
    let back = |count, over| {
        case.store
            .take_back_deed(&actor(), &case.zaak, deed.handeling, count, over)
    };
    let wrong = back(2, false);
    assert!(
        matches!(&wrong, Err(StoreError::Refused(told)) if told.contains("2 documenten") && told.contains("nu 3"))
    );
    assert!(conflict(back(3, false)).contains("is er 1 "));
    assert_eq!(case.holds(1), Some(Waarde::Relevant));
    assert!(back(3, true).expect("back").laatste > other.laatste);
    assert_eq!(
        (case.holds(1), case.holds(2), case.holds(3)),
        (None, None, None)
    );
    let missing = case
        .store
        .take_back_deed(&actor(), &case.zaak, 99, 1, false);
    assert!(matches!(missing, Err(StoreError::Missing(_))));
}

#[test]
fn a_copy_points_to_an_original() {
    let case = case();
    let copy_of = |number: u8| Schifting {
        dubbel_van: Some(stuk(number).id),
        ..Schifting::of(Waarde::Dubbel)
    };
    case.judge(&one(1, copy_of(2), 0)).expect("a copy");
    for (number, of) in [(3, 1), (3, 3)] {
        let refused = case.judge(&one(number, copy_of(of), 0));
        assert!(
            matches!(refused, Err(StoreError::Refused(_))),
            "{number} of {of}"
        );
    }
    case.judge(&one(3, copy_of(2), 0)).expect("a copy");
}

#[test]
fn a_deed_that_breaks_off_leaves_nothing() {
    let case = case();
    case.raw()
        .execute_batch(
            "CREATE TRIGGER breekt BEFORE INSERT ON schifting_rij WHEN NEW.document = zeroblob(16)
             BEGIN SELECT RAISE(ABORT, 'stroom uit'); END",
        )
        .expect("trigger");
    let before = case.store.audit_head().expect("head");
    // In order of id the broken one comes first, so a second deed breaks at its end.
    assert!(case.judge(&many(&[0, 1, 2], value(0), 0)).is_err());
    case.raw()
        .execute_batch(
            "DROP TRIGGER breekt; CREATE TRIGGER breekt BEFORE INSERT ON schifting_rij WHEN NEW.document = x'09090909090909090909090909090909'
             BEGIN SELECT RAISE(ABORT, 'stroom uit'); END",
        )
        .expect("trigger");
    assert!(case.judge(&many(&[1, 2, 9], value(0), 0)).is_err());
    for table in ["schifting_rij", "schift_handeling_rij", "schift_bezig"] {
        assert_eq!(case.rows(table), 0, "{table}");
    }
    assert_eq!(case.store.audit_head().expect("head"), before);
}

#[test]
fn one_deed_is_one_record_in_the_trail_and_the_tables_never_change() {
    let case = case();
    let before = case.store.audit_head().expect("head").nummer;
    case.judge(&many(&[1, 2, 3, 4, 5], value(0), 0))
        .expect("judged");
    assert_eq!(case.store.audit_head().expect("head").nummer, before + 1);
    assert_eq!(case.store.check_audit(&[]).expect("checked").broken, None);
    for table in ["schifting_rij", "schift_handeling_rij"] {
        for sql in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET id = id + 100"),
        ] {
            assert!(case.raw().execute(&sql, []).is_err(), "{sql}");
        }
    }
    let deed = case
        .store
        .schift_deeds(&case.zaak.id)
        .expect("deeds")
        .remove(0);
    let members: Vec<Member> = (1..=5).map(|number| stuk(number).member()).collect();
    assert_eq!((deed.aantal, deed.hash), (5, results_hash(&members)));
}

#[test]
fn only_who_judges_and_works_on_the_case_may() {
    let case = case();
    let who = |id: &str, roles: &[Rol]| Actor {
        id: id.into(),
        rollen: roles.iter().copied().collect(),
        ..actor()
    };
    let deed = one(1, value(0), 0);
    for actor in [
        who("iemand", &[Rol::Regisseur, Rol::Auditor]),
        who("iemand", &[Rol::WooJurist]),
    ] {
        let refused = case.store.schift(&actor, &case.zaak, &deed);
        assert!(matches!(refused, Err(StoreError::Refused(_))));
        let refused = case.store.take_back_one(&actor, &case.zaak, &stuk(1), 0);
        assert!(matches!(refused, Err(StoreError::Refused(_))));
    }
}

#[derive(Clone, Debug)]
enum Step {
    Judge(u8, u8),
    BackOne(u8),
    BackDeed(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..32u8, any::<u8>()).prop_map(|(which, value)| Step::Judge(which, value)),
        (0..5u8).prop_map(Step::BackOne),
        (any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(deed, over)| Step::BackDeed(deed.index(12) + 1, over)),
    ]
}

/// What should hold: of each document the deeds with the value that held from then on.
#[derive(Default)]
struct Model {
    documents: [Vec<(usize, Option<Waarde>)>; 5],
    deeds: usize,
}

impl Model {
    fn value(&self, number: usize) -> Option<Waarde> {
        self.documents[number].last().and_then(|last| last.1)
    }

    fn back(&mut self, number: usize, at: usize) {
        let value = at
            .checked_sub(1)
            .and_then(|at| self.documents[number][at].1);
        self.documents[number].push((self.deeds, value));
    }

    fn of(&self, deed: usize) -> Vec<(usize, usize)> {
        let at = |number: usize| self.documents[number].iter().position(|one| one.0 == deed);
        (0..5)
            .filter_map(|number| Some((number, at(number)?)))
            .collect()
    }
}

#[test]
fn a_case_that_was_closed_meanwhile_does_not_change() {
    let mut case = case();
    let intake = crate::zaken::Intake {
        nummer: "2026-1".into(),
        soort: crate::zaken::Soort::Anders,
        titel: "Kwelder".into(),
        verzoek: String::new(),
        verzoeker: String::new(),
        ontvangen: jiff::civil::date(2026, 1, 5),
    };
    case.zaak = case.store.open_zaak(&actor(), &intake).expect("opened");
    case.judge(&one(1, value(0), 0)).expect("judged");
    // Who judges looked at the case before it was closed.
    case.store.close_zaak(&actor(), &case.zaak).expect("closed");
    let refused = |done: Result<(), StoreError>| {
        assert!(matches!(done, Err(StoreError::Refused(why)) if why.contains("gesloten")));
    };
    refused(case.judge(&one(2, value(1), 0)).map(|_| ()));
    refused(
        case.store
            .take_back_deed(&actor(), &case.zaak, 1, 1, true)
            .map(|_| ()),
    );
    refused(
        case.store
            .open_ronde(&actor(), &case.zaak, "meer")
            .map(|_| ()),
    );
    refused(case.store.assign(&actor(), &case.zaak, &[stuk(1)], None));
    refused(case.store.mask_term(&actor(), &case.zaak, "naam"));
    assert_eq!(
        case.store.schifting_now(&case.zaak.id).expect("now").len(),
        1
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn whatever_people_do_the_value_is_that_of_a_simple_model(steps in prop::collection::vec(step(), 1..14)) {
        let case = case();
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Judge(which, number) => {
                    let numbers: Vec<u8> = (0..5).filter(|number| which & (1 << number) != 0).collect();
                    case.judge(&many(&numbers, value(number), u64::MAX)).expect("judged");
                    model.deeds += 1;
                    for number_of in numbers {
                        let now = Some(value(number).waarde);
                        model.documents[usize::from(number_of)].push((model.deeds, now));
                    }
                }
                Step::BackOne(number) => {
                    let last = case.last(number);
                    let seen = last.map_or(0, |last| last.record);
                    let done = case.store.take_back_one(&actor(), &case.zaak, &stuk(number), seen);
                    let length = model.documents[usize::from(number)].len();
                    prop_assert_eq!(done.is_ok(), length > 0);
                    if length > 0 {
                        model.deeds += 1;
                        model.back(usize::from(number), length - 1);
                    }
                }
                Step::BackDeed(deed, over) => {
                    let members = model.of(deed);
                    let untouched = members.iter().all(|&(number, at)| at + 1 == model.documents[number].len());
                    let count = members.len() as u64;
                    let done = case.store.take_back_deed(&actor(), &case.zaak, deed as u32, count, over);
                    prop_assert_eq!(done.is_ok(), deed <= model.deeds && (over || untouched));
                    if done.is_ok() {
                        model.deeds += 1;
                        for (number, at) in members {
                            model.back(number, at);
                        }
                    }
                }
            }
            for number in 0..5 {
                prop_assert_eq!(case.holds(number as u8), model.value(number));
            }
        }
        let now = case.store.schifting_now(&case.zaak.id).expect("now");
        let expected = (0..5).filter(|&number| model.value(number).is_some()).count();
        prop_assert_eq!(now.len(), expected);
        // What the database keeps up of itself is what its records say.
        let unlike: u32 = case.raw().query_row(
            "SELECT count(*) FROM (SELECT zaak, document, max(id) AS id FROM schifting GROUP BY zaak, document) m
             JOIN schifting s ON s.id = m.id LEFT JOIN schift_handeling g ON g.id = s.geldt
             LEFT JOIN schifting_nu n ON n.zaak = s.zaak AND n.document = s.document
             WHERE n.record IS NOT s.id OR n.inhoud IS NOT s.inhoud OR n.bron IS NOT s.bron OR n.waarde IS NOT g.waarde",
            [],
            |row| row.get(0),
        ).expect("compared");
        prop_assert_eq!(unlike, 0);
        prop_assert_eq!(case.rows("schifting_nu"), (0..5).filter(|&number| !model.documents[number].is_empty()).count() as u32);
    }
}
