//! The prepared case of the demo: a request, what it is about, a zoekplan and a question to somebody, so that a first
//! look shows what a case is. Made once; never touches a state folder in which there are cases already.

use crate::mensen::{Actor, Via};
use crate::store::{Store, StoreError};
use crate::zaken::afbakening::Afbakening;
use crate::zaken::machtiging::today;
use crate::zaken::navraag::Navraag;
use crate::zaken::plan::{Begrip, Zoekplan};
use crate::zaken::{Intake, Soort};
use jiff::civil::date;
use std::collections::BTreeSet;

/// Makes the case where there is none yet. With accounts there is nobody here to make it.
pub fn prepare(store: &Store, bron: &str) -> Result<(), StoreError> {
    let actor = Actor::local(Via::Opdracht);
    if store.has_accounts()? || !store.zaken_of(&actor)?.is_empty() {
        return Ok(());
    }
    let zaak = store.open_zaak(&actor, &intake())?;
    let afbakening = Afbakening {
        onderwerp: "Het herstel van de kade, van het eerste onderzoek tot en met de subsidie"
            .into(),
        van: Some(date(2019, 1, 1)),
        tot: Some(date(2024, 12, 31)),
        uitgesloten: "Offertes van aannemers die het werk niet kregen".into(),
        afgestemd_hoe: "telefonisch".into(),
        afgestemd_op: Some(today()),
    };
    store.set_afbakening(&actor, &zaak, 0, &afbakening)?;
    let begrip = |naam: &str, termen: &[&str]| Begrip {
        naam: naam.to_owned(),
        termen: termen.iter().map(|term| (*term).to_owned()).collect(),
    };
    let plan = Zoekplan {
        begrippen: vec![
            begrip("kade", &["kademuur", "damwand", "oever*"]),
            begrip("subsidie", &["bijdrage", "toelage"]),
        ],
        bronnen: BTreeSet::from([bron.to_owned()]),
        bekende_gaten: "Mail van de laatste tien weken staat nog niet in het archief.".into(),
        van: afbakening.van,
        tot: afbakening.tot,
        ..Zoekplan::default()
    };
    store.set_zoekplan(&actor, &zaak, 0, &plan)?;
    let navraag = Navraag {
        functie: "projectleider kades".into(),
        persoon: String::new(),
        datum: today(),
        vraag: "Waar bewaart u stukken over het herstel van de kade? Gebruikte u er chat voor?"
            .into(),
        antwoord: String::new(),
        antwoord_op: None,
        documenten: None,
        schifting: String::new(),
    };
    store.ask(&actor, &zaak, None, &navraag)?;
    store.open_ronde(
        &actor,
        &zaak,
        "Eerste verkenning met de termen van het zoekplan",
    )?;
    Ok(())
}

fn intake() -> Intake {
    Intake {
        nummer: "DEMO-1".into(),
        soort: Soort::WooVerzoek,
        titel: "Herstel van de kade".into(),
        verzoek: "Graag ontvang ik alle documenten over het herstel van de kade, ook mail en appberichten.".into(),
        verzoeker: "Stichting Voorbeeld".into(),
        ontvangen: today(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_is_made_once_and_not_beside_others() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        for _ in 0..2 {
            prepare(&store, "demo-archief").expect("prepared");
        }
        let zaken = store.zaken_of(&Actor::local(Via::Opdracht)).expect("zaken");
        assert_eq!(zaken.len(), 1);
        assert_eq!(store.rondes(&zaken[0].id).expect("rounds").len(), 1);
    }
}
