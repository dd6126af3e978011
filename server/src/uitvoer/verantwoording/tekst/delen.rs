//! The parts of an account about deelbesluiten and belanghebbenden, and about the versions of the case. A belanghebbende
//! has a name in the internal version only; outside it is known what they are, and how many there are.

use super::super::delen::Derde;
use super::{Schrijver, agreed_on, day};
use crate::uitvoer::gronden::{Wet, wet_op};
use crate::uitvoer::verantwoording::Versie;
use crate::web::labels;
use crate::zaken::beoordeling::reference_day;
use crate::zaken::zaakversie::{Cijfer, Zaakversie};
use crate::zaken::zienswijze::Zienswijze;
use jiff::civil::Date;
use std::collections::BTreeMap;

fn maybe(date: Option<Date>) -> String {
    date.map(day).unwrap_or_default()
}

impl Schrijver<'_> {
    /// Which versions there were, and what changed since the last one was closed.
    pub(super) fn versies(&mut self) {
        let v = self.v;
        let [_, .., now] = v.versies.versies.as_slice() else {
            return;
        };
        self.kop(2, "Versies van deze zaak");
        self.alinea(format!(
            "Dit is de verantwoording van versie {} van de zaak. De zaak is gesloten geweest en heropend. Bij elke \
             sluiting is bewaard hoe deze verantwoording er toen uitzag, met alle cijfers, oordelen en nummers.",
            now.versie
        ));
        let rijen = v.versies.versies.iter().map(|one| self.versie(one));
        let rijen = rijen.collect();
        let koppen = [
            "Versie",
            "Heropend",
            "Waarom",
            "Gesloten",
            "Besluit genomen op",
            "SHA-256 van de bewaarde verantwoording",
        ];
        self.tabel("Versies van de zaak", &koppen, rijen);
        self.veranderd();
        let decided = v.zaak.besluit_op;
        let law = match wet_op(reference_day(&v.zaak)) {
            Wet::Woo => "Woo",
            Wet::Wob => "Wob",
        };
        self.alinea(match decided {
            Some(on) => format!(
                "Op het besluit in deze versie, van {}, is de {law} van toepassing.",
                day(on)
            ),
            None => format!(
                "Het besluit in deze versie is nog niet genomen. Op een besluit van vandaag is de {law} van toepassing."
            ),
        });
        if v.versies.andere_wet > 0 {
            let documents = labels::count(v.versies.andere_wet, "document", "documenten");
            self.alinea(format!(
                "Let op: van {documents} staat de beoordeling nog op een grond van een andere wet. Die documenten zijn \
                 nog niet opnieuw beoordeeld."
            ));
        }
    }

    fn versie(&self, one: &Zaakversie) -> Vec<String> {
        let v = self.v;
        let naam = match v.versie {
            Versie::Intern => "verantwoording-intern.html",
            Versie::Publiek => "verantwoording-publiek.html",
        };
        let did = |done: &crate::zaken::zaakversie::Gebeurd| {
            format!(
                "{} door {}",
                labels::moment(done.wanneer),
                v.wie(&done.door)
            )
        };
        let (opened, why) = match &one.heropend {
            Some((done, reden)) => (did(done), v.vrij(reden)),
            None => Default::default(),
        };
        let files = one.bewaard.iter().flat_map(|kept| &kept.bestanden);
        let hash = files
            .filter(|file| file.naam == naam)
            .map(|file| file.sha256.clone());
        // The decision of the version that is worked on stands with the case.
        let decided = match one.gesloten {
            Some(_) => one.besluit_op,
            None => v.zaak.besluit_op,
        };
        vec![
            one.versie.to_string(),
            opened,
            why,
            one.gesloten.as_ref().map(did).unwrap_or_default(),
            maybe(decided),
            hash.collect(),
        ]
    }

    /// The figures that are not those of the version before.
    fn veranderd(&mut self) {
        let v = self.v;
        let Some((before, figures)) = v.versies.before() else {
            return;
        };
        let named = |figures: &[Cijfer]| -> BTreeMap<String, u64> {
            let pairs = figures.iter().map(|one| (one.naam.clone(), one.aantal));
            pairs.collect()
        };
        let now = v.cijfers();
        let (then, here) = (named(&figures.cijfers), named(&now));
        // In the order of now, and behind them what is not counted any more.
        let gone = figures
            .cijfers
            .iter()
            .filter(|one| !here.contains_key(&one.naam));
        let names = now.iter().chain(gone).map(|one| &one.naam);
        let of = |figures: &BTreeMap<String, u64>, naam| figures.get(naam).copied().unwrap_or(0);
        let rijen: Vec<Vec<String>> = names
            .map(|naam| (naam, of(&then, naam), of(&here, naam)))
            .filter(|(_, then, now)| then != now)
            .map(|(naam, then, now)| vec![naam.clone(), labels::number(then), labels::number(now)])
            .collect();
        self.kop(
            3,
            format!("Wat er veranderd is sinds de sluiting van versie {before}"),
        );
        let (sifted, judged) = v.versies.gewijzigd;
        match rijen.is_empty() {
            true => self.alinea("De aantallen zijn sindsdien gelijk gebleven."),
            false => {
                let koppen = ["Wat", "#Bij de sluiting", "#Nu"];
                self.tabel("Aantallen die anders zijn", &koppen, rijen);
            }
        }
        let documents = |count| labels::count(count, "document", "documenten");
        self.alinea(format!(
            "De schifting is sindsdien gewijzigd van {}, de beoordeling van {}.",
            documents(sifted),
            documents(judged)
        ));
    }

    pub(super) fn deelbesluiten(&mut self) {
        let v = self.v;
        let all = &v.delen.deelbesluiten;
        if all.is_empty() {
            return;
        }
        self.kop(2, "Deelbesluiten");
        self.alinea(
            "Over het verzoek is of wordt in delen besloten. Hier staat in welke volgorde, en hoe die met de verzoeker \
             is afgesproken (Woo, artikel 4.2a).",
        );
        let row = |one: &super::super::delen::Deelregel| {
            let said = &one.inhoud;
            let place = said.volgorde.map(|place| place.to_string());
            vec![
                one.nummer.to_string(),
                v.vrij(&said.naam),
                place.unwrap_or_default(),
                v.vrij(&agreed_on(&said.afgestemd_hoe, said.afgestemd_op)),
                maybe(said.uiterlijk),
                maybe(said.besluit_op),
                labels::number(one.documenten),
            ]
        };
        let koppen = [
            "Deelbesluit",
            "Onderwerp",
            "Volgorde",
            "Afgesproken met de verzoeker",
            "Afgesproken uiterlijk",
            "Besluit genomen op",
            "#Documenten",
        ];
        self.tabel("Deelbesluiten", &koppen, all.iter().map(row).collect());
        let relevant = v.tellingen.schifting.as_ref().and_then(|counted| {
            let label = crate::zaken::schifting::Waarde::Relevant.label();
            counted.per_waarde.get(label).copied()
        });
        let inside: u64 = all.iter().map(|one| one.documenten).sum();
        let outside = relevant.unwrap_or_default().saturating_sub(inside);
        let documents = labels::count(
            outside,
            "relevant document hoort",
            "relevante documenten horen",
        );
        self.alinea(format!("{documents} bij geen deelbesluit."));
    }

    pub(super) fn belanghebbenden(&mut self) {
        let v = self.v;
        let all = &v.delen.derden;
        if all.is_empty() {
            return;
        }
        self.kop(2, "Belanghebbenden en zienswijzen");
        let (asked, answered) = v.delen.asked();
        let people = |count| labels::count(count, "belanghebbende", "belanghebbenden");
        self.alinea(format!(
            "In deze zaak: {}. Om een zienswijze gevraagd: {}. Een zienswijze gegeven: {}.",
            people(all.len() as u64),
            people(asked),
            people(answered)
        ));
        let mut kinds: BTreeMap<String, [u64; 3]> = BTreeMap::new();
        for one in all {
            let known = kinds.entry(v.vrij(&one.inhoud.categorie)).or_default();
            known[0] += 1;
            known[1] += u64::from(one.was_asked());
            known[2] += u64::from(one.answered());
        }
        let rijen = kinds.into_iter().map(|(kind, counts)| {
            let figures = counts.into_iter().map(labels::number);
            std::iter::once(kind).chain(figures).collect()
        });
        let koppen = ["Wie", "#Aantal", "#Gevraagd", "#Zienswijze gegeven"];
        self.tabel(
            "Belanghebbenden naar wat zij zijn",
            &koppen,
            rijen.collect(),
        );
        if !v.is_public() {
            self.derden(all);
        }
    }

    /// By name, with every request.
    fn derden(&mut self, all: &[Derde]) {
        let mut rijen = Vec::new();
        for one in all {
            let who = [
                one.nummer.to_string(),
                one.inhoud.naam.clone(),
                labels::number(one.documenten),
            ];
            if one.zienswijzen.is_empty() {
                let nothing = ["niet gevraagd", "", "", "", ""].map(str::to_owned);
                rijen.push(who.into_iter().chain(nothing).collect());
                continue;
            }
            for asked in &one.zienswijzen {
                let row = who.clone().into_iter().chain(said(&asked.zienswijze));
                rijen.push(row.collect());
            }
        }
        let koppen = [
            "Nummer",
            "Naam",
            "#Documenten",
            "Gevraagd op",
            "Uiterlijk",
            "Termijn stil",
            "Zienswijze op",
            "Strekking",
        ];
        self.tabel("Zienswijzen", &koppen, rijen);
    }
}

fn said(one: &Zienswijze) -> [String; 5] {
    let still = one.stil_vanaf().filter(|van| *van <= one.stil_tot());
    let still = still.map(|van| format!("{} tot en met {}", day(van), day(one.stil_tot())));
    [
        day(one.gevraagd_op),
        day(one.uiterlijk),
        still.unwrap_or("nee".to_owned()),
        one.ontvangen_op.map_or("nog niet".to_owned(), day),
        one.strekking
            .map(|strekking| strekking.label().to_owned())
            .unwrap_or_default(),
    ]
}
