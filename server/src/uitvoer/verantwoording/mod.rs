//! The zoekverantwoording of a case: what was searched where, with which terms, what was asked of whom and what was
//! left out (the court's points a to d), in an internal and a public version. Built from what was recorded at the time
//! and from nothing else, so that reading the archive anew changes nothing in it. Never searches.
//!
//! | file | owns |
//! |---|---|
//! | `bronnen` | which sources were searched, and which were not |
//! | `delen` | deelbesluiten, belanghebbenden, and the versions of the case |
//! | `masker` | taking names out |
//! | `tekst` | the sentences and tables |
//! | `html` | the form for a browser |
//! | `odt` | the form for an office program |
//! | `pdf` | the form for a printer and for everybody (feature `pdf`) |

pub mod bronnen;
pub mod delen;
pub mod html;
pub mod masker;
pub mod odt;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod tekst;

use super::telling::Tellingen;
use crate::audit::{Head, hex};
use crate::mensen::{Account, Actor, LOCAL_ACTOR};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::zaken::acties::Zoekactie;
use crate::zaken::afbakening::Afbakening;
use crate::zaken::machtiging::Machtiging;
use crate::zaken::navraag::Gevraagd;
use crate::zaken::plan::{Goedkeuring, Zoekplan};
use crate::zaken::rondes::Zoekronde;
use crate::zaken::steekproef::Steekproef;
use crate::zaken::steekproef::schatting::Schatting;
use crate::zaken::telling::{Member, load_results, results_file};
use crate::zaken::woordenlijst::Lijstversie;
use crate::zaken::{self, Zaak};
use bronnen::Bronnen;
use delen::{Delen, Versies};
use jiff::Timestamp;
use masker::Masker;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use utoipa::ToSchema;

/// Voor wie de verantwoording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Verantwoordingsversie)]
pub enum Versie {
    /// Voor het dossier: volledig, met namen.
    Intern,
    /// Voor bij het besluit: personen bij hun functie, gemaskeerde termen als `[naam, 5.1.2e]`.
    Publiek,
}

impl Versie {
    /// The name in the API and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Versie::Intern => "intern",
            Versie::Publiek => "publiek",
        }
    }
}

/// De vorm van het bestand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Verantwoordingsvorm)]
pub enum Vorm {
    /// Webpagina in een bestand.
    Html,
    /// OpenDocument-tekst.
    Odt,
    /// Toegankelijke PDF (PDF/UA-1), als het programma daarmee gebouwd is.
    Pdf,
}

impl Vorm {
    /// The forms that this program was built with.
    pub fn built_in() -> &'static [Vorm] {
        match cfg!(feature = "pdf") {
            true => &[Vorm::Html, Vorm::Odt, Vorm::Pdf],
            false => &[Vorm::Html, Vorm::Odt],
        }
    }

    /// How the file name ends.
    pub fn name(self) -> &'static str {
        match self {
            Vorm::Html => "html",
            Vorm::Odt => "odt",
            Vorm::Pdf => "pdf",
        }
    }

    /// The media type.
    pub fn mediatype(self) -> &'static str {
        match self {
            Vorm::Html => "text/html; charset=utf-8",
            Vorm::Odt => odt::MEDIATYPE,
            Vorm::Pdf => "application/pdf",
        }
    }
}

/// All that is told of a case.
pub struct Verantwoording {
    /// For whom.
    pub versie: Versie,
    /// When it was made.
    pub gemaakt: Timestamp,
    /// Key of who made it.
    pub door: String,
    /// The head of the audit trail then.
    pub hoofd: Head,
    /// The case; without who asked.
    pub zaak: Zaak,
    /// What the request is about, the oldest version first.
    pub afbakeningen: Vec<zaken::Versie<Afbakening>>,
    /// The zoekplan, the oldest version first.
    pub plannen: Vec<zaken::Versie<Zoekplan>>,
    /// Which versions of it were approved.
    pub goedkeuringen: Vec<Goedkeuring>,
    /// The lists with synonyms of the case, with all versions.
    pub woordenlijsten: Vec<Lijstversie>,
    /// Rounds in order.
    pub rondes: Vec<Zoekronde>,
    /// Zoekacties in order, with those outside rounds.
    pub acties: Vec<Zoekactie>,
    /// What was asked of people.
    pub navragen: Vec<Gevraagd>,
    /// Who might search, the newest first.
    pub machtigingen: Vec<Machtiging>,
    /// Sources searched and not searched.
    pub bronnen: Bronnen,
    /// What the rounds found together.
    pub vondst: Vondst,
    /// What became of that.
    pub tellingen: Tellingen,
    /// Random samples in order, each with what it says so far.
    pub steekproeven: Vec<(Steekproef, Schatting)>,
    /// Documents with a number.
    pub genummerd: u64,
    /// Deelbesluiten and belanghebbenden.
    pub delen: Delen,
    /// The versions of the case.
    pub versies: Versies,
    /// How many terms are hidden in the public version.
    pub gemaskeerd: usize,
    personen: BTreeMap<String, Account>,
    masker: Masker,
    /// For what people wrote themselves: surnames.
    vrij: Masker,
}

/// What all zoekacties in rounds found together, each document once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vondst {
    /// Documents.
    pub gevonden: u64,
    /// Documents, of those with the same bytes only one.
    pub uniek: u64,
    /// Zoekacties whose list of documents is not there, or not the one that was recorded.
    pub ontbreekt: Vec<u32>,
}

impl Verantwoording {
    /// The account of a case as it stands now. `state` is the state folder, in which the lists of found documents lie.
    pub fn build(
        store: &Store,
        state: &Path,
        zaak: &Zaak,
        actor: &Actor,
        versie: Versie,
    ) -> Result<Self, StoreError> {
        let mut acties = store.zoekacties(&zaak.id)?;
        for actie in &mut acties {
            let telling = actie.telling.take();
            actie.telling = telling.map(|telling| telling.for_reader(actor));
        }
        let plannen = store.zoekplannen(&zaak.id)?;
        let navragen = store.navragen(&zaak.id)?;
        let terms = store.masked_terms(&zaak.id)?;
        let accounts = store.accounts()?.into_iter();
        let personen: BTreeMap<String, Account> = accounts
            .map(|account| (account.id.clone(), account))
            .collect();
        let delen = Delen::of(store, zaak)?;
        let (mut masker, mut vrij) = (Masker::default(), Masker::default());
        let verzoeker = &zaak.intake.verzoeker;
        hide(&mut masker, &mut vrij, verzoeker, "[verzoeker]");
        if versie == Versie::Publiek {
            hide_people(&mut masker, &mut vrij, &personen, &navragen);
            for name in delen.derden.iter().flat_map(|one| &one.namen) {
                hide(&mut masker, &mut vrij, name, "[een derde]");
            }
            terms.iter().for_each(|term| masker.add_term(term));
        }
        let plan = plannen.last().map(|version| &version.inhoud);
        Ok(Verantwoording {
            versie,
            gemaakt: Timestamp::now(),
            door: actor.id.clone(),
            hoofd: store.audit_head()?,
            zaak: without_applicant(zaak),
            afbakeningen: store.afbakeningen(&zaak.id)?,
            goedkeuringen: store.goedkeuringen(&zaak.id)?,
            woordenlijsten: store.woordenlijsten(&zaak.id)?,
            rondes: store.rondes(&zaak.id)?,
            bronnen: Bronnen::of(&acties, plan),
            vondst: vondst(state, &zaak.id, &acties),
            tellingen: store.tellingen(&zaak.id)?,
            steekproeven: store.steekproeven_geschat(&zaak.id)?,
            machtigingen: store.machtigingen(&zaak.id)?,
            genummerd: store.documentnummers(&zaak.id)?.len() as u64,
            versies: Versies::of(store, zaak)?,
            delen,
            gemaskeerd: terms.len(),
            plannen,
            acties,
            navragen,
            personen,
            masker,
            vrij,
        })
    }

    /// Whether names are left out.
    pub fn is_public(&self) -> bool {
        self.versie == Versie::Publiek
    }

    /// The zoekacties of a round; with `None` those of no round.
    pub fn acties_in(&self, ronde: Option<u32>) -> impl Iterator<Item = &Zoekactie> {
        self.acties.iter().filter(move |actie| actie.ronde == ronde)
    }

    /// The number of the zoekactie of which this one is a further step.
    pub fn stap_van(&self, actie: &Zoekactie) -> Option<u32> {
        let earlier = actie.stap_van.as_deref()?;
        let mut all = self.acties.iter();
        all.find(|one| one.zoekopdracht == earlier)
            .map(|one| one.nummer)
    }

    /// The zoekactie with this number, and the round that it is in.
    pub fn waar(&self, nummer: u32) -> String {
        let actie = self.acties.iter().find(|actie| actie.nummer == nummer);
        match actie.and_then(|actie| actie.ronde) {
            Some(ronde) => format!("zoekactie {nummer} in zoekronde {ronde}"),
            None => format!("zoekactie {nummer}, verkennend"),
        }
    }

    /// Who this is: by name and function, in the public version by function only.
    pub fn wie(&self, id: &str) -> String {
        match (self.personen.get(id), self.versie) {
            (Some(account), Versie::Intern) => format!("{} ({})", account.naam, functie(account)),
            (Some(account), Versie::Publiek) => functie(account),
            (None, _) if id == LOCAL_ACTOR => "wie achter deze computer zat".to_owned(),
            (None, _) => "iemand zonder account".to_owned(),
        }
    }

    /// What this version may say of something that somebody wrote in his own words.
    pub fn vrij(&self, text: &str) -> String {
        self.vrij.replace(&self.masker.replace(text))
    }

    /// What this version may say of a text.
    pub fn schoon(&self, text: &str) -> String {
        self.masker.replace(text)
    }
}

/// The account as a file, recorded as an export.
pub fn bestand(
    app: &App,
    actor: &Actor,
    zaak: &Zaak,
    (versie, vorm): (Versie, Vorm),
) -> Result<Vec<u8>, Problem> {
    let v = Verantwoording::build(&app.store, &app.folder, zaak, actor, versie)?;
    let stuk = tekst::stuk(&v);
    let bytes = match vorm {
        Vorm::Html => html::bestand(&stuk).map_err(Problem::fault)?.into_bytes(),
        Vorm::Odt => odt::bestand(&stuk, v.gemaakt).map_err(Problem::fault)?,
        Vorm::Pdf => als_pdf(&stuk, v.gemaakt).ok_or_else(zonder_pdf)??,
    };
    let soort = format!("verantwoording-{}.{}", versie.name(), vorm.name());
    let sha256 = hex(&Sha256::digest(&bytes));
    let count = v.acties.len() as u64;
    app.store
        .record_uitvoer((actor, zaak), &soort, &sha256, count, &v.hoofd)?;
    Ok(bytes)
}

/// The PDF; `None` in a program that was built without.
#[cfg(feature = "pdf")]
fn als_pdf(stuk: &tekst::Stuk, gemaakt: Timestamp) -> Option<Result<Vec<u8>, Problem>> {
    Some(pdf::bestand(stuk, gemaakt).map_err(Problem::fault))
}

#[cfg(not(feature = "pdf"))]
fn als_pdf(_: &tekst::Stuk, _: Timestamp) -> Option<Result<Vec<u8>, Problem>> {
    None
}

fn zonder_pdf() -> Problem {
    Problem::new(
        Kind::NietIngebouwd,
        "Dit programma is gebouwd zonder PDF. Neem de verantwoording als HTML of ODT.",
    )
}

/// What somebody does, as it is told outside.
fn functie(account: &Account) -> String {
    let roles: Vec<&str> = account.rollen.iter().map(|role| role.label()).collect();
    match roles.is_empty() {
        true => "medewerker".to_owned(),
        false => roles.join(", "),
    }
}

/// Words in the name of an organisation: its last word is no surname.
const ORGANISATIONS: [&str; 14] = [
    "stichting",
    "vereniging",
    "gemeente",
    "provincie",
    "ministerie",
    "waterschap",
    "universiteit",
    "advocaten",
    "redactie",
    "coöperatie",
    "maatschap",
    "b.v.",
    "bv",
    "n.v.",
];

/// Hides who works here and who was asked: each is known by what they do.
fn hide_people(
    masker: &mut Masker,
    vrij: &mut Masker,
    personen: &BTreeMap<String, Account>,
    navragen: &[Gevraagd],
) {
    let asked = navragen.iter().flat_map(|one| &one.versies);
    let asked = asked.map(|version| &version.inhoud);
    let known = personen
        .values()
        .map(|account| (account.naam.as_str(), functie(account)));
    let known = known.chain(asked.map(|said| (said.persoon.as_str(), said.functie.clone())));
    for (name, function) in known {
        let instead = format!("[{function}]");
        masker.add_name(name, &instead);
        vrij.add_surname(name, &instead);
    }
}

/// The legal forms behind the name of a company: it is known without them too.
const FORMS: [&str; 6] = [" b.v.", " n.v.", " bv", " nv", " v.o.f.", " vof"];

/// Hides somebody: neither as the name was noted, nor the name before an address or without its legal form, nor the
/// surname in what people wrote themselves. Who asked is named in no version, a belanghebbende not in the public one.
fn hide(masker: &mut Masker, vrij: &mut Masker, noted: &str, instead: &str) {
    let name = noted
        .split([',', ';', '\n', '(', '<'])
        .next()
        .unwrap_or_default();
    let lower = name.to_lowercase();
    let short = FORMS.iter().find_map(|form| {
        let name = name.trim_end();
        let (short, tail) = name.split_at_checked(name.len().checked_sub(form.len())?)?;
        tail.eq_ignore_ascii_case(form).then_some(short)
    });
    for name in [noted, name].into_iter().chain(short) {
        masker.add_name(name, instead);
    }
    if !lower
        .split_whitespace()
        .any(|word| ORGANISATIONS.contains(&word))
    {
        vrij.add_surname(name, instead);
    }
}

fn without_applicant(zaak: &Zaak) -> Zaak {
    let mut zaak = zaak.clone();
    zaak.intake.verzoeker.clear();
    zaak
}

/// What the zoekacties in rounds found together, from the lists that were kept.
fn vondst(state: &Path, zaak: &str, acties: &[Zoekactie]) -> Vondst {
    let (mut all, mut ontbreekt): (Vec<Member>, Vec<u32>) = (Vec::new(), Vec::new());
    for actie in acties.iter().filter(|actie| actie.ronde.is_some()) {
        let recorded = actie
            .telling
            .as_ref()
            .map_or("", |telling| &telling.uitkomst);
        match load_results(&results_file(state, zaak, actie.nummer), recorded) {
            Ok(members) => {
                // Together so far and one list more: never all lists at once.
                all.extend(members);
                all.sort_unstable();
                all.dedup();
            }
            Err(_) => ontbreekt.push(actie.nummer),
        }
    }
    let gevonden = all.chunk_by(|a, b| a.0 == b.0).count() as u64;
    // The last content of each document, and a document without content by itself.
    let last = all.chunk_by(|a, b| a.0 == b.0).filter_map(<[Member]>::last);
    let mut contents: Vec<[u8; 32]> = last.map(|(_, content)| *content).collect();
    let without = contents
        .iter()
        .filter(|content| **content == [0; 32])
        .count() as u64;
    contents.sort_unstable();
    contents.dedup();
    let with = contents
        .iter()
        .filter(|content| **content != [0; 32])
        .count() as u64;
    Vondst {
        gevonden,
        uniek: with + without,
        ontbreekt,
    }
}
